import Addressing
import MappingTables
import Testing
import XMPPStanzas

@testable import Interworking
@testable import VectorSupport

@Suite("PresenceTranslator: operations")
struct PresenceOperationTests {
    private let samples = PresenceSamples()

    @Test(
        "RFC 8048 §4: each type is an operation",
        arguments: [
            (nil, PresenceOperation.Kind.available), ("unavailable", .unavailable),
            ("subscribe", .subscribe(note: nil)),
            ("subscribed", .subscribed), ("unsubscribe", .unsubscribe), ("unsubscribed", .unsubscribed),
            ("probe", .probe),
        ] as [(String?, PresenceOperation.Kind)]
    )
    func kinds(type: String?, kind: PresenceOperation.Kind) throws {
        let operation = try #require(try samples.operation(type: type).value)
        #expect(operation.kind == kind)
        #expect(operation.user.uri.description == "sip:juliet@example.com")
        #expect(operation.contact.uri.description == "sip:romeo@example.net")
        #expect(operation.contact.jid.description == "romeo@example.net")
        #expect(operation.id == "p1")
    }

    @Test(
        "RFC 6121 §3.1.3: a subscription is one of bare addresses",
        arguments: ["subscribe", "subscribed", "unsubscribe", "unsubscribed"]
    )
    func bareAddresses(type: String) throws {
        let operation = try #require(try samples.operation(type: type, to: "romeo@example.net/orchard").value)
        #expect(operation.user.jid.description == "juliet@example.com" && operation.user.instance == nil)
        #expect(operation.contact.jid.description == "romeo@example.net" && operation.contact.instance == nil)
    }

    @Test("RFC 6121 §4.3.1: a probe keeps the resource that gets the answer")
    func probe() throws {
        let operation = try #require(try samples.operation(type: "probe", to: "romeo@example.net/orchard").value)
        #expect(operation.user.jid.description == "juliet@example.com/balcony")
        #expect(operation.contact.jid.description == "romeo@example.net")
    }

    @Test("RFC 6121 §4.6: directed presence keeps both resources")
    func directed() throws {
        let operation = try #require(try samples.operation(to: "romeo@example.net/orchard").value)
        #expect(operation.user.jid.resource == "balcony" && operation.user.instance == "balcony")
        #expect(operation.contact.jid.resource == "orchard")
    }

    @Test(
        "RFC 6121 §4.7.2.2: the status of a request is a note on one line",
        arguments: [
            ("<status>Hi,\n Juliet told me</status>", "Hi, Juliet told me"), ("<status> </status>", nil), ("", nil),
            ("<status xml:lang='cs'>Ahoj</status><status>Hi</status>", "Hi"),
            ("<status xml:lang='cs'>Ahoj</status>", "Ahoj"),
        ] as [(String, String?)]
    )
    func note(content: String, note: String?) throws {
        #expect(try samples.operation(content, type: "subscribe").value?.kind == .subscribe(note: note))
    }

    @Test("XEP-0172 §4.1: a nickname goes with a request, and only with one")
    func nick() throws {
        let nick = "<nick xmlns='http://jabber.org/protocol/nick'>Ish\nmael</nick>"
        #expect(try samples.operation(nick, type: "subscribe").value?.nick == "Ish mael")
        #expect(try samples.operation(nick).value?.nick == nil)
        #expect(try samples.operation("", type: "subscribe").value?.nick == nil)
    }

    @Test("RFC 6121 §4.7.1: a type that is not defined is nothing")
    func undefinedType() throws {
        guard case .nothing(let reason) = try samples.operation(type: "available").outcome else {
            Issue.record("something came of it")
            return
        }
        #expect(reason == "undefined-type")
    }

    @Test("RFC 6120 §8.3: an error carries its condition")
    func error() throws {
        let content =
            "<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
        guard case .error(let error)? = try samples.operation(content, type: "error").value?.kind else {
            Issue.record("no error")
            return
        }
        #expect(error.condition == .itemNotFound)
    }

    @Test("RFC 6120 §8.3.1: an error is never refused, and so never answered")
    func quietErrors() throws {
        for to in ["romeo@example.org", "example.net", "@"] {
            #expect(try samples.operation(type: "error", to: to).refusal == nil)
            #expect(try samples.operation(type: "subscribe", to: to).refusal != nil)
        }
    }

    @Test(
        "RFC 8048 §8.1, RFC 3860 §3.4.2: only users of the served domains meet each other",
        arguments: [
            ("juliet@example.org/a", "romeo@example.net", "foreign-sender"),
            ("juliet@example.com/a", "romeo@example.org", "unknown-domain"),
            ("juliet@example.com/a", "nurse@example.com", "loop"),
            ("juliet@example.com/a", "example.net", "domain-recipient"),
            ("example.com", "romeo@example.net", "domain-recipient"), ("@", "romeo@example.net", "addr-malformed"),
        ]
    )
    func refused(from: String, to: String, code: String) throws {
        #expect(try samples.operation(type: "subscribe", from: from, to: to).refusal?.auditCode == code)
    }

    @Test("RFC 8048 §8.1: a user of a foreign domain is told that this is forbidden")
    func foreignSender() throws {
        let refusal = try samples.operation(type: "subscribe", from: "a@example.org").refusal
        #expect(refusal?.condition == .forbidden && refusal?.sipStatus == 403)
    }

    // MARK: SUBSCRIBE

    @Test("RFC 8048 §5.3.1: a SUBSCRIBE is a request of bare addresses")
    func subscribe() throws {
        let operation = try #require(
            try samples.subscribed("From: \"Romeo M.\" <sip:romeo@example.net>;tag=r", "Subject: Hi there").value
        )
        #expect(operation.kind == .subscribe(note: "Hi there") && operation.nick == "Romeo M.")
        #expect(operation.user.jid.description == "juliet@example.com")
        #expect(operation.contact.jid.bare.description == "romeo@example.net")
    }

    @Test("RFC 8048 §7.2: a SUBSCRIBE that is over at once is a probe")
    func fetch() throws {
        let operation = try #require(
            try samples.subscribed("From: Romeo <sip:romeo@example.net>;tag=r", "Expires: 0").value
        )
        #expect(operation.kind == .probe && operation.nick == nil)
    }

    @Test("RFC 3325 §9, RFC 7247 §8: watchers are admitted as senders of messages are")
    func admission() throws {
        var samples = samples
        samples.facts.peer.authenticatedDomains = ["example.org"]
        #expect(try samples.subscribed().refusal?.auditCode == "identity-mismatch")
        samples.facts.peer.authenticatedDomains = ["example.net"]
        #expect(try samples.subscribed().value != nil)
        #expect(try samples.subscribed(uri: "sips:juliet@example.com").refusal?.auditCode == "sips")
        #expect(try samples.subscribed(uri: "sip:juliet@example.org").refusal?.auditCode == "unknown-domain")
        #expect(try samples.subscribed("Require: x").refusal?.auditCode == "recipient-list")
        #expect(
            try samples.subscribed("From: <sip:anonymous@anonymous.invalid>;tag=r").refusal?.auditCode
                == "anonymous-sender"
        )
    }

    @Test("REQ2779-5.1.3: where the route says so, a watcher who hides asks under the name that it is given")
    func pseudonym() throws {
        let from = "From: \"Mother\" <sip:anonymous@anonymous.invalid>;tag=r"
        func operation(
            _ changes: String...,
            pseudonym: String? = "anon-1",
            on: Bool = true
        ) throws
            -> Translated<PresenceOperation>
        {
            var samples = samples
            samples.facts.peer.authenticatedDomains = ["example.net"]
            samples.settings = [("sub.anonymous", on ? "on" : "off")]
            let request = try PresenceSamples.subscribe([from] + changes)
            return try samples.translator().operation(from: request, facts: samples.facts, pseudonym: pseudonym)
        }
        let asked = try #require(try operation("Subject: Guess who").value)
        #expect(asked.contact.key == "anon-1@example.net" && asked.user.key == "juliet@example.com")
        // The words are the watcher's, and the name that it gives itself proves nothing.
        #expect(asked.kind == .subscribe(note: "Guess who") && asked.nick == nil)
        #expect(try operation(on: false).refusal?.auditCode == "anonymous-sender")
        #expect(try operation(on: false).refusal?.sipStatus == 433)
        #expect(try operation(pseudonym: nil).refusal?.auditCode == "anonymous-sender")
        // Nobody could have approved of whoever asks only once.
        #expect(try operation("Expires: 0").refusal?.auditCode == "anonymous-sender")
        #expect(try operation("From: <sip:romeo@example.net>;tag=r").value?.contact.key == "romeo@example.net")
    }

    // MARK: Writing

    @Test("RFC 6121 §3.1, XEP-0172 §4.1: a request has its reason and the name of whoever asks")
    func written() throws {
        let translator = try samples.translator()
        let from = PresenceSamples.romeo.jid
        let to = PresenceSamples.juliet.jid
        func text(_ kind: PresenceStanza.Kind, status: String? = nil, nick: String? = nil, id: String? = nil) -> String
        {
            HeaderText.text(
                translator.stanza(
                    kind,
                    from: from,
                    to: to,
                    status: status,
                    nick: nick,
                    contentNamespace: "jabber:client",
                    id: id
                )
            )
        }
        #expect(
            text(.subscribe, status: "a<b", nick: "R", id: "1")
                == "<presence from='romeo@example.net' to='juliet@example.com' id='1' type='subscribe'>"
                + "<status>a&lt;b</status><nick xmlns='http://jabber.org/protocol/nick'>R</nick></presence>"
        )
        #expect(text(.available) == "<presence from='romeo@example.net' to='juliet@example.com'/>")
        #expect(
            text(.unsubscribed, status: "", nick: "")
                == "<presence from='romeo@example.net' to='juliet@example.com' type='unsubscribed'/>"
        )
    }

    @Test("RFC 3922 §5.2.1: presence comes from the resource, and goes to whoever asked")
    func presence() throws {
        let translator = try samples.translator()
        let watcher = try JID("juliet@example.com/balcony")
        func text(_ presence: ContactPresence, id: String? = nil) -> String {
            HeaderText.text(
                translator.stanza(
                    presence,
                    from: PresenceSamples.romeo.jid.bare,
                    to: watcher,
                    contentNamespace: "jabber:server",
                    id: id
                )
            )
        }
        let payload = Array("<show>away</show>".utf8)
        #expect(
            text(ContactPresence(resource: "a'b", isAvailable: true, payload: payload, language: "en"), id: "x")
                == "<presence from='romeo@example.net/a&apos;b' to='juliet@example.com/balcony' id='x' xml:lang='en'>"
                + "<show>away</show></presence>"
        )
        #expect(
            text(.gone(nil))
                == "<presence from='romeo@example.net' to='juliet@example.com/balcony' type='unavailable'/>"
        )
    }
}
