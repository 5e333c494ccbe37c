import Addressing
import MappingTables
import PIDF
import Testing

@testable import Interworking
@testable import VectorSupport

@Suite("PresenceTranslator: readings")
struct PresenceReadingTests {
    private let samples = PresenceSamples()
    private typealias S = PresenceSamples

    private func under(_ settings: (String, String)...) -> PresenceSamples { PresenceSamples(settings: settings) }

    // MARK: Tuples

    @Test(
        "RFC 3922 §5.2.9, RFC 3863 §4.1.4: open and closed, and nothing for what says neither",
        arguments: [
            ("<basic>open</basic>", ["a +"]), ("<basic>closed</basic>", ["a -"]), ("<basic> open\n</basic>", ["a +"]),
            ("<basic>OPEN</basic>", []), ("<basic>busy</basic>", []), ("", []), ("<x:where>home</x:where>", []),
            ("<basic>open</basic><basic>closed</basic>", ["a +"]),
            ("<x:ext><basic>closed</basic></x:ext>", []),
            ("<basic>open</basic><x:y mustUnderstand='1'><basic>closed</basic></x:y>", ["a +"]),
        ]
    )
    func basic(status: String, told: [String]) throws { #expect(try samples.told(S.tuple(status: status)) == told) }

    @Test("RFC 3863 §4.1.3: a tuple without status leaves the others")
    func missingStatus() throws { #expect(try samples.told("<tuple id='x'/>" + S.tuple(id: "y")) == ["y +"]) }

    @Test("RFC 3922 §6.3.1: one stanza for each tuple, in any order of their parts")
    func several() throws {
        let person = "<dm:person id='p'><r:activities><r:away/></r:activities></dm:person>"
        let tuples =
            S.tuple("<note>n</note><contact>im:romeo@example.net</contact>", id: "a")
            + S.tuple(id: "b", status: "<basic>closed</basic>")
        #expect(
            try samples.told(person + tuples) == ["a +<show>away</show><status>n</status>", "b -"]
        )
    }

    @Test("RFC 3863 §4.1.2: a tuple without id is counted, and of equal ids the later one holds")
    func ids() throws {
        let content = S.tuple("<note>1</note>") + "<tuple><status><basic>open</basic></status></tuple>"
        #expect(try samples.told(content) == ["a +<status>1</status>", "t2 +"])
        let twice = S.tuple("<note>1</note>") + S.tuple("<note>2</note>")
        #expect(try samples.told(twice) == ["a +<status>2</status>"])
        #expect(try samples.reading(twice).notes.contains("pidf-repeated-id"))
        let encoded = S.tuple("<note>1</note>", id: "ID-a") + S.tuple("<note>2</note>", id: "a")
        #expect(try samples.told(encoded) == ["a +<status>2</status>"])
        #expect(try samples.reading(encoded).notes.contains("pidf-repeated-resource"))
    }

    @Test(
        "RFC 7247 §6.3: the instance in the user's own contact is the resource",
        arguments: [
            ("sip:romeo@example.net;gr=dr4h", "dr4h"), (" sip:romeo@example.net;gr=a%20b\n", "a b"),
            ("sip:tybalt@example.net;gr=dr4h", "t7"), ("sip:romeo@example.net", "t7"), ("im:romeo@example.net", "t7"),
            ("sip:romeo@example.net;gr", "t7"), ("sip:romeo@example.net;gr=%00", "t7"),
        ]
    )
    func instance(contact: String, resource: String) throws {
        let content = S.tuple("<contact>\(contact)</contact>", id: "ID-t7")
        #expect(try samples.told(content) == ["\(resource) +"])
        #expect(try under(("addr.gruu", "drop")).told(content) == ["t7 +"])
    }

    @Test("RFC 7622 §3.4: an id that stands for no resource stands for itself")
    func unusableID() throws { #expect(try samples.told(S.tuple(id: "ID-_x0000_")) == ["ID-_x0000_ +"]) }

    @Test(
        "RFC 3863 §4.1.4: a tuple for another service is no resource",
        arguments: [
            ("im:a@b.example", true), ("SIP:a@b.example", true), ("sips:a@b.example", true), ("pres:a@b.example", true),
            ("xmpp:a@b.example", true), ("tel:+1", false), ("mailto:a@b.example", false), ("h323:a", false),
            ("nothing", true),
        ]
    )
    func filter(contact: String, isResource: Bool) throws {
        let content = S.tuple("<contact>\(contact)</contact>")
        #expect(try samples.told(content) == (isResource ? ["a +"] : []))
        #expect(try under(("pres.tuple-filter", "all")).told(content) == ["a +"])
    }

    @Test(
        "RFC 4480 §3.9: a tuple of another person is no resource",
        arguments: [
            ("<r:assistant/>", false), ("<r:self/>", true), ("<r:other>aunt</r:other>", false), ("", true),
        ]
    )
    func relationship(content: String, isResource: Bool) throws {
        let tuple = S.tuple("<r:relationship>\(content)</r:relationship>")
        #expect(try samples.told(tuple) == (isResource ? ["a +"] : []))
        #expect(try under(("pres.tuple-filter", "all")).told(tuple) == (isResource ? ["a +"] : []))
    }

    @Test("What is no resource is lost, and the trace says so")
    func lostTuples() throws {
        let content = S.tuple("<contact>tel:+1</contact>", id: "x")
        let losses = try samples.reading(content).trace.losses
        #expect(losses.map(\.lossClass) == [.presenceTuple] && losses.map(\.detail) == ["x"])
    }

    // MARK: Show

    @Test(
        "RFC 8048 §6.3, RFC 3922 §5.2.10, RFC 4480 §3.2: the show, else the im:im status, else the activities",
        arguments: [
            ("<show xmlns='jabber:client'>xa</show><im:im>busy</im:im>", "<r:away/>", "xa"),
            ("<im:im>busy</im:im>", "<r:away/>", "dnd"), ("<im:im>away</im:im>", "", "away"),
            ("", "<r:on-the-phone/>", "dnd"), ("", "<r:vacation/><r:lunch/>", "xa"), ("", "<r:lunch/>", "away"),
            ("", "<r:working/>", nil), ("<show xmlns='jabber:client'>busy</show>", "", nil),
            ("<show>xa</show>", "", nil), ("<show xmlns='jabber:client'> dnd </show>", "", "dnd"),
            ("", "<r:note>busy</r:note><x:busy/>", nil), ("", "<x:a mustUnderstand='true'/><r:busy/>", nil),
            ("", "<x:a/><r:busy/>", "dnd"),
        ] as [(String, String, String?)]
    )
    func show(status: String, activities: String, show: String?) throws {
        let person = "<dm:person id='p'><r:activities>\(activities)</r:activities></dm:person>"
        let open = S.tuple(status: "<basic>open</basic>" + status)
        let children = show.map { "<show>\($0)</show>" } ?? ""
        #expect(try samples.told(open + person) == ["a +\(children)"])
        #expect(try samples.told(S.tuple(status: "<basic>closed</basic>" + status) + person) == ["a -"])
    }

    @Test("RFC 4480 §3.1: what begins later or is over does not hold, and the next change is told")
    func timed() throws {
        var samples = samples
        let activities =
            "<r:activities from='2026-03-01T11:00:00Z' until='2026-03-01T14:00:00+01:00'><r:busy/></r:activities>"
        let content = S.tuple() + "<dm:person id='p'>\(activities)</dm:person>"
        func told(_ hours: Int64) throws -> (String?, Int64?) {
            samples.facts.now = VectorRun.defaults.now + hours * 3_600_000
            let reading = try samples.reading(content).value
            return (reading?.presences.first.map { HeaderText.text($0.payload) }, reading?.nextChange)
        }
        let start = VectorRun.defaults.now - 3_600_000
        let end = VectorRun.defaults.now + 3_600_000
        #expect(try told(-2) == ("", start))
        #expect(try told(-1) == ("<show>dnd</show>", end))
        #expect(try told(0) == ("<show>dnd</show>", end))
        #expect(try told(1) == ("", nil))
    }

    @Test("RFC 4479 §3.5: of several persons the newest counts, else the first")
    func persons() throws {
        func person(_ id: String, _ activity: String, _ time: String?) -> String {
            let time = time.map { "<dm:timestamp>\($0)</dm:timestamp>" } ?? ""
            return "<dm:person id='\(id)'><r:activities><r:\(activity)/></r:activities>\(time)</dm:person>"
        }
        let busy = person("p", "busy", "2026-03-01T10:00:00Z")
        let away = person("q", "away", "2026-03-01T11:00:00Z")
        #expect(try samples.told(S.tuple() + busy + away) == ["a +<show>away</show>"])
        #expect(try samples.told(S.tuple() + away + busy) == ["a +<show>away</show>"])
        let first = person("p", "busy", nil) + person("q", "away", nil)
        #expect(try samples.told(S.tuple() + first) == ["a +<show>dnd</show>"])
    }

    // MARK: Notes

    @Test(
        "RFC 3922 §5.2.11, RFC 4479 §5: the notes of the tuple, else of the person, else of the document",
        arguments: [
            ("<note>t</note>", "<dm:note>p</dm:note>", "<note>d</note>", "t"),
            ("", "<dm:note>p</dm:note>", "<note>d</note>", "p"), ("<note> </note>", "", "<note>d</note>", "d"),
            ("<note/>", "<dm:note/>", "<note>\n</note>", nil), ("<note>away</note>", "", "", "away"),
        ] as [(String, String, String, String?)]
    )
    func notes(tuple: String, person: String, document: String, status: String?) throws {
        let content = S.tuple(tuple) + document + "<dm:person id='p'>\(person)</dm:person>"
        let children = status.map { "<status>\($0)</status>" } ?? ""
        #expect(try samples.told(content) == ["a +\(children)"])
    }

    @Test("RFC 3863 §4.1.6, RFC 6121 §4.7.2.2: one status for each language, texts as they are")
    func languages() throws {
        let notes = "<note>a  b\nc</note><note xml:lang='fr'>d</note><note>e</note><note xml:lang='FR'>f</note>"
        #expect(
            try samples.told(S.tuple(notes)) == ["a +<status>a  b\nc</status><status xml:lang='fr'>d</status>"]
        )
        let closed = S.tuple("<note xml:lang='fr'>d</note>", status: "<basic>closed</basic>")
        #expect(try samples.told(closed) == ["a -<status xml:lang='fr'>d</status>"])
    }

    @Test("RFC 8048 §6.3: the language of the request is that of the stanza and of texts that say none")
    func contentLanguage() throws {
        let content = S.tuple("<note>x</note><note xml:lang='de'>y</note><note xml:lang='fr'>z</note>")
        let presence = try #require(try samples.reading(content, language: "de").value?.presences.first)
        #expect(presence.language == "de")
        #expect(HeaderText.text(presence.payload) == "<status>x</status><status xml:lang='fr'>z</status>")
        #expect(try samples.reading(content, language: "de, en").value?.presences.first?.language == nil)
        #expect(try samples.reading(content, language: "?").value?.presences.first?.language == nil)
    }

    // MARK: Priority and idleness

    @Test(
        "RFC 3922 §5.2.13: the priority of a contact is that of the resource",
        arguments: [
            ("0.8", "102"), ("1.00", "127"), ("0.", "0"), ("0", "0"), ("0.12345", "16"), ("1.5", nil), ("-0.2", nil),
            ("high", nil), ("0.008", "2"),
        ] as [(String, String?)]
    )
    func priority(text: String, priority: String?) throws {
        let contact = "<contact priority='\(text)'>im:romeo@example.net</contact>"
        let children = priority.map { "<priority>\($0)</priority>" } ?? ""
        #expect(try samples.told(S.tuple(contact)) == ["a +\(children)"])
        #expect(try under(("pres.priority", "off")).told(S.tuple(contact)) == ["a +"])
        #expect(try samples.told(S.tuple(contact, status: "<basic>closed</basic>")) == ["a -"])
    }

    @Test(
        "RFC 4480 §3.14: an idle user of a tuple, its device or the person",
        arguments: [
            ("<r:user-input last-input='T'>idle</r:user-input>", "", "", true),
            ("<dm:deviceID>urn:d</dm:deviceID>", "<r:user-input last-input='T'>idle</r:user-input>", "", true),
            ("<dm:deviceID>urn:e</dm:deviceID>", "<r:user-input last-input='T'>idle</r:user-input>", "", false),
            ("", "<r:user-input last-input='T'>idle</r:user-input>", "", false),
            ("", "", "<r:user-input last-input='T'>idle</r:user-input>", true),
            ("<r:user-input>idle</r:user-input>", "", "", false),
            ("<r:user-input last-input='T'>active</r:user-input>", "", "", false),
            ("<r:user-input last-input='soon'>idle</r:user-input>", "", "", false),
        ]
    )
    func idle(tuple: String, device: String, person: String, isIdle: Bool) throws {
        func timed(_ text: String) -> String { text.replacing("'T'", with: "'2004-10-21T13:20:00-05:00'") }
        let content =
            S.tuple(timed(tuple)) + "<dm:person id='p'>\(timed(person))</dm:person>"
            + "<dm:device id='d'>\(timed(device))<dm:deviceID>urn:d</dm:deviceID></dm:device>"
        let children = isIdle ? "<idle xmlns='urn:xmpp:idle:1' since='2004-10-21T18:20:00Z'/>" : ""
        #expect(try samples.told(content) == ["a +\(children)"])
        #expect(try under(("pres.idle", "off")).told(content) == ["a +"])
    }

    @Test("RFC 3922 §5.2.12, §5.2.14: contact and timestamp are not told")
    func untold() throws {
        let content = "<contact>im:romeo@example.net</contact><timestamp>2026-03-01T10:00:00Z</timestamp>"
        #expect(try samples.told(S.tuple(content)) == ["a +"])
    }

    @Test("RFC 3863 §6: the newest timestamp tells how old a document is")
    func newest() throws {
        func time(_ text: String, id: String) -> String { S.tuple("<timestamp>\(text)</timestamp>", id: id) }
        let content = time("2026-03-01T11:00:00Z", id: "a") + time("2026-03-01T13:00:00+01:00", id: "b")
        #expect(try samples.reading(content).value?.newest == VectorRun.defaults.now)
        #expect(try samples.reading(S.tuple()).value?.newest == nil)
        #expect(try samples.reading(time("2003-12-09T23:53:11.31", id: "a")).value?.newest == nil)
    }

    // MARK: Documents

    @Test("RFC 3922 §6.3.2, §5.2.11: a document without tuples says that nobody is there, unless it has notes")
    func empty() throws {
        #expect(try samples.told("") == [" -"])
        #expect(try samples.reading("<note>On holiday</note>").value?.presences == [])
        #expect(try samples.reading("<dm:person id='p'><dm:note>x</dm:note></dm:person>").value?.presences == [])
        #expect(try samples.told("<dm:device id='d'><dm:deviceID>x</dm:deviceID></dm:device>") == [" -"])
    }

    @Test(
        "RFC 3863 §4.1.1: a document is about the presentity, by any of its addresses",
        arguments: [
            ("pres:romeo@example.net", true), ("sip:romeo@example.net", true), ("sips:romeo@EXAMPLE.net", true),
            ("im:r%6Fmeo@example.net", true), ("xmpp:romeo@example.net", true), (" pres:romeo@example.net ", true),
            ("pres:tybalt@example.net", false), ("pres:romeo@example.org", false), ("tel:+123", false),
            ("romeo", false), ("http://example.net/romeo", false),
        ]
    )
    func entity(text: String, isAbout: Bool) throws {
        let reading = try samples.reading(S.tuple(), entity: text)
        #expect((reading.value != nil) == isAbout)
        #expect(reading.refusal == nil)
        #expect(reading.notes.contains("entity-mismatch") == !isAbout)
    }

    @Test("RFC 3863 §4.1.1: a document that names nobody is that of the presentity")
    func noEntity() throws {
        let reading = try samples.reading(S.tuple(), entity: nil)
        #expect(reading.value?.presences.count == 1)
        #expect(reading.notes.contains("pidf-missing-entity"))
    }

    private func read(_ text: String, type: String = "application/pidf+xml") throws -> Translated<PresenceReading> {
        try samples.translator().reading(
            of: PresenceBody(type: type, bytes: Array(text.utf8)),
            about: PresenceSamples.romeo,
            facts: samples.facts
        )
    }

    @Test(
        "RFC 3863 §4: a body that cannot be read is refused, and the record says why",
        arguments: [
            ("<presence/>", "malformed-body", "pidf-root"), ("<presence", "malformed-body", "pidf-xml"),
            ("<!DOCTYPE a><presence xmlns='urn:ietf:params:xml:ns:pidf'/>", "malformed-body", "pidf-doctype"),
            (
                "<presence xmlns='urn:ietf:params:xml:ns:pidf'>" + String(repeating: "<tuple id='a'/>", count: 501)
                    + "</presence>", "oversize", "pidf-limit"
            ),
        ]
    )
    func unreadable(text: String, code: String, note: String) throws {
        let reading = try read(text)
        #expect(reading.refusal?.auditCode == code)
        #expect(reading.notes.contains(note))
    }

    @Test(
        "RFC 3863 §7: the charset of the type counts, and types of other things are refused",
        arguments: [
            ("application/pidf+xml;charset=utf-8", true), ("Application/PIDF+XML; charset=\"UTF-8\"", true),
            ("application/pidf+xml;charset=iso-8859-1", false), ("text/plain", false), ("", false),
        ]
    )
    func types(type: String, isRead: Bool) throws {
        let text = S.pidf(S.tuple("<note>é</note>")).replacing("UTF-8", with: "iso-8859-1")
        let reading = try read(text, type: type)
        #expect(
            reading.value?.presences.first.map { HeaderText.text($0.payload) } == (isRead ? "<status>é</status>" : nil)
        )
        if !isRead { #expect(reading.refusal?.sipStatus == 415) }
    }

    @Test("RFC 3922 §5.2: a document in a Message/CPIM object")
    func object() throws {
        func read(from: String, headers: String = "", mime: String = "") throws -> Translated<PresenceReading> {
            let head =
                "From: <\(from)>\r\nTo: <im:juliet@example.com>\r\n\(headers)\r\nContent-Type: application/pidf+xml\r\n\(mime)\r\n"
            return try self.read(head + S.pidf(S.tuple("<note>x</note>"), entity: nil), type: "message/cpim")
        }
        let headers = "cc: <im:x@y.example>\r\nDateTime: 2001-02-02T10:48:54-05:00\r\n"
        let presence = try #require(
            try read(from: "im:romeo@example.net", headers: headers, mime: "Content-Language: de\r\n").value?.presences
                .first
        )
        #expect(presence.language == "de" && HeaderText.text(presence.payload) == "<status>x</status>")
        #expect(try read(from: "im:tybalt@example.net").refusal?.auditCode == "identity-mismatch")
        #expect(try self.read("From: x", type: "message/cpim").refusal?.auditCode == "malformed-body")
    }

    @Test("RFC 5262 §3: a partial document that is whole counts, one that is not says nothing")
    func partial() throws {
        let full =
            "<p:pidf-full xmlns='urn:ietf:params:xml:ns:pidf' xmlns:p='urn:ietf:params:xml:ns:pidf-diff' "
            + "entity='pres:romeo@example.net' version='1'>\(S.tuple())</p:pidf-full>"
        let reading = try read(full, type: "application/pidf-diff+xml")
        #expect(reading.value?.presences == [ContactPresence(resource: "a", isAvailable: true)])
        let diff = full.replacing("pidf-full", with: "pidf-diff").replacing(S.tuple(), with: "")
        guard case .nothing(let reason) = try read(diff, type: "application/pidf-diff+xml").outcome else {
            Issue.record("something came of it")
            return
        }
        #expect(reason == "partial-document")
    }

    @Test("pres.include-pidf: the document as a child of each stanza")
    func included() throws {
        let told = try under(("pres.include-pidf", "on")).told(S.tuple())
        let start = "a +<presence xmlns='urn:ietf:params:xml:ns:pidf' entity='pres:romeo@example.net'>"
        #expect(told.first?.hasPrefix(start) == true && told.first?.hasSuffix("</tuple></presence>") == true)
    }

    @Test("RFC 4482 §3.1: what the person's cards say changes no stanza")
    func cards() throws {
        let person = "<dm:person id='p'><c:card>http://x.example</c:card><c:display-name>R</c:display-name></dm:person>"
        #expect(try samples.told(S.tuple() + person) == ["a +"])
    }

    @Test("RFC 3922 §6.3.1: equal presence is equal, whatever the document is like")
    func equality() throws {
        let one = try samples.reading(S.tuple("<note>x</note>") + S.tuple(id: "b")).value?.presences
        let other = try samples.reading(
            S.tuple(id: "b") + S.tuple("<x:y/><note>x</note><timestamp>2026-03-01T10:00:00Z</timestamp>")
        ).value?.presences
        #expect(Set(one ?? []) == Set(other ?? []) && one?.count == 2)
    }

    @Test("a row finds its element however many rows there are", arguments: [0, 100])
    func manyRows(others: Int) throws {
        let parts = ["tuple", "status", "person"]
        func row(_ name: String, _ part: String, _ namespace: String) -> String {
            "  - {id: row-\(name), xmpp: {element: \(name), namespace: \"urn:a\"}, pidf: {\(part): \(name),"
                + " namespace: \"\(namespace)\"}}\n"
        }
        let fillers = (0..<others).map { row("f\($0)", parts[$0 % 3], "urn:b") }
        let wanted = parts.map { row("in-" + $0, $0, "http://example.org/x") }
        let tables = try ShippedTables.generation(
            adding: "format: isthmus-mapping/1\ntable: presence.fields\nkind: fields\nabout: Many.\nrows:\n"
                + (fillers + wanted).joined()
        )
        let samples = PresenceSamples(settings: [("rich.geo", "on")], tables: tables)
        let place =
            "<g:geopriv xmlns:g='urn:ietf:params:xml:ns:pidf:geopriv10'><g:location-info>"
            + "<a:civicAddress xmlns:a='urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr'><a:A3>Verona</a:A3>"
            + "</a:civicAddress></g:location-info><g:usage-rules/></g:geopriv>"
        let content =
            S.tuple("<x:in-tuple>t</x:in-tuple>", status: "<basic>open</basic><x:in-status>s</x:in-status>")
            + "<dm:person id='p'><x:in-person>p</x:in-person>\(place)</dm:person>"
        let told = try samples.told(content).joined()
        for (name, text) in [("in-tuple", "t"), ("in-status", "s"), ("in-person", "p")] {
            #expect(told.contains("<\(name) xmlns='urn:a'>\(text)</\(name)>"))
        }
        let events = try #require(try samples.reading(content).value).events
        #expect(events.map { HeaderText.text($0.payload).contains("<locality>Verona</locality>") } == [true])
    }
}
