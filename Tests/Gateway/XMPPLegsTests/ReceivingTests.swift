import BridgeCore
import Foundation
import Interworking
import Testing
import XMLStreams
import XMPPStanzas

@testable import XMPPLegs

@Suite("XMPPLeg: what a server hands over")
struct ReceivingTests {
    private let message =
        "<message from='alice@example.com/home' to='bob@sip.example.com' id='a1' type='chat'><body>hi</body></message>"

    @Test("A message becomes an arrival with what tells its sender of a failure")
    func arrival() throws {
        let stage = try Stage.open()
        try stage.serve(message)
        #expect(stage.host.calls == [.accepted("alice@example.com")])
        let arrival = try #require(stage.host.arrivals.first)
        #expect(arrival.sender == "alice@example.com")
        #expect(arrival.pivot.recipient.key == "bob@sip.example.com")
        #expect(
            OriginText.decode(arrival.origin).byName == [
                "from": "alice@example.com/home", "to": "bob@sip.example.com", "link": "sip.example.com", "id": "a1",
            ]
        )
        #expect(arrival.account.leg == "xmpp")
        #expect(arrival.account.proof == "component")
        #expect(arrival.account.peer == "sip.example.com")
        #expect(arrival.account.identifiers.map(\.value) == ["a1"])
        #expect(arrival.duplicateMarks.isEmpty)
        #expect(try stage.written() == "")

        let source = try #require(MessageStanza(try XML.DocumentReader.read(arrival.source[...])))
        #expect(source.from == "alice@example.com/home")
        let again = try #require(stage.leg.arrival(again: arrival.source))
        #expect(again.pivot == arrival.pivot)
        #expect(again.origin == arrival.origin)
    }

    @Test("XEP-0359 §3: an origin-id tells the same message when it comes again")
    func originID() throws {
        let stage = try Stage.open()
        try stage.serve(message.replacing("<body>", with: "<origin-id xmlns='urn:xmpp:sid:0' id='o1'/><body>"))
        #expect(stage.host.arrivals.first?.duplicateMarks.map(\.texts) == [["xmpp", "alice@example.com/home", "o1"]])
    }

    @Test("XMP-MSG-06 XEP-0359 §3: a stanza-id, also one of our own domain, is no mark of a duplicate")
    func stanzaID() throws {
        let stage = try Stage.open()
        for by in ["sip.example.com", "bob@sip.example.com", "gw.example.com", "example.com"] {
            let mark = "<stanza-id xmlns='urn:xmpp:sid:0' by='\(by)' id='x'/>"
            try stage.serve(message.replacing("<body>", with: mark + "<body>"))
            try stage.serve(message.replacing("<body>", with: mark + "<body>"))
        }
        #expect(stage.host.arrivals.count == 8)
        #expect(stage.host.arrivals.allSatisfy { $0.duplicateMarks.isEmpty })
    }

    @Test(
        "XMP-CMP-08, XMP-CMP-09: what a server grants unasked is passed over, and the link stays",
        arguments: ["privilege:2", "privilege:1", "delegation:2", "delegation:1"]
    )
    func grants(namespace: String) throws {
        let stage = try Stage.open()
        let name = namespace.prefix { $0 != ":" }
        let grant = "<\(name) xmlns='urn:xmpp:\(namespace)'><perm access='roster' type='get'/></\(name)>"
        try stage.serve("<message from='example.com' to='sip.example.com' id='p1'>\(grant)</message>")
        #expect(stage.host.calls.isEmpty)
        #expect(try stage.written() == "")
        // Beside a text it is what any element is that nobody knows.
        try stage.serve(message.replacing("<body>", with: grant + "<body>"))
        #expect(stage.host.arrivals.count == 1)
    }

    @Test("MSG-068 XEP-0359 §3, MSG-063 XEP-0308 §3: the record names origin-id and the message that is corrected")
    func recordedNames() throws {
        let origin = "<origin-id xmlns='urn:xmpp:sid:0' id='o1'/>"
        let replace = "<replace xmlns='urn:xmpp:message-correct:0' id='bad1'/>"
        let stage = try Stage.open()
        for more in ["", origin, origin.replacing("o1", with: "a1"), origin + replace] {
            try stage.serve(message.replacing("<body>", with: more + "<body>"))
        }
        let names = stage.host.arrivals.map { $0.account.identifiers.map { "\($0.name)=\($0.value)" } }
        #expect(
            names == [
                ["stanza.id=a1"], ["stanza.id=a1", "origin.id=o1"], ["stanza.id=a1"],
                ["stanza.id=a1", "origin.id=o1", "replaced.id=bad1"],
            ]
        )
    }

    @Test("What the other leg refuses is answered with a typed error and written down")
    func refusedByTheOtherLeg() throws {
        let stage = try Stage.open()
        stage.host.verdict = .refused(.noRoute)
        try stage.serve(message)
        let error = try stage.error()
        #expect(error.condition == .remoteServerNotFound)
        #expect(error.kind == .cancel)
        #expect(error.by == "gw.example.com")
        #expect(stage.host.calls.last == .refused("no-route"))
    }

    @Test("RFC 6120 §8.3.1: the answer has the addresses exchanged and the id of the message")
    func answerAddresses() throws {
        let stage = try Stage.open()
        stage.host.verdict = .refused(.noRoute)
        try stage.serve(message)
        let reply = try #require(MessageStanza(try stage.stanza()))
        #expect(reply.kind == .error)
        #expect(reply.id == "a1")
        #expect(reply.from == "bob@sip.example.com")
        #expect(reply.to == "alice@example.com/home")
        #expect(reply.bodies.isEmpty)
    }

    @Test("XMP-ADR-03 RFC 6120 §8.3.1: the error of a message is from the normal form of its recipient")
    func answerSpelling() throws {
        let stage = try Stage.open()
        stage.host.verdict = .refused(.noRoute)
        try stage.serve(message.replacing("to='bob@sip.example.com'", with: "to='BOB@Sip.Example.com.'"))
        #expect(try #require(MessageStanza(try stage.stanza())).from == "bob@sip.example.com")
    }

    @Test("A message to the domain itself is for nobody")
    func domainRecipient() throws {
        let stage = try Stage.open()
        try stage.serve(message.replacing("bob@", with: ""))
        #expect(try stage.error().condition == .serviceUnavailable)
        #expect(stage.host.calls == [.refused("domain-recipient")])
    }

    @Test("A message without anything that crosses is dropped in silence")
    func nothing() throws {
        let stage = try Stage.open()
        try stage.serve(
            message.replacing("<body>hi</body>", with: "<active xmlns='http://jabber.org/protocol/chatstates'/>")
        )
        #expect(stage.host.calls.isEmpty)
        #expect(try stage.written() == "")
    }

    @Test("RFC 6120 §8.3.3: a recipient that is no address is answered in the name of the domain")
    func malformedRecipient() throws {
        let stage = try Stage.open()
        let addresses = "from='alice@example.com' to='b@b@sip.example.com'"
        try stage.serve("<message \(addresses) id='a1'><body>hi</body></message>")
        #expect(stage.host.calls == [.refused("addr-malformed")])
        let reply = try #require(MessageStanza(try stage.stanza()))
        #expect(reply.error?.condition == .jidMalformed)
        #expect(reply.from == "sip.example.com")
        #expect(reply.to == "alice@example.com")
        #expect(reply.id == "a1")
        for stanza in [
            "<iq \(addresses) id='q1' type='get'><x xmlns='urn:x'/></iq>", "<presence \(addresses) type='subscribe'/>",
        ] {
            try stage.serve(stanza)
            #expect(try stage.error().condition == .jidMalformed)
        }
    }

    @Test("RFC 7622 §5: a sender that the server takes for an address and that is none is answered as it was written")
    func malformedSender() throws {
        let stage = try Stage.open()
        let from = " from='a b@example.com/x'"
        try stage.serve("<message\(from) to='bob@sip.example.com' id='a1'><body>hi</body></message>")
        #expect(stage.host.calls == [.refused("addr-malformed")])
        let reply = try #require(MessageStanza(try stage.stanza()))
        #expect(reply.error?.condition == .jidMalformed)
        #expect(reply.to == "a b@example.com/x")
        #expect(reply.from == "sip.example.com")
        try stage.serve("<iq\(from) to='sip.example.com' id='q1' type='get'><ping xmlns='urn:xmpp:ping'/></iq>")
        #expect(try stage.error().condition == .jidMalformed)
        try stage.serve(message)
        #expect(stage.host.calls.last == .accepted("alice@example.com"))
    }

    @Test("What has no sender cannot be answered", arguments: [" from=''", ""])
    func noSender(from: String) throws {
        let stage = try Stage.open()
        try stage.serve("<message\(from) to='bob@sip.example.com' id='a1'><body>hi</body></message>")
        #expect(stage.host.calls == [.refused("addr-malformed")])
        try stage.serve("<iq\(from) to='sip.example.com' id='q1' type='get'><ping xmlns='urn:xmpp:ping'/></iq>")
        #expect(try stage.written() == "")
    }

    @Test(
        "RFC 6121 §8.5.2.1.1: a headline that does not cross is written down and not answered",
        arguments: ["bob@sip.example.com", "b@b@sip.example.com", "sip.example.com"]
    )
    func headline(to: String) throws {
        let stage = try Stage.open()
        stage.host.verdict = .refused(.noRoute)
        try stage.serve(
            message.replacing("type='chat'", with: "type='headline'").replacing("bob@sip.example.com", with: to)
        )
        #expect(try stage.written() == "")
        guard case .refused? = stage.host.calls.last else {
            Issue.record("nothing was written down")
            return
        }
    }

    @Test("RFC 6121 §8.5.2.1.1: nobody hears of a headline that fails later")
    func headlineThatFails() throws {
        let stage = try Stage.open()
        try stage.serve(message.replacing("type='chat'", with: "type='headline'"))
        let origin = try #require(stage.host.arrivals.first).origin
        let failure = Failure(report: OutcomeReport(protocolCode: "404"), retry: .never)
        #expect(stage.leg.errorReport(origin: origin, failure: failure, generation: stage.host.generation) == nil)
        stage.leg.refuse(origin: origin, .stopping)
        #expect(try stage.written() == "")
    }

    @Test(
        "A message that is dropped for what it holds is written down",
        arguments: [
            ("<received xmlns='urn:xmpp:carbons:2'/>", "carbon"),
            ("<encrypted xmlns='urn:xmpp:omemo:2'><header/></encrypted>", "encrypted-without-text"),
            ("<reactions xmlns='urn:xmpp:reactions:0' id='x'><reaction>x</reaction></reactions>", "reactions"),
        ]
    )
    func dropped(content: String, code: String) throws {
        let stage = try Stage.open()
        try stage.serve(message.replacing("<body>hi</body>", with: content))
        #expect(stage.host.calls == [.refused(code)])
        #expect(try stage.written() == "")
    }

    @Test(
        "XEP-0334 §4: a text that shall not be stored leaves nothing of itself in the record",
        arguments: [
            ("", true), ("<no-store xmlns='urn:xmpp:hints'/>", false),
            ("<no-permanent-store xmlns='urn:xmpp:hints'/>", false), ("<no-copy xmlns='urn:xmpp:hints'/>", true),
        ]
    )
    func hints(hint: String, isRecorded: Bool) throws {
        let stage = try Stage.open()
        try stage.serve(message.replacing("</message>", with: hint + "</message>"))
        #expect(try #require(stage.host.arrivals.first).isTextRecorded == isRecorded)
    }

    @Test("The server does not vouch for senders in the gateway's own domains")
    func spoofed() throws {
        let stage = try Stage.open()
        try stage.serve(message.replacing("alice@example.com", with: "carol@sip.example.com"))
        #expect(stage.host.calls == [.refused("identity-mismatch")])
        #expect(try stage.written() == "")
    }

    @Test("A message for a domain that the component does not serve goes nowhere")
    func misrouted() throws {
        let stage = try Stage.open()
        try stage.serve(message.replacing("sip.example.com", with: "other.example.com"))
        #expect(stage.host.calls == [.refused("unknown-domain")])
        #expect(try stage.written() == "")
    }

    @Test("A message beyond the limit is answered from its start tag, and the link stays")
    func tooLarge() throws {
        let stage = try Stage.open()
        try stage.serve(message.replacing("hi", with: String(repeating: "x", count: 20_000)))
        #expect(try stage.error().condition == .policyViolation)
        #expect(stage.host.calls == [.refused("oversize")])
        try stage.serve(message)
        #expect(stage.host.calls.last == .accepted("alice@example.com"))
    }

    @Test("RFC 6120 §8.3.3: what is beyond the limit and cannot be bridged is answered as what is within it")
    func tooLargeForNobody() throws {
        let stage = try Stage.open()
        let text = String(repeating: "x", count: 20_000)
        let large = message.replacing("hi", with: text)
        try stage.serve(large.replacing("bob@", with: "b@b@"))
        #expect(stage.host.calls == [.refused("addr-malformed")])
        let reply = try #require(MessageStanza(try stage.stanza()))
        #expect(reply.error?.condition == .jidMalformed)
        #expect(reply.from == "sip.example.com")
        #expect(reply.to == "alice@example.com/home")
        let addresses = "from='alice@example.com' to='b@b@sip.example.com'"
        try stage.serve("<iq \(addresses) id='q1' type='get'><x xmlns='urn:x'>\(text)</x></iq>")
        #expect(try stage.error().condition == .jidMalformed)
        // The component may not answer in the name of another domain.
        try stage.serve(large.replacing("sip.example.com", with: "other.example.com"))
        try stage.serve("<iq from='alice@example.com' to='other.example.com' id='q2' type='get'><x>\(text)</x></iq>")
        try stage.serve(large.replacing("alice@example.com", with: "carol@sip.example.com"))
        #expect(stage.host.calls.dropFirst() == [.refused("unknown-domain"), .refused("identity-mismatch")])
        #expect(try stage.written() == "")
    }

    @Test("A stanza whose own tag is beyond a limit is written down with who handed it over, and the link stays")
    func tooManyAttributes() throws {
        let stage = try Stage.open()
        // The stanza has four of its own, and 128 are read.
        let attributes = { (count: Int) in (1...count).map { " a\($0)=''" }.joined() }
        try stage.serve(message.replacing(" type=", with: attributes(124) + " type="))
        #expect(stage.host.calls == [.accepted("alice@example.com")])
        try stage.serve(message.replacing(" type=", with: attributes(125) + " type="))
        #expect(stage.host.calls.dropFirst() == [.refused("oversize")])
        let account = try #require(stage.host.refusedAccounts.last)
        #expect(account.peer == "sip.example.com" && account.leg == "xmpp" && account.sender.isEmpty)
        #expect(try stage.written() == "")
        try stage.serve(message)
        #expect(stage.host.calls.last == .accepted("alice@example.com"))
    }

    @Test("RFC 6120 §4.9.3: bytes that are no stream end the link with a reason, and it is made again")
    func unreadable() throws {
        let stage = try Stage.open()
        stage.send(1)
        _ = try stage.written()
        try stage.serve("<message></iq>")
        #expect(try stage.server.taken().contains("<not-well-formed "))
        #expect(stage.host.calls == [.down(Stage.hop, [CrossingID(1)])])
        stage.pass(seconds: 2)
        #expect(stage.connections == 2)
    }

    @Test("An error is never answered, whatever is wrong with it")
    func errorsAreNotAnswered() throws {
        let stage = try Stage.open()
        for (from, to) in [
            ("alice@example.com", "bob@sip.example.com"), ("a b@example.com", "bob@sip.example.com"),
            ("bob@sip.example.com", "bob@sip.example.com"), ("alice@example.com", "sip.example.com"),
        ] {
            for kind in ["message", "iq", "presence"] {
                try stage.serve("<\(kind) from='\(from)' to='\(to)' id='e1' type='error'/>")
            }
        }
        #expect(try stage.written() == "")
    }
}

extension Stage {
    /// The one stanza that was written.
    func stanza() throws -> XML.Element { try Self.element(try written()) }

    /// The one stanza of a text.
    static func element(_ markup: String) throws -> XML.Element {
        let parser = XML.StreamParser()
        var events: [XML.StreamEvent] = []
        let header =
            "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='1'>"
        try parser.feed(Array((header + markup).utf8)[...], into: &events)
        try #require(events.count == 2, "\(markup)")
        guard case .element(let element) = events[1] else { throw Nothing() }
        return element
    }

    /// The error of the one stanza that was written.
    func error() throws -> StanzaError { StanzaError(in: try stanza()) }

    struct Nothing: Error {}
}
