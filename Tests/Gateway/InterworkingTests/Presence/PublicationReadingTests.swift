import Addressing
import MappingTables
import PIDF
import SIPMessages
import Testing

@testable import Interworking
@testable import VectorSupport

@Suite("PresenceTranslator: publications")
struct PublicationReadingTests {
    private let samples = PresenceSamples()
    private typealias S = PresenceSamples

    private func body(
        _ content: String,
        entity: String? = "pres:romeo@example.net",
        type: String = "application/pidf+xml",
        language: String? = nil
    ) -> PresenceBody {
        PresenceBody(type: type, language: language, bytes: Array(S.pidf(content, entity: entity).utf8))
    }

    /// What documents tell together, in their order, each with the number that stands before it.
    private func told(_ bodies: (UInt64, PresenceBody)..., under samples: PresenceSamples? = nil) throws -> [String] {
        let documents = bodies.map { PublishedDocument(number: $0.0, body: $0.1) }
        let samples = samples ?? self.samples
        let reading = try samples.translator().reading(of: documents, about: S.romeo, facts: samples.facts)
        return try #require(reading.value).presences.map { presence in
            "\(presence.resource ?? "") \(presence.isAvailable ? "+" : "-")\(HeaderText.text(presence.payload))"
        }
    }

    // MARK: Several documents

    @Test("RFC 3856 §7.3: tuples stand together, in the order in which their publications began")
    func together() throws {
        let desk = body(S.tuple(id: "desk"))
        let phone = body(S.tuple(id: "phone", status: "<basic>closed</basic>"))
        #expect(try told((1, desk), (2, phone)) == ["desk +", "phone -"])
        #expect(try told((2, phone), (1, desk)) == ["desk +", "phone -"])
        #expect(try told((1, desk)) == ["desk +"])
    }

    @Test("RFC 3863 §4.1.2: one resource of two publications becomes two, whichever way their ids are written")
    func apart() throws {
        let one = body(S.tuple("<note>1</note>", id: "a") + "<tuple><status><basic>open</basic></status></tuple>")
        let other = body(S.tuple("<note>2</note>", id: "ID-a") + S.tuple(id: "t2") + S.tuple(id: "a-7"))
        #expect(
            try told((4, one), (7, other)) == [
                "a +<status>1</status>", "t2 +", "a-7-7 +<status>2</status>", "t2-7 +", "a-7 +",
            ]
        )
        let twice = body(S.tuple("<note>1</note>") + S.tuple("<note>2</note>"))
        #expect(try told((1, twice)) == ["a +<status>2</status>"], "of two alike in one document the later one holds")
    }

    @Test("Composed tuples are bounded as those of one document")
    func tuplesAreBounded() throws {
        let most = PresenceComposition.largestTuples
        let one = body((0..<most - 1).map { S.tuple(id: "a\($0)") }.joined())
        #expect(try told((1, one), (2, body(S.tuple(id: "b")))).count == most)
        let told = try told((1, one), (2, body(S.tuple(id: "b") + S.tuple(id: "c"))))
        #expect(told.count == most && told.last == "b +")
    }

    @Test("Ids that are taken over and over are told apart in time, each alike ones once")
    func takenIDs() throws {
        let chain = (0..<200).map { S.tuple(id: $0 == 0 ? "a" : $0 == 1 ? "a-2" : "a-2-\($0)") }.joined()
        let many = body(String(repeating: S.tuple(id: "a"), count: 200))
        #expect(try told((1, body(chain)), (2, many)).last == "a-2-200 +")
    }

    @Test("So many activities of a person count", arguments: [0, 1])
    func activitiesAreBounded(more: Int) throws {
        let idle = (1..<DocumentContext.largestActivities + more).map { "<r:x\($0)/>" }.joined()
        let person = "<dm:person id='p'><r:activities>\(idle)<r:busy/></r:activities></dm:person>"
        #expect(try told((1, body(S.tuple(id: "a") + person))) == [more == 0 ? "a +<show>dnd</show>" : "a +"])
    }

    @Test("What is said of the person is said of so many bytes of resources; the rest have no words")
    func wordsAreBounded() throws {
        let note = String(repeating: "x", count: 40_000)
        let tuples = (0..<100).map { S.tuple(id: "a\($0)") }.joined()
        let said = try told((1, body(tuples + "<note>\(note)</note>")))
        #expect(said.count == 100 && said.first?.contains("xxx") == true && said.last == "a99 +")
        #expect(said.reduce(0) { $0 + $1.utf8.count } < 2 << 20)
    }

    @Test("RFC 7247 §6.3: what two publications say of one instance is about one device, and the later one holds")
    func instance() throws {
        let contact = "<contact>sip:romeo@example.net;gr=dr4h</contact>"
        let one = body(S.tuple(contact + "<note>1</note>", id: "a"))
        let other = body(S.tuple(contact + "<note>2</note>", id: "b"))
        #expect(try told((1, one), (2, other)) == ["dr4h +<status>2</status>"])
    }

    @Test("RFC 3261 §20.13: notes are in the language of their own publication")
    func languages() throws {
        let one = body(S.tuple("<note>loin</note>", id: "a"), language: "fr")
        let other = body(S.tuple("<note>fern</note>", id: "b"), language: "de")
        let told = try told((1, one), (2, other))
        #expect(told.count == 2 && told[0].contains("fr") && told[1].contains("de"))
        #expect(!told[0].contains("de") && !told[1].contains("fr"))
    }

    @Test("RFC 4479 §3.5: of persons the one that was published last is the person of all")
    func persons() throws {
        let person = { (activity: String) in
            "<dm:person id='p'><r:activities><r:\(activity)/></r:activities></dm:person>"
        }
        let away = body(person("away") + S.tuple(id: "a"))
        let busy = body(person("busy") + S.tuple(id: "b"))
        #expect(try told((1, away), (2, busy)) == ["a +<show>dnd</show>", "b +<show>dnd</show>"])
        #expect(try told((2, busy), (1, away)) == ["a +<show>away</show>", "b +<show>away</show>"])
    }

    @Test("What cannot be read any more says nothing, and the others say what they said")
    func unreadable() throws {
        let broken = PresenceBody(type: "application/pidf+xml", bytes: Array("<presence".utf8))
        #expect(try told((1, broken), (2, body(S.tuple(id: "b")))) == ["b +"])
        #expect(try told((1, body(""))) == [" -"], "a document without tuples says that nobody is there")
    }

    @Test("pres.include-pidf: a stanza has the composed document inside it")
    func copied() throws {
        let with = PresenceSamples(settings: [("pres.include-pidf", "on")])
        let told = try told((1, body(S.tuple(id: "a"))), (2, body(S.tuple(id: "b"))), under: with)
        #expect(told.count == 2)
        for text in told { #expect(text.contains("entity=") && text.contains("romeo@example.net")) }
        #expect(told[0] != "a +")
    }

    // MARK: One document

    @Test(
        "PIDF-002, SIP-PUB-008, -011, RFC 3856 §7.3: a document is about its publisher, or refused",
        arguments: [
            ("pres:romeo@example.net", nil), ("sip:romeo@EXAMPLE.net;transport=udp", nil),
            ("xmpp:romeo@example.net", nil), ("pres:tybalt@example.net", .identityMismatch),
            ("pres:romeo@example.com", .identityMismatch), ("tel:+15551234", .identityMismatch),
            ("", .malformedBody), (nil, .malformedBody),
        ] as [(String?, Refusal.Code?)]
    )
    func entity(entity: String?, code: Refusal.Code?) throws {
        let checked = try samples.translator()
            .check(published: body(S.tuple(), entity: entity), by: S.romeo, facts: samples.facts)
        #expect(checked.refusal?.code == code)
    }

    @Test("RFC 3863 §4: what is no document in UTF-8 is refused, for what it is")
    func forms() throws {
        let cases: [(String, String, Refusal.Code)] = [
            ("application/pidf+xml", "<html/>", .malformedBody), ("application/pidf+xml", "", .malformedBody),
            ("application/pidf+xml", "<!DOCTYPE p><p/>", .malformedBody),
            ("application/pidf+xml;charset=utf-16", S.pidf(""), .unsupportedType),
            ("application/pidf-diff+xml", S.pidf(""), .unsupportedType), ("nonsense", S.pidf(""), .unsupportedType),
            ("application/pidf+xml", S.pidf(String(repeating: S.tuple(), count: 501)), .oversize),
        ]
        for (type, text, code) in cases {
            let body = PresenceBody(type: type, bytes: Array(text.utf8))
            let checked = try samples.translator().check(published: body, by: S.romeo, facts: samples.facts)
            #expect(checked.refusal?.code == code, "\(type) \(text.prefix(20))")
        }
    }

    @Test("SIP-PUB-010: a published document is bounded, and read up to its bounds")
    func bounds() throws {
        func code(_ content: String) throws -> Refusal.Code? {
            try samples.translator().check(published: body(content), by: S.romeo, facts: samples.facts).refusal?.code
        }
        func nested(_ depth: Int) -> String {
            String(repeating: "<x:a>", count: depth) + String(repeating: "</x:a>", count: depth)
        }
        func attributes(_ count: Int) -> String { "<x:a \((0..<count).map { "a\($0)=''" }.joined(separator: " "))/>" }
        func tuples(_ count: Int) -> String { (0..<count).map { S.tuple(id: "t\($0)") }.joined() }
        // The root counts, as an element and as a level.
        let edges = [
            (nested(63), nested(64)), (tuples(500), tuples(501)), (attributes(256), attributes(257)),
            (String(repeating: "<x:a/>", count: 9_999), String(repeating: "<x:a/>", count: 10_000)),
        ]
        for (most, more) in edges {
            #expect(try code(most) == nil, "\(most.prefix(16))")
            #expect(try code(more) == .oversize, "\(more.prefix(16))")
        }
    }

    // MARK: Whose

    @Test("RFC 3903 §14.1: a user publishes for itself, whatever the spelling, and for nobody else")
    func presentity() throws {
        let publisher = { (from: String, uri: String) in
            let request = try S.subscribe(["From: <\(from)>;tag=r"], uri: uri)
            return try samples.translator().presentity(publishedBy: request, facts: samples.facts)
        }
        for uri in ["sip:romeo@example.net", "pres:romeo@EXAMPLE.NET", "sip:%72omeo@example.net:5070"] {
            let contact = try #require(try publisher("sip:romeo@example.net", uri).value)
            #expect(contact.key == "romeo@example.net" && contact.uri.description == "sip:romeo@example.net")
        }
        let capital = try #require(try publisher("sip:Romeo@example.net", "sip:Romeo@example.net").value)
        #expect(capital.key == "romeo@example.net" && capital.uri.description == "sip:Romeo@example.net")
        #expect(capital.pair != nil)
        for (from, uri) in [
            ("sip:tybalt@example.net", "sip:romeo@example.net"), ("sip:romeo@example.net", "sip:romeo@example.com"),
            ("sip:romeo@example.net", "sip:example.net"), ("sip:example.net", "sip:example.net"),
        ] {
            #expect(try publisher(from, uri).refusal?.code == .identityMismatch, "\(from) \(uri)")
        }
        let jid = try BareJID("romeo@example.net")
        let known = try samples.translator().presentity(jid, facts: samples.facts).value
        #expect(known == S.romeo)
    }
}
