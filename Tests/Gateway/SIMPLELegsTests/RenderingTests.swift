import Addressing
import BridgeCore
import Interworking
import MappingTables
import SIPMessages
import SIPTransactions
import Testing
import XMLStreams
import XMPPStanzas

@testable import SIMPLELegs

/// Messages of the XMPP shore, as they are written for the CPIM shore; and notices.
@Suite("SIMPLELeg departures")
struct RenderingTests {
    /// A message of juliet@example.com, as the other leg hands it over.
    private func arrival(
        _ stage: Stage,
        text: String = "hi",
        thread: String? = "t-1",
        to: String = "romeo@example.net"
    ) throws -> Arrival {
        let thread = thread.map { "<thread>\($0)</thread>" } ?? ""
        let xml =
            "<message xmlns='jabber:client' from='juliet@example.com/balcony' to='\(to)' id='m1'>"
            + "<body>\(text)</body>\(thread)</message>"
        let stanza = try #require(MessageStanza(try XML.DocumentReader.read(Array(xml.utf8)[...])))
        var facts = stage.host.facts(sender: "juliet@example.com", recipient: to, from: .xmpp)
        facts.cpimDomains = ["example.net", "elsewhere.example"]
        let translated = MessageTranslator(generation: stage.host.generation).pivot(from: stanza, facts: facts)
        let pivot = try #require(translated.value, "\(String(describing: translated.refusal))")
        let account = Arrival.Account(
            leg: "xmpp",
            peer: "example.net",
            proof: "component",
            sender: "juliet@example.com/balcony",
            recipient: to,
            identifiers: []
        )
        return Arrival(
            pivot: pivot,
            facts: facts,
            sender: pivot.sender.key,
            source: Array(xml.utf8),
            account: account,
            trace: translated.trace
        )
    }

    private func departure(
        _ stage: Stage,
        text: String = "hi",
        thread: String? = "t-1",
        plainText: Bool = false
    ) throws -> Departure {
        let arrival = try arrival(stage, text: text, thread: thread)
        let translated = stage.leg.departure(of: arrival, plainText: plainText)
        return try #require(translated.value, "\(String(describing: translated.refusal))")
    }

    private func text(_ departure: Departure) -> String { String(decoding: departure.wire, as: UTF8.self) }

    @Test("The request goes to the next hop of its domain, in the queue of its Request-URI")
    func route() throws {
        let departure = try departure(try Stage())
        let text = text(departure)
        #expect(departure.hop == "sip:udp:127.0.0.1:5070")
        #expect(departure.lane == "sip:romeo@example.net" && departure.recipient == "sip:romeo@example.net")
        #expect(text.hasPrefix("MESSAGE sip:romeo@example.net SIP/2.0\r\n"))
        #expect(text.values("Via").first?.hasPrefix("SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK") == true)
        #expect(text.values("Via").first?.contains(";rport") == true)
        #expect(text.sipBody == "hi")
    }

    @Test("SIP-UAC-001 RFC 3261 §8.1.1, RFC 3428 §4: what every request has is there once, and no Contact")
    func mandatoryFields() throws {
        let text = text(try departure(try Stage()))
        for name in ["Via", "To", "From", "Call-ID", "CSeq", "Max-Forwards", "Content-Type", "Content-Length"] {
            #expect(text.values(name).count == 1, "\(name)")
        }
        #expect(text.values("Max-Forwards") == ["70"])
        #expect(text.values("To") == ["<sip:romeo@example.net>"])
        for name in ["Contact", "Route", "Record-Route", "Require"] { #expect(text.values(name).isEmpty, "\(name)") }
    }

    @Test("SIP-UAC-003 RFC 3261 §8.1.2: a next hop with lr finds itself in Route, and the Request-URI is the target")
    func outboundProxy() throws {
        var route = Stage.route
        route.isProxy = true
        let text = text(try departure(try Stage(route)))
        #expect(text.hasPrefix("MESSAGE sip:romeo@example.net SIP/2.0\r\n"))
        #expect(text.values("Route") == ["<sip:127.0.0.1:5070;lr>"])
        route.address = "2001:db8::1"
        route.transport = "tcp"
        #expect(route.header?.value == "<sip:[2001:db8::1]:5070;transport=tcp;lr>")
    }

    @Test("SIP-MSG-003 RFC 3428 §8: Route counts towards the 1300 bytes")
    func routedSize() throws {
        let room = 1_300 - text(try departure(try Stage(), text: String(repeating: "x", count: 100))).utf8.count + 100
        let body = String(repeating: "x", count: room - 4)
        #expect(try departure(try Stage(), text: body).wire.count > 1_280)
        var route = Stage.route
        route.isProxy = true
        let stage = try Stage(route)
        #expect(stage.leg.departure(of: try arrival(stage, text: body)).refusal?.code == .oversize)
    }

    @Test("The stored identity is the one on the wire")
    func identity() throws {
        let departure = try departure(try Stage())
        let text = text(departure)
        let record = try #require(RequestRecord(departure.identity))
        #expect(text.values("Via").first?.contains("branch=\(record.branch);") == true)
        #expect(text.values("Call-ID") == [record.callID])
        #expect(text.values("CSeq") == ["\(record.cseq) MESSAGE"])
        #expect(text.values("From").first?.hasSuffix(";tag=\(record.fromTag)") == true)
        #expect(record.destination == .init(transport: .udp, address: "127.0.0.1", port: 5070))
        #expect(record.peer == "romeo@example.net" && record.domain == "example.net" && record.carrier == .sip)
    }

    @Test("MSG-019: messages of one thread share Call-ID and From tag and count upwards, also after a restart")
    func threads() throws {
        let stage = try Stage()
        let first = try #require(RequestRecord(try departure(stage).identity))
        let second = try #require(RequestRecord(try departure(stage).identity))
        #expect(first.callID == "t-1" && second.callID == "t-1")
        #expect(first.fromTag == second.fromTag && first.branch != second.branch)
        #expect(second.cseq > first.cseq)
        let restarted = try Stage()
        restarted.host.pass(seconds: 1)
        let third = try #require(RequestRecord(try departure(restarted).identity))
        #expect(third.fromTag == first.fromTag && third.cseq > second.cseq)
    }

    @Test("MSG-020: without a thread each message has a Call-ID of its own, which names no machine")
    func noThread() throws {
        let stage = try Stage()
        let first = try #require(RequestRecord(try departure(stage, thread: nil).identity))
        let second = try #require(RequestRecord(try departure(stage, thread: nil).identity))
        #expect(first.callID != second.callID)
        #expect(first.callID.hasSuffix("@gw.example.org"))
    }

    @Test("MSG-018: a thread that cannot be a Call-ID gets one, and both are remembered")
    func foreignThread() throws {
        let stage = try Stage()
        let record = try #require(RequestRecord(try departure(stage, thread: "a b").identity))
        #expect(record.callID.hasSuffix("@gw.example.org"))
        #expect(stage.host.threads.map(\.thread) == [ThreadPair(callID: record.callID, thread: "a b")])
        #expect(stage.host.threads.first?.users == ["juliet@example.com", "romeo@example.net"])
        _ = try departure(stage, thread: "legal")
        #expect(stage.host.threads.count == 1)
    }

    @Test("A recipient whose domain has no next hop is refused")
    func noRoute() throws {
        let stage = try Stage()
        let arrival = try arrival(stage, to: "romeo@elsewhere.example")
        #expect(stage.leg.departure(of: arrival).refusal?.code == .noRoute)
    }

    @Test("MSG-037: as plain text the message has no envelope, whatever the tables say")
    func plainText() throws {
        let stage = try Stage(switches: [("msg.carrier", "cpim")])
        let wrapped = try departure(stage)
        #expect(text(wrapped).values("Content-Type") == ["message/cpim"])
        #expect(RequestRecord(wrapped.identity)?.carrier == .cpim)
        let plain = try departure(stage, plainText: true)
        #expect(text(plain).values("Content-Type").first?.hasPrefix("text/plain") == true)
        #expect(RequestRecord(plain.identity)?.carrier == .sip)
    }

    @Test("RFC 3428 §8: a large request goes only where no datagram carries it, and by TCP (RFC 3261 §18.1.1)")
    func large() throws {
        let body = String(repeating: "x", count: 2_000)
        let reject = try Stage(switches: [("msg.oversize", "tcp")])
        #expect(reject.leg.departure(of: try arrival(reject, text: body)).refusal?.code == .oversize)
        var route = Stage.route
        route.isCongestionSafe = true
        let stage = try Stage(route, switches: [("msg.oversize", "tcp")])
        let departure = try departure(stage, text: body)
        #expect(text(departure).values("Via").first?.hasPrefix("SIP/2.0/TCP 127.0.0.1:5062;branch=") == true)
        #expect(RequestRecord(departure.identity)?.destination.transport == .tcp)
        #expect(departure.hop == "sip:udp:127.0.0.1:5070")
        route.largestMessage = 1_500
        let bounded = try Stage(route, switches: [("msg.oversize", "tcp")])
        #expect(bounded.leg.departure(of: try arrival(bounded, text: body)).refusal?.code == .oversize)
    }

    // MARK: Notices

    private static func origin() throws -> NoticeOrigin {
        NoticeOrigin(
            sender: try SIPURI("sip:romeo@example.net"),
            recipient: try SIPURI("sip:juliet@example.com"),
            senderKey: "romeo@example.net",
            recipientKey: "juliet@example.com",
            callID: "c1@example.net"
        )
    }

    @Test("A notice comes from the address that was written to, in the same conversation, as one sentence")
    func notice() throws {
        let stage = try Stage()
        let failure = Failure(report: OutcomeReport(protocolCode: "item-not-found"), retry: .never)
        let departure = try #require(
            try stage.leg.notice(origin: Self.origin().bytes, failure: failure, generation: stage.host.generation)
        )
        let text = text(departure)
        #expect(text.hasPrefix("MESSAGE sip:romeo@example.net SIP/2.0\r\n"))
        #expect(text.values("From").first?.hasPrefix("<sip:juliet@example.com>;tag=") == true)
        #expect(text.values("To") == ["<sip:romeo@example.net>"])
        #expect(text.values("Call-ID") == ["c1@example.net"])
        #expect(text.values("Content-Type") == ["text/plain;charset=UTF-8"])
        #expect(text.sipBody == "The message could not be delivered: item not found.")
        #expect(departure.hop == "sip:udp:127.0.0.1:5070" && departure.lane == "sip:romeo@example.net")
        #expect(RequestRecord(departure.identity)?.callID == "c1@example.net")
    }

    @Test("A failure of the gateway's own is told in the words of the error table")
    func expiry() throws {
        let stage = try Stage()
        let failure = Failure(report: OutcomeReport(protocolCode: "expired"), retry: .never)
        let departure = try stage.leg.notice(
            origin: Self.origin().bytes,
            failure: failure,
            generation: stage.host.generation
        )
        #expect(departure.map { text($0).sipBody } == "The message could not be delivered in time.")
    }

    @Test("Without a way back, or an origin to read, nobody is told")
    func untold() throws {
        let stage = try Stage()
        let failure = Failure(report: OutcomeReport(protocolCode: "expired"), retry: .never)
        var origin = try Self.origin()
        origin.sender = try SIPURI("sip:romeo@elsewhere.example")
        #expect(stage.leg.notice(origin: origin.bytes, failure: failure, generation: stage.host.generation) == nil)
        #expect(stage.leg.notice(origin: [], failure: failure, generation: stage.host.generation) == nil)
        #expect(NoticeOrigin(origin.bytes) == origin)
    }
}
