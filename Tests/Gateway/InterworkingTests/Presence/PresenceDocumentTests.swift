import Addressing
import CPIM
import MIME
import MappingTables
import PIDF
import Testing
import XMLStreams
import XMPPStanzas

@testable import Interworking
@testable import VectorSupport

@Suite("PresenceTranslator: documents")
struct PresenceDocumentTests {
    private let samples = PresenceSamples()

    private func under(_ settings: (String, String)..., profile: String = "default") -> PresenceSamples {
        PresenceSamples(settings: settings, profile: profile)
    }

    // MARK: The presentity

    @Test("RFC 3922 §5.1.1: the entity is the mapped user")
    func entity() throws {
        let user = Correspondent(
            jid: try JID("o\\27malley@example.com/x"),
            uri: try SIPURI("sip:o'malley@example.com")
        )
        let resource = try PresenceSamples.resource("x")
        let document = try samples.translator().document(
            of: user,
            resources: [resource],
            for: PresenceSamples.romeo,
            facts: samples.facts
        )
        #expect(document.value?.entity == "pres:o%27malley@example.com")
        #expect(document.value?.tuples.first?.contact?.uri == "im:o%27malley@example.com")
    }

    @Test("RFC 3922 §6.3.2: a document always has a tuple")
    func neverEmpty() throws {
        let document = try #require(try samples.document([]).value)
        #expect(document.tuples.map(\.id) == ["bare"] && document.tuples.map(\.basic) == [.closed])
        #expect(document.persons.isEmpty)
    }

    @Test("RFC 6121 §4.3.2: presence of the user as a whole is one closed tuple")
    func bare() throws {
        let document = try #require(try samples.document([PresenceSamples.resource(nil, isAvailable: false)]).value)
        #expect(document.tuples.map(\.id) == ["bare"] && document.tuples.map(\.basic) == [.closed])
    }

    @Test("RFC 6121 §4.7.2.3: tuples stand by falling priority, then as they came, the gone ones last")
    func order() throws {
        let resources = [
            try PresenceSamples.resource("gone", "<priority>9</priority>", isAvailable: false),
            try PresenceSamples.resource("low", "<priority>-5</priority>"), try PresenceSamples.resource("first"),
            try PresenceSamples.resource("high", "<priority>5</priority>"), try PresenceSamples.resource("second"),
        ]
        let document = try #require(try samples.document(resources).value)
        #expect(document.tuples.map(\.id) == ["ID-high", "ID-first", "ID-second", "ID-low", "ID-gone"])
        #expect(document.tuples.map(\.basic) == [.open, .open, .open, .open, .closed])
    }

    @Test("RFC 4479 §3.5: no two ids are alike, not even those of bare presence and of a resource of that name")
    func ids() throws {
        let resources = [try PresenceSamples.resource(nil), try PresenceSamples.resource("bare")]
        let raw = try #require(try under(("pres.tuple-id", "raw")).document(resources).value)
        #expect(Set(raw.tuples.map(\.id)).count == 2)
        let resource = try PresenceSamples.resource("person", "<show>dnd</show>")
        let document = try #require(try under(("pres.tuple-id", "raw")).document([resource]).value)
        #expect(document.tuples.first?.id == "person")
        #expect(document.persons.first?.id != "person" && document.persons.first?.id != nil)
    }

    // MARK: Show and person

    @Test(
        "RFC 8048 §6.2, RFC 4480 §3.2: a show stands in the status, and what it says of the person beside",
        arguments: [
            ("away", "away", "away"), ("xa", "xa", "away"), ("dnd", "dnd", "busy"), ("chat", "chat", nil),
            ("busy", nil, nil), ("", nil, nil),
        ] as [(String, String?, String?)]
    )
    func show(text: String, written: String?, activity: String?) throws {
        let resource = try PresenceSamples.resource("a", "<show>\(text)</show>", namespace: "jabber:server")
        let document = try #require(try samples.document([resource]).value)
        let status = document.tuples.first?.status ?? []
        #expect(status.map(\.text) == (written.map { [$0] } ?? []))
        #expect(status.allSatisfy { $0.is("show", "jabber:client") })
        let activities = document.persons.first?.elements.first
        #expect(activities?.children.map(\.name) == (activity.map { [$0] }))
        #expect(activities?.namespace == (activity == nil ? nil : PresenceNamespace.rpid))
    }

    @Test("RFC 6121 §4.7.2: somebody who is gone has no show and is busy with nothing")
    func closedHasNoShow() throws {
        let resource = try PresenceSamples.resource("a", "<show>away</show>", isAvailable: false)
        let document = try #require(try samples.document([resource]).value)
        #expect(document.tuples.first?.status == [] && document.persons == [])
    }

    @Test(
        "RFC 4480 §3.2: the resource that is available most speaks for the person",
        arguments: [
            (["dnd", "away"], "away"), (["dnd", "xa"], "away"), (["dnd"], "busy"), (["away", ""], nil),
            (["dnd", "chat"], nil),
        ] as [([String], String?)]
    )
    func person(shows: [String], activity: String?) throws {
        let resources = try shows.enumerated().map { index, show in
            try PresenceSamples.resource("r\(index)", show.isEmpty ? "" : "<show>\(show)</show>")
        }
        for resources in [resources, resources.reversed()] {
            let document = try #require(try samples.document(resources).value)
            #expect(document.persons.first?.elements.first?.children.first?.name == activity)
            #expect(document.persons.count == (activity == nil ? 0 : 1))
        }
    }

    @Test("pres.rpid: without it there is no person")
    func richPresence() throws {
        let resource = try PresenceSamples.resource("a", "<show>dnd</show>")
        #expect(try under(("pres.rpid", "off")).document([resource]).value?.persons == [])
        #expect(try under(("pres.rpid", "on")).document([resource]).value?.persons.count == 1)
    }

    @Test("pres.show-out: jabber, im or none")
    func showOut() throws {
        func status(_ value: String, _ show: String) throws -> [PresenceElement] {
            try under(("pres.show-out", value)).tuple("<show>\(show)</show>").status
        }
        #expect(try status("jabber", "xa") == [PresenceElement("show", "jabber:client", text: "xa")])
        #expect(try status("im", "away") == [PresenceElement("im", PresenceNamespace.im, text: "away")])
        #expect(try status("im", "dnd") == [PresenceElement("im", PresenceNamespace.im, text: "busy")])
        #expect(try status("none", "away") == [])
    }

    // MARK: Texts

    @Test(
        "RFC 3922 §5.1.6: each status that says something is a note in its language",
        arguments: [
            ("<status>a  b</status>", "", ["|a  b"]), ("<status>x</status>", " xml:lang='en'", ["en|x"]),
            ("<status>x</status><status xml:lang='cs'>y</status>", " xml:lang='en'", ["en|x", "cs|y"]),
            ("<status/>", "", []), ("<status> \n</status><status xml:lang='de'>z</status>", "", ["de|z"]),
        ] as [(String, String, [String])]
    )
    func notes(content: String, attributes: String, expected: [String]) throws {
        for isAvailable in [true, false] {
            let tuple = try samples.tuple(content, attributes, isAvailable: isAvailable)
            #expect(tuple.notes.map { "\($0.language ?? "")|\($0.text)" } == expected)
        }
    }

    // MARK: Contact and priority

    @Test(
        "RFC 3922 §5.1.7: a priority is that of the contact",
        arguments: [
            ("1", "0.007"), ("0", "0"), ("127", "1"), (" 13 ", "0.102"), ("-1", nil), ("200", nil), ("x", nil),
            ("", nil), ("1.0", nil),
        ] as [(String, String?)]
    )
    func priority(text: String, expected: String?) throws {
        let contact = try #require(try samples.tuple("<priority>\(text)</priority>").contact)
        #expect(contact.uri == "im:juliet@example.com" && contact.priority?.description == expected)
    }

    @Test("RFC 6121 §4.7.2.3: a number that is no priority is a loss, a negative one is none")
    func priorityLoss() throws {
        func losses(_ text: String) throws -> [LossClass] {
            let resource = try PresenceSamples.resource("a", "<priority>\(text)</priority>")
            return try samples.document([resource]).trace.losses.map(\.lossClass)
        }
        #expect(try losses("200") == [.presenceValue])
        #expect(try losses("-1") == [])
        #expect(try losses("1") == [])
    }

    @Test("RFC 6121 §4.7.2.3: only the first priority counts, and none of somebody who is gone")
    func onePriority() throws {
        #expect(
            try samples.tuple("<priority>127</priority><priority>1</priority>").contact?.priority?.description == "1"
        )
        #expect(try samples.tuple("<priority>5</priority>", isAvailable: false).contact?.priority == nil)
    }

    @Test("pres.contact: im, sip or none; a priority always has a contact")
    func contact() throws {
        func contact(_ value: String, _ content: String = "") throws -> String? {
            let resource = try PresenceSamples.resource("a b", content)
            return try under(("pres.contact", value)).document([resource]).value?.tuples.first?.contact?.uri
        }
        #expect(try contact("im") == "im:juliet@example.com")
        #expect(try contact("sip") == "sip:juliet@example.com;gr=a%20b")
        #expect(try contact("none") == nil)
        #expect(try contact("none", "<priority>1</priority>") == "im:juliet@example.com")
        let bare = try PresenceSamples.resource(nil, isAvailable: false)
        let samples = under(("pres.contact", "sip"))
        #expect(try samples.document([bare]).value?.tuples.first?.contact?.uri == "sip:juliet@example.com")
    }

    @Test("addr.gruu: a resource is not told where instances are dropped")
    func droppedInstance() throws {
        let samples = under(("pres.contact", "sip"), ("addr.gruu", "drop"))
        #expect(try samples.tuple("").contact?.uri == "sip:juliet@example.com")
    }

    @Test("pres.priority: without it there is none")
    func noPriority() throws {
        let contact = try under(("pres.priority", "off")).tuple("<priority>5</priority>").contact
        #expect(contact?.uri == "im:juliet@example.com" && contact?.priority == nil)
    }

    // MARK: Times

    @Test("RFC 3863 §4.1.7: a tuple says when the stanza was sent, else when it came")
    func timestamp() throws {
        let delay = "<delay xmlns='urn:xmpp:delay' from='example.com' stamp='2002-09-10T23:41:07Z'/>"
        #expect(try samples.tuple(delay).timestamp == "2002-09-10T23:41:07Z")
        #expect(try samples.tuple("").timestamp == "2026-03-01T12:00:00Z")
        let soon = try PresenceSamples.resource("a", seen: VectorRun.defaults.now + 1)
        #expect(try samples.document([soon]).value?.tuples.first?.timestamp == "2026-03-01T12:00:00.001Z")
        #expect(try under(("pres.timestamp", "off")).tuple(delay).timestamp == nil)
    }

    @Test("PRES-037, RFC 3863 §4.1.7: a time that is given is told instead of the stamp, from which idleness counts")
    func toldTime() throws {
        let content =
            "<show>away</show><query xmlns='jabber:iq:last' seconds='600'/>"
            + "<delay xmlns='urn:xmpp:delay' stamp='2002-09-10T23:41:07Z'/>"
        var resource = try PresenceSamples.resource("a", content)
        resource.told = VectorRun.defaults.now + 1
        let tuple = try #require(try samples.document([resource]).value?.tuples.first)
        #expect(tuple.timestamp == "2026-03-01T12:00:00.001Z")
        let input = tuple.elements.first { $0.is("user-input", PresenceNamespace.rpid) }
        #expect(input?.attribute("last-input") == "2002-09-10T23:31:07Z")
    }

    @Test(
        "XEP-0319 §2, XEP-0256 §2: since when somebody is idle",
        arguments: [
            ("<idle xmlns='urn:xmpp:idle:1' since='1969-07-21T02:56:15Z'/>", "1969-07-21T02:56:15Z"),
            ("<idle xmlns='urn:xmpp:idle:1' since='2004-10-21T13:20:00-05:00'/>", "2004-10-21T18:20:00Z"),
            (
                "<show>away</show><query xmlns='jabber:iq:last' seconds='600'/>"
                    + "<delay xmlns='urn:xmpp:delay' stamp='2002-09-10T23:41:07Z'/>",
                "2002-09-10T23:31:07Z"
            ),
            ("<show>xa</show><query xmlns='jabber:iq:last' seconds='60'/>", "2026-03-01T11:59:00Z"),
            ("<query xmlns='jabber:iq:last' seconds='600'/>", nil),
            ("<show>away</show><query xmlns='jabber:iq:last' seconds='-1'/>", nil),
            ("<idle xmlns='urn:xmpp:idle:1' since='yesterday'/>", nil), ("<idle xmlns='urn:xmpp:idle:1'/>", nil),
        ] as [(String, String?)]
    )
    func idle(content: String, since: String?) throws {
        let input = try samples.tuple(content).elements.first { $0.is("user-input", PresenceNamespace.rpid) }
        #expect(input?.attribute("last-input") == since)
        #expect(input?.text == (since == nil ? nil : "idle"))
        #expect(try samples.tuple(content, isAvailable: false).elements == [])
    }

    @Test("pres.idle: the time, the bare fact or nothing")
    func idleSwitch() throws {
        let idle = "<idle xmlns='urn:xmpp:idle:1' since='1969-07-21T02:56:15Z'/>"
        func input(_ value: String) throws -> PresenceElement? {
            try under(("pres.idle", value)).tuple(idle).elements.first
        }
        let flag = PresenceElement("user-input", PresenceNamespace.rpid, text: "idle")
        #expect(try input("flag") == flag)
        #expect(try input("off") == nil)
        #expect(try input("full")?.attribute("last-input") == "1969-07-21T02:56:15Z")
    }

    @Test("RFC 3922 §5.1.8, §5.1.3: other extensions and the id leave no trace in the document")
    func extensions() throws {
        let content = "<c xmlns='http://jabber.org/protocol/caps' node='n' ver='v'/><x xmlns='vcard-temp:x:update'/>"
        let plain = try #require(try samples.document([PresenceSamples.resource("a")]).value)
        let resource = try PresenceSamples.resource("a", content, "id='x1'")
        let translated = try samples.document([resource])
        #expect(translated.value == plain)
        #expect(
            translated.trace.losses.map { $0.detail ?? "" }
                == ["{http://jabber.org/protocol/caps}c", "{vcard-temp:x:update}x"]
        )
    }

    // MARK: Bodies

    @Test("RFC 8048 §6.2: a document is a body of its own, in the language of its first text")
    func body() throws {
        let resource = try PresenceSamples.resource("a", "<status>x</status>", "xml:lang='en'")
        let document = try #require(try samples.document([resource]).value)
        let body = try #require(try samples.body(document).value)
        #expect(body.type == "application/pidf+xml" && body.language == "en")
        #expect(HeaderText.text(body.bytes).hasPrefix("<?xml version='1.0' encoding='UTF-8'?>"))
        #expect(try PIDFReader().read(body.bytes[...]) == document)
    }

    @Test("RFC 3863 §4.1.6: a text without a language does not get that of another one")
    func mixedLanguages() throws {
        let resources = [
            try PresenceSamples.resource("a", "<status>x</status>", "xml:lang='en'"),
            try PresenceSamples.resource("b", "<status>y</status>"),
        ]
        let document = try #require(try samples.document(resources).value)
        #expect(document.tuples.map { $0.notes.first?.language } == ["en", nil])
        #expect(try samples.body(document).value?.language == nil)
    }

    @Test(
        "RFC 3856 §6.7: a watcher gets a type that it takes",
        arguments: [
            ([], "application/pidf+xml"), (["application/pidf+xml"], "application/pidf+xml"),
            (["text/plain", "Application/*;q=0.1"], "application/pidf+xml"), (["*/*"], "application/pidf+xml"),
            (["application/cpim-pidf+xml"], nil), (["application/pidf+xml;q=0", "*/*"], nil),
            (["message/cpim"], nil), (["*/*;q=0.0"], nil),
            (["application/pidf-diff+xml", "application/pidf+xml"], "application/pidf+xml"),
        ] as [([String], String?)]
    )
    func accepts(ranges: [String], type: String?) throws {
        let document = try #require(try samples.document([]).value)
        let body = try samples.body(document, accepts: ranges)
        #expect(body.value?.type == type)
        if type == nil { #expect(body.refusal?.sipStatus == 406) }
    }

    @Test("pres.carrier: a Message/CPIM object where the watcher takes one")
    func carrier() throws {
        var samples = under(("pres.carrier", "cpim"))
        samples.facts.formalNames[PresenceSamples.juliet.jid.bare] = "Juliet Capulet"
        let resource = try PresenceSamples.resource("a", "<status>x</status>", "xml:lang='en'")
        let document = try #require(try samples.document([resource]).value)
        let body = try #require(try samples.body(document).value)
        #expect(body.type == "message/cpim" && body.language == nil)
        let message = try CPIMReader(isStrict: true).read(body.bytes[...])
        #expect(message.from?.uriText == "im:juliet@example.com" && message.from?.formalName == "Juliet Capulet")
        #expect(message.to.map(\.uriText) == ["im:romeo@example.net"])
        #expect(message.contentType.description == "application/pidf+xml; charset=utf-8")
        #expect(message.content.headers.first("Content-Language")?.text == "en")
        #expect(try PIDFReader().read(message.content.content) == document)
        #expect(try samples.body(document, accepts: ["application/pidf+xml"]).value?.type == "application/pidf+xml")
    }

    // MARK: Switch profiles

    @Test("The profiles stox and rfc3922 write what their documents show and no more")
    func profiles() throws {
        let content = "<show>away</show><status>s</status><priority>1</priority>"
        let stox = try under(profile: "stox").tuple(content)
        #expect(stox.id == "ID-balcony" && stox.timestamp == nil && stox.elements == [])
        #expect(stox.status == [PresenceElement("show", "jabber:client", text: "away")])
        let old = try under(profile: "rfc3922").tuple(content)
        #expect(old.id == "balcony" && old.timestamp == nil && old.contact?.uri == "im:juliet@example.com")
        #expect(old.status == [PresenceElement("im", PresenceNamespace.im, text: "away")])
        #expect(try under(profile: "stox").tuple("<show>away</show>").contact == nil)
    }
}
