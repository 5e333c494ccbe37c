import MappingTables
import PIDF
import PresenceSchemas
import Testing
import XMLStreams

@testable import Interworking
@testable import VectorSupport

@Suite("Contact information")
struct ContactInformationTests {
    private let samples = PresenceSamples(settings: [("cipid", "on")])
    private let off = PresenceSamples()

    private func content(_ person: String) -> String {
        PresenceSamples.tuple() + "<dm:person id='p'>\(person)</dm:person>"
    }

    private func reading(
        _ samples: PresenceSamples,
        _ content: String,
        language: String? = nil
    ) throws -> Translated<PresenceReading> {
        let body = PresenceBody(type: "application/pidf+xml", bytes: Array(PresenceSamples.pidf(content).utf8))
        return try samples.translator().reading(
            of: body,
            about: PresenceSamples.romeo,
            facts: samples.facts,
            language: language
        )
    }

    private func card(_ samples: PresenceSamples, _ person: String) throws -> String? {
        let value = try #require(try reading(samples, content(person)).value)
        #expect(value.presences.map { HeaderText.text($0.payload) } == [""])
        #expect(value.events.allSatisfy { [PersonalEvent.card, PresenceNames.nick].contains($0.node) })
        return value.card.map { HeaderText.text($0) }
    }

    private static func card(_ content: String) -> String { "<vCard xmlns='vcard-temp'>\(content)</vCard>" }

    private func person(_ samples: PresenceSamples, _ events: String...) throws -> [PresenceElement] {
        let document = try samples.translator().document(
            of: PresenceSamples.juliet,
            resources: [try PresenceSamples.resource("a")],
            events: try events.map { try XML.DocumentReader.read(Array($0.utf8)[...]) },
            for: PresenceSamples.romeo,
            facts: samples.facts
        )
        let value = try #require(document.value)
        #expect(SchemaValidator.fault(in: PIDFWriter.write(value)) == nil)
        return value.persons.first?.elements ?? []
    }

    // MARK: From documents

    @Test("RFC 4482 §3.2, XEP-0172 §4.1: the name of a person is its nickname, and in no presence")
    func nickname() throws {
        let name = content("<c:display-name>Alice\n Lewis</c:display-name>")
        let value = try #require(try reading(samples, name).value)
        #expect(value.nick == "Alice Lewis" || value.nick == "Alice  Lewis")
        #expect(value.presences.map { HeaderText.text($0.payload) } == [""])
        #expect(try reading(off, name).value?.nick == nil)
        #expect(try reading(samples, content("<c:display-name> </c:display-name>")).value?.nick == nil)
    }

    @Test(
        "RFC 4482 §3.2: of names in several languages the one in the watcher's language is taken",
        arguments: [
            ("ko", "이"), ("KO", "이"), ("ko-KR", "이"), ("de", "Liesl"), ("fr", "Alice"), (nil, "Alice"),
            ("en", "Alice"), ("de-AT", "Lisl"),
        ] as [(String?, String)]
    )
    func languages(language: String?, expected: String) throws {
        let names = [
            "<c:display-name xml:lang='de'>Liesl</c:display-name>", "<c:display-name xml:lang='ko'>이</c:display-name>",
            "<c:display-name>Alice</c:display-name>", "<c:display-name xml:lang='de-AT'>Lisl</c:display-name>",
        ]
        let value = try #require(try reading(samples, content(names.joined()), language: language).value)
        #expect(value.nick == expected)
        #expect(value.card.map { HeaderText.text($0) } == Self.card("<FN>\(expected)</FN>"))
    }

    @Test("RFC 4482 §3.2: where no name fits and each has a language, the first is taken")
    func firstName() throws {
        let names =
            "<c:display-name xml:lang='de'>Liesl</c:display-name><c:display-name xml:lang='ko'>이</c:display-name>"
        #expect(try reading(samples, content(names), language: "fr").value?.nick == "Liesl")
        #expect(try reading(samples, content(names), language: "de-CH").value?.nick == "Liesl")
    }

    @Test("RFC 4482 §3.3, §3.4: a home page and an icon stand on the card, and no avatar in stanzas")
    func cards() throws {
        let person =
            "<c:display-name>Alice Lewis</c:display-name><c:homepage> http://example.com/~alice </c:homepage>"
            + "<c:icon>https://example.com/~alice/me.png?a=1&amp;b=2</c:icon>"
        #expect(
            try card(samples, person)
                == Self.card(
                    "<FN>Alice Lewis</FN><URL>http://example.com/~alice</URL>"
                        + "<PHOTO><EXTVAL>https://example.com/~alice/me.png?a=1&amp;b=2</EXTVAL></PHOTO>"
                )
        )
        #expect(try card(off, person) == nil)
        #expect(try card(samples, "") == nil)
    }

    @Test(
        "an address that a client must not open does not cross",
        arguments: [
            "javascript:alert(1)", "data:image/png;base64,AAAA", "ftp://example.com/", "http:", "http://", "https:///x",
            "http://a b/", "http://a/&lt;", "http://a/'\"", "example.com", "", "file:///etc/passwd",
            "http://a/" + String(repeating: "x", count: 2040),
        ]
    )
    func badAddresses(address: String) throws {
        #expect(try card(samples, "<c:homepage>\(address)</c:homepage><c:icon>\(address)</c:icon>") == nil)
        guard !address.isEmpty else { return }
        let losses = try reading(samples, content("<c:homepage>\(address)</c:homepage>")).trace.losses
        #expect(losses.map(\.lossClass) == [.presenceValue])
    }

    @Test("an address of the Web has at most 2048 bytes")
    func longest() throws {
        let address = "http://a/" + String(repeating: "x", count: 2039)
        #expect(try card(samples, "<c:homepage>\(address)</c:homepage>") == Self.card("<URL>\(address)</URL>"))
        #expect(
            try card(samples, "<c:homepage>HTTP://a.example</c:homepage>") == Self.card("<URL>HTTP://a.example</URL>")
        )
    }

    @Test("RFC 4482 §3.1, §3.5, §3.6: card, map and sound are dropped, which is one loss")
    func dropped() throws {
        let person =
            "<c:card>http://example.com/a.vcd</c:card><c:map>http://example.com/m.xml</c:map>"
            + "<c:sound>http://example.com/s.wav</c:sound>"
        #expect(try card(samples, person) == nil)
        let losses = try reading(samples, content(person)).trace.losses
        #expect(losses.map(\.lossClass) == [.presenceDocument])
        #expect(losses.map { $0.detail ?? "" } == ["{\(PresenceNamespace.cipid)}card, map, sound"])
        let all = try reading(off, content(person + "<c:display-name>Alice</c:display-name>")).trace.losses
        #expect(all.map { $0.detail ?? "" } == ["{\(PresenceNamespace.cipid)}card, map, sound, display-name"])
    }

    @Test("RFC 4482 §1: what a tuple tells of an assistant is told of nobody here")
    func assistants() throws {
        let relationship = "<r:relationship><r:assistant/></r:relationship>"
        let told = "<c:homepage>http://example.com/~assistant</c:homepage><c:display-name>Bob</c:display-name>"
        for rest in [relationship + told, told] {
            let found = try reading(samples, PresenceSamples.tuple() + PresenceSamples.tuple(rest, id: "b"))
            #expect(found.value?.card == nil && found.value?.nick == nil && found.value?.events == [])
            #expect(found.trace.losses.filter { $0.lossClass == .presenceDocument }.count == 1)
        }
    }

    @Test("RFC 4482 §4: the example with a wrong end tag is refused as a whole")
    func malformed() throws {
        let found = try reading(samples, content("<c:display-name>Alice Lewis</c:card>"))
        guard case .refused = found.outcome else {
            Issue.record("what is not well-formed is read")
            return
        }
        #expect(found.notes == ["pidf-xml"])
    }

    // MARK: To documents

    @Test("XEP-0172 §4.3: a nickname is the name of the person")
    func outwardName() throws {
        let nick = "<nick xmlns='http://jabber.org/protocol/nick'>Ishmael</nick>"
        #expect(
            try person(samples, nick) == [PresenceElement("display-name", PresenceNamespace.cipid, text: "Ishmael")]
        )
        #expect(try person(off, nick) == [])
    }

    @Test(
        "XEP-0084 §4.2: an avatar has an icon where it has an address of the Web",
        arguments: [
            ("url='http://avatars.example.org/happy.gif'", "http://avatars.example.org/happy.gif"), ("", nil),
            ("url='javascript:alert(1)'", nil),
        ]
    )
    func icons(attribute: String, expected: String?) throws {
        let metadata = "<metadata xmlns='urn:xmpp:avatar:metadata'><info \(attribute) id='1' bytes='1'/></metadata>"
        let icon = expected.map { [PresenceElement("icon", PresenceNamespace.cipid, text: $0)] } ?? []
        #expect(try person(samples, metadata) == icon)
        #expect(try person(off, metadata) == [])
    }

    @Test("XEP-0153 §3.2: the hash of a photo alone gives no icon")
    func hashes() throws {
        let update = "<x xmlns='vcard-temp:x:update'><photo>01b87fcd030b72895ff8e88db57ec525450f000d</photo></x>"
        let document = try samples.document([try PresenceSamples.resource("a", update)])
        #expect(document.value?.persons == [])
    }

    @Test("RFC 4482 §3.3: the home page on a card is that of the person")
    func outwardHomepage() throws {
        let card = Self.card(
            "<FN>Juliet</FN><URL>http://example.com/~juliet</URL><PHOTO><EXTVAL>http://x/</EXTVAL></PHOTO>"
        )
        #expect(
            try person(samples, card)
                == [PresenceElement("homepage", PresenceNamespace.cipid, text: "http://example.com/~juliet")]
        )
        #expect(try person(off, card) == [])
    }
}

extension PresenceReading {
    /// The name that the document suggests for the user.
    fileprivate var nick: String? { events.lazy.compactMap(\.nickname).first }
    /// What the document says for a card of the user.
    fileprivate var card: [UInt8]? { events.first { $0.node == PersonalEvent.card }?.payload }
}
