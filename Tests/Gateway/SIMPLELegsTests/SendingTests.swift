import BridgeCore
import Interworking
import SIPChannels
import SIPMessages
import SIPTransactions
import Testing

@testable import SIMPLELegs

/// Items on their way to the CPIM shore.
@Suite("SIMPLELeg as a client")
struct SendingTests {
    private static let record = RequestRecord(
        branch: "z9hG4bKb1",
        callID: "c@gw.example.org",
        fromTag: "t1",
        cseq: 7,
        destination: .init(transport: .udp, address: "127.0.0.1", port: 5070),
        peer: "romeo@example.net",
        domain: "example.net",
        carrier: .cpim
    )

    private static func bytes(transport: String = "UDP") -> [UInt8] {
        var builder = SIPRequestBuilder(.message, uri: "sip:romeo@example.net")
        builder.via(transport: transport, sentBy: "127.0.0.1:5060", branch: record.branch)
        builder.address(.from, uri: "sip:juliet@example.com", tag: record.fromTag)
        builder.address(.to, uri: "sip:romeo@example.net")
        builder.add(.callID, record.callID)
        builder.sequence(record.cseq)
        builder.add(.contentType, "text/plain")
        return builder.message(body: Array("hi".utf8)[...])
    }

    private static func item(_ record: RequestRecord = record, id: Int64 = 1) -> Item {
        let offer = Offer(
            kind: .message,
            target: .cpim,
            sender: "juliet@example.com",
            recipient: "sip:romeo@example.net",
            hop: "sip:udp:127.0.0.1:5070",
            lane: "sip:romeo@example.net",
            cargo: Cargo(source: [], wire: bytes(), identity: record.bytes),
            generation: "g"
        )
        return Item(
            id: CrossingID(id),
            offer: offer,
            state: .sent,
            accepted: 0,
            firstSent: 0,
            deadline: .max,
            attempts: 1,
            answered: true
        )
    }

    private static func response(_ line: String, _ extra: String...) -> String {
        let lines = [
            "SIP/2.0 \(line)", "Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKb1", "To: <sip:romeo@example.net>;tag=x",
            "From: <sip:juliet@example.com>;tag=t1", "Call-ID: c@gw.example.org", "CSeq: 7 MESSAGE",
        ]
        return (lines + extra + ["Content-Length: 0", "", ""]).joined(separator: "\r\n")
    }

    private func sent(_ answers: String...) throws -> Stage {
        let stage = try Stage()
        stage.leg.send(Self.item())
        for answer in answers { stage.receive(answer) }
        return stage
    }

    @Test("The stored bytes go where the record says")
    func storedBytes() throws {
        let stage = try sent()
        #expect(stage.wire.sent.count == 1)
        #expect(stage.wire.sent.first?.bytes == Self.bytes())
        #expect(stage.wire.sent.first?.flow.remotePort == 5070)
        #expect(stage.wire.sent.first?.flow.transport == .udp)
    }

    @Test(
        "A final 2xx, whichever, is delivery; a provisional response and a copy are nothing",
        arguments: [200, 202, 299]
    )
    func delivered(status: Int) throws {
        let stage = try sent(
            Self.response("100 Trying"),
            Self.response("\(status) Fine"),
            Self.response("\(status) Fine")
        )
        #expect(stage.host.deliveries.map(\.id) == [CrossingID(1)])
        #expect(stage.host.deliveries.first?.report == OutcomeReport(protocolCode: "\(status)", text: "Fine"))
        #expect(stage.host.failures.isEmpty)
    }

    @Test("A response with another sent-by is somebody else's (RFC 3261 §18.1.2)")
    func foreignResponse() throws {
        let stage = try Stage()
        stage.leg.transactions.settings.sentBy = ["127.0.0.1:5060"]
        stage.leg.send(Self.item())
        stage.receive(Self.response("200 OK").replacing("127.0.0.1:5060", with: "192.0.2.1:5060"))
        #expect(stage.host.deliveries.isEmpty)
        stage.receive(Self.response("200 OK"))
        #expect(stage.host.deliveries.count == 1)
    }

    @Test(
        "The error table says what a final response lets the item do",
        arguments: [
            ("404 Not Found", nil, Failure.Retry.never), ("302 Moved", nil, .never), ("603 Decline", nil, .never),
            ("491 Request Pending", nil, .backoff(after: nil)), ("500 Oops", "Retry-After: 9", .backoff(after: 9)),
            ("503 Busy", "Retry-After: 30 (soon)", .hop(after: 30)), ("503 Busy", nil, .hop(after: nil)),
        ] as [(String, String?, Failure.Retry)]
    )
    func refused(line: String, header: String?, retry: Failure.Retry) throws {
        let text = header.map { Self.response(line, $0) } ?? Self.response(line)
        let stage = try sent(text)
        let failure = try #require(stage.host.failures.first?.failure)
        #expect(failure.retry == retry)
        #expect(failure.report.protocolCode == String(line.prefix(3)))
        #expect(String(decoding: failure.response, as: UTF8.self) == text)
    }

    @Test("RFC 3261 §17.1.2.2: over UDP the request goes again until 64*T1, then the neighbor is at fault")
    func timeout() throws {
        let stage = try sent()
        for _ in 0..<700 {
            stage.host.pass(seconds: 0.05)
            stage.leg.advance(now: stage.host.now)
        }
        #expect(stage.wire.sent.count == 11)
        #expect(stage.wire.sent.allSatisfy { $0.bytes == Self.bytes() })
        let failure = try #require(stage.host.failures.first?.failure)
        #expect(stage.host.failures.count == 1)
        #expect(failure.retry == .hop(after: nil))
        #expect(failure.response.isEmpty && failure.report.protocolCode == "timeout")
    }

    @Test("What cannot be sent is the neighbor's fault")
    func transport() throws {
        let stage = try sent()
        stage.leg.received(.failed(Stage.flow(), reason: "refused"))
        let failure = try #require(stage.host.failures.first?.failure)
        #expect(failure.retry == .hop(after: nil))
        #expect(failure.response.isEmpty && failure.report.protocolCode == "transport")
    }

    /// An item that goes by TCP for its size, to a next hop of this transport.
    private func sentByTCP(next transport: String) throws -> Stage {
        var route = Stage.route
        route.transport = transport
        let stage = try Stage(route)
        var record = Self.record
        record.destination.transport = .tcp
        let item = Self.item(record)
        item.offer.cargo.wire = Self.bytes(transport: "TCP")
        stage.leg.send(item)
        return stage
    }

    @Test("SIP-TRN-010 RFC 3261 §18.1.1: what only its size sends by TCP goes by UDP when TCP is refused")
    func refusedConnection() throws {
        let stage = try sentByTCP(next: "udp")
        #expect(stage.wire.sent.first?.flow.transport == .tcp)
        stage.leg.received(.failed(Stage.flow(.tcp), reason: "refused"))
        guard case .rendering(let wire, let identity)? = stage.host.failures.first?.failure.retry else {
            Issue.record("no other rendering")
            return
        }
        let record = try #require(RequestRecord(identity))
        let text = String(decoding: wire, as: UTF8.self)
        #expect(record.destination.transport == .udp && record.branch != Self.record.branch)
        #expect(record.callID == Self.record.callID && record.cseq == Self.record.cseq)
        #expect(text.values("Via") == ["SIP/2.0/UDP 127.0.0.1:5060;branch=\(record.branch);rport"])
        #expect(text.sipBody == "hi")
    }

    @Test("RFC 3261 §18.1.1: a request that may have arrived, or whose next hop speaks TCP, does not change to UDP")
    func noChangeOfTransport() throws {
        let lost = try sentByTCP(next: "udp")
        lost.leg.received(.lost(Stage.flow(.tcp), reason: "reset"))
        #expect(lost.host.failures.first?.failure.retry == .hop(after: nil))
        let refused = try sentByTCP(next: "tcp")
        refused.leg.received(.failed(Stage.flow(.tcp), reason: "refused"))
        #expect(refused.host.failures.first?.failure.retry == .hop(after: nil))
    }

    @Test("A connection that a peer made carries no request of ours")
    func acceptedConnectionEnds() throws {
        let stage = try sentByTCP(next: "tcp")
        stage.leg.received(.ended(Stage.flow(.tcp)))
        #expect(stage.host.failures.isEmpty)
    }

    @Test("An identity that cannot be read ends the item")
    func unreadable() throws {
        let stage = try Stage()
        let item = Self.item()
        item.offer.cargo.identity = []
        stage.leg.send(item)
        #expect(stage.wire.sent.isEmpty)
        #expect(stage.host.failures.map(\.failure.retry) == [.never])
    }

    // MARK: Another rendering

    @Test(
        "MSG-037: who refuses Message/CPIM gets the text alone, and that is remembered",
        arguments: ["415 Type", "488 No"]
    )
    func plainText(line: String) throws {
        let stage = try Stage()
        stage.host.rendering = Cargo(source: [], wire: [1], identity: [2])
        stage.leg.send(Self.item())
        stage.receive(Self.response(line, "Accept: text/plain"))
        #expect(stage.host.failures.map(\.failure.retry) == [.rendering(wire: [1], identity: [2])])
        #expect(stage.host.learnings.map(\.address) == ["romeo@example.net"])
        #expect(stage.host.learnings.map(\.readsCPIM) == [false])
    }

    @Test("A refusal of the text alone, or by one who reads Message/CPIM, is final")
    func noOtherRendering() throws {
        let stage = try Stage()
        stage.host.rendering = Cargo(source: [], wire: [1], identity: [2])
        var plain = Self.record
        plain.carrier = .sip
        stage.leg.send(Self.item(plain))
        stage.receive(Self.response("415 Type", "Accept: text/plain"))
        let other = try Stage()
        other.host.rendering = Cargo(source: [], wire: [1], identity: [2])
        other.leg.send(Self.item())
        other.receive(Self.response("415 Type", "Accept: text/plain, message/cpim"))
        #expect(stage.host.failures.map(\.failure.retry) == [.never])
        #expect(other.host.failures.map(\.failure.retry) == [.never])
        #expect(stage.host.learnings.isEmpty && other.host.learnings.isEmpty)
    }

    // MARK: Again

    @Test("RFC 3261 §8.1.3.5: a renewed request has another branch and a higher CSeq, and is the same otherwise")
    func renewed() throws {
        let stage = try Stage()
        let cargo = try #require(stage.leg.renewed(Self.item(), for: .again))
        let record = try #require(RequestRecord(cargo.identity))
        #expect(record.branch != Self.record.branch && record.branch.hasPrefix("z9hG4bK"))
        #expect(record.cseq > Self.record.cseq)
        #expect(record.callID == Self.record.callID && record.fromTag == Self.record.fromTag)
        let old = String(decoding: Self.bytes(), as: UTF8.self)
        let expected = old.replacing(Self.record.branch, with: record.branch).replacing(
            "CSeq: 7 ",
            with: "CSeq: \(record.cseq) "
        )
        #expect(String(decoding: cargo.wire, as: UTF8.self) == expected)
    }

    @Test("Within 64*T1 the same bytes go again, unless the server has answered them")
    func sameOrRenewed() throws {
        let stage = try sent(Self.response("503 Busy"))
        #expect(stage.leg.renewed(Self.item(), for: .first) == nil)
        let answered = try sent(Self.response("503 Busy"))
        #expect(answered.leg.renewed(Self.item(), for: .same) != nil)
        let lost = try sent()
        lost.leg.received(.failed(Stage.flow(), reason: "refused"))
        #expect(lost.leg.renewed(Self.item(), for: .same) == nil)
    }

    @Test("A record is read as it was written")
    func records() {
        #expect(RequestRecord(Self.record.bytes) == Self.record)
        var sixth = Self.record
        sixth.destination = .init(transport: .tcp, address: "2001:db8::1", port: 5061)
        #expect(RequestRecord(sixth.bytes) == sixth)
        #expect(RequestRecord([]) == nil)
        #expect(RequestRecord(Array("branch=x\n".utf8)) == nil)
    }
}
