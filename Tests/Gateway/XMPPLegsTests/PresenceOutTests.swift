import BridgeCore
import Interworking
import Testing
import XMLStreams
import XMPPStanzas

@testable import XMPPLegs

@Suite("XMPPLeg: presence that goes to a server")
struct PresenceOutTests {
    /// alice@example.com watches bob@sip.example.com.
    private static let outward = WatchKey(
        watcher: "alice@example.com",
        presentity: "bob@sip.example.com",
        target: .cpim
    )
    /// bob@sip.example.com watches alice@example.com.
    private static let inward = outward.reversed

    private func part(_ name: String, isOpen: Bool, _ payload: String = "", language: String? = nil) -> PresencePart {
        let presence = ContactPresence(
            resource: name.isEmpty ? nil : name,
            isAvailable: isOpen,
            payload: Array(payload.utf8),
            language: language
        )
        return PresencePart(name: name, isOpen: isOpen, content: presence.stored, seen: 0)
    }

    /// The stanzas in what was written.
    private func stanzas(_ written: String) throws -> [XML.Element] {
        try XML.DocumentReader.read(Array("<all xmlns='jabber:component:accept'>\(written)</all>".utf8)[...]).children
            .map { $0 }
    }

    private func step(_ step: PresenceStep, _ key: WatchKey) throws -> (element: XML.Element, departure: Departure) {
        let stage = try Stage.open()
        let departure = try #require(stage.leg.departure(of: step, key))
        let element = try #require(try stanzas(String(decoding: departure.wire, as: UTF8.self)).first)
        return (element, departure)
    }

    // MARK: Showing

    @Test("RFC 8048 §6.3: each device is a stanza from its full address, with what it said")
    func show() throws {
        let stage = try Stage.open()
        let parts = [
            part("orchard", isOpen: true, "<show>away</show><status>gone for lunch</status>", language: "en"),
            part("balcony", isOpen: false), part("", isOpen: false),
        ]
        stage.leg.show(parts, of: Self.outward, to: nil)
        let written = try stanzas(try stage.written())
        #expect(
            written.map { $0.attribute("from") } == [
                "bob@sip.example.com/orchard", "bob@sip.example.com/balcony", "bob@sip.example.com",
            ]
        )
        #expect(written.allSatisfy { $0.attribute("to") == "alice@example.com" })
        #expect(written.map { $0.attribute("type") } == [nil, "unavailable", "unavailable"])
        #expect(written.first?.children.map(\.name) == ["show", "status", "c"])
    }

    @Test("PRES-072: what a device asked for is shown to it alone")
    func showToDevice() throws {
        let stage = try Stage.open()
        stage.leg.show([part("orchard", isOpen: true)], of: Self.outward, to: "alice@example.com/home")
        #expect(try stanzas(try stage.written()).map { $0.attribute("to") } == ["alice@example.com/home"])
    }

    @Test("Content that cannot be read says nothing but that the device is there")
    func unreadable() throws {
        let stage = try Stage.open()
        let broken = PresencePart(name: "orchard", isOpen: true, content: [], seen: 0)
        stage.leg.show([broken], of: Self.outward, to: nil)
        let stanza = try #require(try stanzas(try stage.written()).first)
        #expect(stanza.attribute("from") == "bob@sip.example.com/orchard" && stanza.attribute("type") == nil)
        #expect(stanza.children.map(\.name) == ["c"])
    }

    @Test("Nobody is shown anything in the name of a domain that no component serves")
    func foreignContact() throws {
        let stage = try Stage.open()
        let key = WatchKey(watcher: "alice@example.com", presentity: "bob@elsewhere.example", target: .cpim)
        stage.leg.show([part("orchard", isOpen: true)], of: key, to: nil)
        stage.leg.probe(key.reversed)
        #expect(try stage.written() == "")
        #expect(stage.leg.departure(of: .approved, key) == nil)
    }

    @Test("XMP-PRS-08, RFC 8048 §7.2: a question for the present state has bare addresses and an id of its kind")
    func probe() throws {
        let stage = try Stage.open()
        stage.leg.probe(Self.inward)
        stage.leg.probe(Self.inward)
        let probes = try stanzas(try stage.written())
        #expect(probes.count == 2)
        for probe in probes {
            #expect(probe.attribute("type") == "probe" && probe.attribute("from") == "bob@sip.example.com")
            #expect(probe.attribute("to") == "alice@example.com")
            #expect(probe.attribute("id")?.hasPrefix(XMPPLeg.probePrefix) == true)
        }
        #expect(probes.first?.attribute("id") != probes.last?.attribute("id"))
    }

    @Test("RFC 8048 §8.1: a look for a watcher is a probe of the contact to the bare JID, with an id of its kind")
    func verify() throws {
        let stage = try Stage.open()
        stage.leg.verify(Self.outward)
        let probe = try #require(try stanzas(try stage.written()).first)
        #expect(probe.attribute("type") == "probe" && probe.attribute("from") == "bob@sip.example.com")
        #expect(probe.attribute("to") == "alice@example.com")
        #expect(probe.attribute("id")?.hasPrefix(XMPPLeg.verifyPrefix) == true)
    }

    // MARK: Steps

    @Test("RFC 8048 §5.3.1: a request names the watcher, in its words and under its name")
    func ask() throws {
        let (element, departure) = try step(.ask(note: "it's me <3", nick: "Bob"), Self.inward)
        #expect(element.attribute("type") == "subscribe" && element.attribute("from") == "bob@sip.example.com")
        #expect(element.attribute("to") == "alice@example.com")
        #expect(element.attribute("id")?.hasPrefix(XMPPLeg.askPrefix) == true)
        #expect(element.children.first { $0.name == "status" }?.text == "it's me <3")
        let nick = element.children.first { $0.name == "nick" }
        #expect(nick?.text == "Bob" && nick?.namespace == "http://jabber.org/protocol/nick")
        #expect(departure.hop == Stage.hop && departure.recipient == "alice@example.com")
        let identity = OriginText.decode(departure.identity).byName
        #expect(identity["id"] == element.attribute("id") && identity["to"] == "alice@example.com")
        #expect(identity["from"] == "bob@sip.example.com")
        #expect(departure.identifiers.map(\.value) == [element.attribute("id")])
    }

    @Test("A request without words has none")
    func wordless() throws {
        #expect(try step(.ask(note: nil, nick: nil), Self.inward).element.elementCount == 1)
    }

    @Test(
        "XMP-PRS-01, -05, -06: steps are stanzas between the bare addresses of both",
        arguments: [
            (PresenceStep.approved, outward, "subscribed"), (.refused, outward, "unsubscribed"),
            (.departed, inward, "unavailable"), (.again(request: "r1"), outward, "subscribed"),
        ]
    )
    func steps(_ step: PresenceStep, _ key: WatchKey, _ type: String) throws {
        let element = try self.step(step, key).element
        #expect(element.attribute("type") == type && element.elementCount == 1)
        #expect(element.attribute("from") == "bob@sip.example.com" && element.attribute("to") == "alice@example.com")
        #expect(element.attribute("id")?.isEmpty == false && element.attribute("id") != "r1")
    }

    @Test("RFC 6121 §3.3.2: who ends what is not there is told so, under the id of its request")
    func unknown() throws {
        let element = try step(.unknown(request: "r1"), Self.outward).element
        #expect(element.attribute("type") == "error" && element.attribute("id") == "r1")
        #expect(StanzaError(in: element).condition == .itemNotFound)
    }

    @Test(
        "RFC 8048 §5.2.2: a failed request is an error under its id, with the condition of the response",
        arguments: [
            ("SIP/2.0 404 Not Found", StanzaError.Condition.itemNotFound), ("SIP/2.0 503 Busy", .internalServerError),
            ("", .remoteServerTimeout), ("503", .resourceConstraint),
        ]
    )
    func failed(_ line: String, _ condition: StanzaError.Condition) throws {
        let response = [
            line, "Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK1", "From: <sip:alice@example.com>;tag=a",
            "To: <sip:bob@sip.example.com>;tag=b", "Call-ID: c", "CSeq: 1 SUBSCRIBE", "Content-Length: 0", "", "",
        ].joined(separator: "\r\n")
        let isResponse = line.hasPrefix("SIP/2.0")
        let report = OutcomeReport(protocolCode: line.isEmpty ? "timeout" : String(line.prefix(3)), text: "")
        let failure = Failure(report: report, retry: .never, response: isResponse ? Array(response.utf8) : [])
        let element = try step(.failed(request: "r1", failure), Self.outward).element
        #expect(element.attribute("type") == "error" && element.attribute("id") == "r1")
        #expect(element.attribute("from") == "bob@sip.example.com" && element.attribute("to") == "alice@example.com")
        #expect(StanzaError(in: element).condition == condition)
    }

    @Test("An error about a request without an id has none")
    func namelessFailure() throws {
        let element = try step(.unknown(request: nil), Self.outward).element
        #expect(element.attribute("type") == "error" && element.attribute("id") == nil)
    }
}
