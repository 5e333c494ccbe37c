import PIDF
import Testing

/// What a reader makes of documents that are well-formed and yet not as the schema wants them.
@Suite("Tolerance")
struct ToleranceTests {
    private func kinds(_ warnings: [PIDFWarning]) -> [PIDFWarning.Kind] { warnings.map(\.kind) }

    @Test("RFC 4479 §7.1: an entity may be missing or empty", arguments: ["", "entity=''", "entity=' '"])
    func missingEntity(attributes: String) throws {
        let (document, warnings) = try Documents.reading("", attributes: attributes)
        #expect(document.entity == nil)
        #expect(kinds(warnings) == [.missingEntity])
    }

    @Test("RFC 3863 §4.1.2: tuples without an id are kept, and are written with one by their place")
    func missingID() throws {
        let (document, warnings) = try Documents.reading("<tuple id='t1'><status/></tuple><tuple><status/></tuple>")
        #expect(document.tuples.map(\.id) == ["t1", nil])
        #expect(kinds(warnings) == [.emptyStatus, .missingID, .emptyStatus])
        #expect(document.completed().tuples.map(\.id) == ["t1", "t1-2"])
    }

    @Test("RFC 3863 §4.1.2: of several tuples with one id the last one counts")
    func repeatedID() throws {
        let (document, warnings) = try Documents.reading(
            "<tuple id='a'><status><basic>open</basic></status></tuple>"
                + "<tuple id='b'><status><basic>open</basic></status></tuple>"
                + "<tuple id='a'><status><basic>closed</basic></status></tuple>"
        )
        #expect(document.tuples == [PresenceTuple(id: "b", basic: .open), PresenceTuple(id: "a", basic: .closed)])
        #expect(warnings == [PIDFWarning(.repeatedID, in: "a")])
    }

    @Test("RFC 3863 §4.1.3: a status may be missing or empty; other tuples are read as usual")
    func noStatus() throws {
        let (document, warnings) = try Documents.reading(
            "<tuple id='x'/><tuple id='y'><status/></tuple>"
                + "<tuple id='z'><status><basic>open</basic></status></tuple>"
        )
        #expect(document.tuples.map(\.hasStatus) == [false, true, true])
        #expect(document.tuples.map(\.basic) == [nil, nil, .open])
        #expect(warnings == [PIDFWarning(.missingStatus, in: "x"), PIDFWarning(.emptyStatus, in: "y")])
    }

    @Test("RFC 4479 §3.6: a status with extensions only says nothing about availability, and nothing is wrong with it")
    func noBasic() throws {
        let (document, warnings) = try Documents.reading("<tuple id='a'><status><x:place/></status></tuple>")
        #expect(document.tuples[0].basic == nil && document.tuples[0].hasStatus)
        #expect(warnings.isEmpty)
    }

    @Test(
        "RFC 3863 §4.1.4: white space around basic is ignored, other values are none",
        arguments: [
            (" open ", .open, .spacedBasic),
            ("\n\tclosed\r\n", .closed, .spacedBasic), ("OPEN", nil, .invalidBasic), ("busy", nil, .invalidBasic),
            ("", nil, .invalidBasic), ("op en", nil, .invalidBasic),
        ] as [(String, PresenceTuple.Basic?, PIDFWarning.Kind)]
    )
    func basic(text: String, value: PresenceTuple.Basic?, kind: PIDFWarning.Kind) throws {
        let (document, warnings) = try Documents.reading(
            "<tuple id='a'><status><basic>\(text)</basic></status></tuple>"
        )
        #expect(document.tuples[0].basic == value)
        #expect(warnings == [PIDFWarning(kind, in: "a")])
    }

    @Test("RFC 3863 §4.4: the first basic, status, contact and timestamp count")
    func repeatedElements() throws {
        let (document, warnings) = try Documents.reading(
            "<tuple id='a'><status><basic>open</basic><basic>closed</basic></status>"
                + "<contact>im:a@b</contact><contact>im:c@d</contact><timestamp>2001-10-27T16:49:29Z</timestamp>"
                + "<timestamp>2002-10-27T16:49:29Z</timestamp></tuple>"
        )
        let tuple = document.tuples[0]
        #expect(tuple.basic == .open && tuple.contact?.uri == "im:a@b" && tuple.timestamp == "2001-10-27T16:49:29Z")
        #expect(kinds(warnings) == [.repeatedElement, .repeatedElement, .repeatedElement])
        let (two, second) = try Documents.reading(
            "<tuple id='a'><status><basic>open</basic></status><status><basic>closed</basic></status></tuple>"
        )
        #expect(two.tuples[0].basic == .open && kinds(second) == [.repeatedElement])
        let (invalid, _) = try Documents.reading(
            "<tuple id='a'><status><basic>busy</basic><basic>closed</basic></status></tuple>"
        )
        #expect(invalid.tuples[0].basic == nil)
    }

    @Test("RFC 4479 §5: elements may come in any order")
    func order() throws {
        let person = "<dm:person id='p'><dm:timestamp>2001-10-27T16:49:29Z</dm:timestamp><rpid:mood/></dm:person>"
        let (shuffled, warnings) = try Documents.reading(
            "\(person)<note>n</note><tuple id='a'><note>m</note><contact>im:a@b</contact>"
                + "<rpid:user-input>idle</rpid:user-input><status><x:y/><basic>open</basic></status></tuple>"
        )
        let (straight, none) = try Documents.reading(
            "<tuple id='a'><status><basic>open</basic><x:y/></status><rpid:user-input>idle</rpid:user-input>"
                + "<contact>im:a@b</contact><note>m</note></tuple><note>n</note><dm:person id='p'><rpid:mood/>"
                + "<dm:timestamp>2001-10-27T16:49:29Z</dm:timestamp></dm:person>"
        )
        #expect(shuffled == straight)
        #expect(none.isEmpty)
        #expect(Set(kinds(warnings)) == [.order] && warnings.count == 7)
    }

    @Test("RFC 3863 §4.3.2: white space around contact and entity is trimmed")
    func spacedURIs() throws {
        let (document, warnings) = try Documents.reading(
            "<tuple id='a'><status><basic>open</basic></status><contact>\n   im:someone@mobilecarrier.net</contact></tuple>",
            attributes: "entity=' pres:a@b'"
        )
        #expect(document.tuples[0].contact?.uri == "im:someone@mobilecarrier.net")
        #expect(document.entity == "pres:a@b")
        #expect(warnings == [PIDFWarning(.spacedURI), PIDFWarning(.spacedURI, in: "a")])
        let (empty, second) = try Documents.reading("<tuple id='a'><status><x:y/></status><contact> </contact></tuple>")
        #expect(empty.tuples[0].contact == nil && kinds(second) == [.emptyContact])
    }

    @Test(
        "RFC 3863 §4.1.5: priorities are decimal numbers from 0 to 1, cut to three digits",
        arguments: [
            ("0", 0), ("0.", 0), ("0.021", 21), ("0.5", 500), ("1", 1000), ("1.", 1000), ("1.00", 1000),
            ("1.000", 1000), ("0.12345", 123), ("0.9999", 999), ("1.0000", 1000), (" 0.8 ", 800), ("1.5", nil),
            ("-0.2", nil), ("1.0e0", nil), (".5", nil), ("0,5", nil), ("", nil), ("01", nil), ("2", nil), ("+1", nil),
            ("0.x", nil), ("1.001", nil), ("０", nil),
        ] as [(String, Int?)]
    )
    func priorities(text: String, thousandths: Int?) throws {
        #expect(ContactPriority(text)?.thousandths == thousandths)
        let (document, warnings) = try Documents.reading(
            "<tuple id='a'><status><x:y/></status><contact priority='\(text)'>im:a@b</contact></tuple>"
        )
        #expect(document.tuples[0].contact?.priority?.thousandths == thousandths)
        let isLong = ["0.12345", "0.9999", "1.0000"].contains(text)
        #expect(kinds(warnings) == (thousandths == nil ? [.invalidPriority] : isLong ? [.longPriority] : []))
    }

    @Test("RFC 3863 §4.1.6: the text of notes is exact, and notes inherit their language")
    func notes() throws {
        let (document, warnings) = try Documents.reading(
            "<tuple id='a' xml:lang='cs'><status><basic>open</basic></status><note>a  b\n c </note>"
                + "<note xml:lang='fr'>deux</note><note xml:lang=''>?</note></tuple><note>top</note>"
                + "<dm:person id='p'><dm:note>person</dm:note></dm:person>",
            attributes: "entity='pres:a@b' xml:lang='en'"
        )
        #expect(
            document.tuples[0].notes == [
                PresenceNote("a  b\n c ", language: "cs"), PresenceNote("deux", language: "fr"), PresenceNote("?"),
            ]
        )
        #expect(document.notes == [PresenceNote("top", language: "en")])
        #expect(document.persons[0].notes == [PresenceNote("person", language: "en")])
        #expect(warnings.isEmpty)
    }

    @Test(
        "RFC 3863 §4.1.7: a timestamp that is none of RFC 3339 is ignored",
        arguments: ["2003-12-09T23:53:11.31", "yesterday", "", "2003-13-09T23:53:11Z", "2003-12-09t23:53:11z"]
    )
    func invalidTimestamp(text: String) throws {
        let (document, warnings) = try Documents.reading(
            "<tuple id='a'><status><basic>open</basic></status><timestamp>\(text)</timestamp></tuple>"
        )
        #expect(document.tuples[0].timestamp == nil && document.tuples[0].basic == .open)
        #expect(warnings == [PIDFWarning(.invalidTimestamp, in: "a")])
    }

    @Test("RFC 3863 §4.2.3: what is not known is ignored or kept with all its content")
    func unknownElements() throws {
        let (document, warnings) = try Documents.reading(
            "<tuple id='a'><status><x:ext><basic>closed</basic></x:ext></status><basic>closed</basic><plain xmlns=''/>"
                + "</tuple><status><basic>open</basic></status><unknown><tuple id='b'/></unknown>"
        )
        #expect(document.tuples.count == 1 && document.tuples[0].basic == nil)
        let inner = PresenceElement("basic", PresenceNamespace.pidf, text: "closed")
        #expect(document.tuples[0].status == [PresenceElement("ext", "http://example.org/x", children: [inner])])
        #expect(document.tuples[0].elements.isEmpty && document.elements.isEmpty)
        #expect(kinds(warnings) == [.misplacedElement, .misplacedElement, .misplacedElement, .misplacedElement])
    }

    @Test("RFC 3922 §5.1.9.2: text between elements is ignored")
    func strayText() throws {
        let (document, warnings) = try Documents.reading(
            "<tuple id='a'>away<status><basic>open</basic></status></tuple>"
        )
        #expect(document.tuples == [PresenceTuple(id: "a", basic: .open)])
        #expect(warnings == [PIDFWarning(.strayText, in: "a")])
    }

    @Test("RFC 3863 §4.1.2: tuples may conflict")
    func conflict() throws {
        let (document, warnings) = try Documents.reading(
            "<tuple id='a'><status><basic>open</basic></status><contact>im:a@b</contact></tuple>"
                + "<tuple id='b'><status><basic>closed</basic></status><contact>im:a@b</contact></tuple>"
        )
        #expect(document.tuples.map(\.basic) == [.open, .closed])
        #expect(warnings.isEmpty)
    }

    @Test("RFC 4479 §5: notes and timestamps of persons and devices count in the namespace of PIDF as well")
    func foreignNamespace() throws {
        let (document, warnings) = try Documents.reading(
            "<dm:person id='p'><timestamp>2001-10-27T16:49:29Z</timestamp><note>n</note><basic>open</basic></dm:person>"
                + "<dm:device id='d'><note>m</note></dm:device>"
        )
        #expect(document.persons[0].timestamp == "2001-10-27T16:49:29Z")
        #expect(document.persons[0].notes == [PresenceNote("n")])
        #expect(document.devices == [PresenceDevice(id: "d", deviceID: nil, notes: [PresenceNote("m")])])
        let foreign: [PIDFWarning.Kind] = [.foreignNamespace, .order, .foreignNamespace, .misplacedElement]
        #expect(kinds(warnings) == foreign + [.foreignNamespace, .missingDeviceID])
    }
}
