import PIDF
import PresenceSchemas
import Testing

@Suite("PIDFWriter")
struct PIDFWriterTests {
    private func text(_ document: PresenceDocument) -> String {
        String(decoding: PIDFWriter.write(document), as: UTF8.self)
    }

    private static let declaration = "<?xml version='1.0' encoding='UTF-8'?>\n"

    /// A document with something at every place.
    private static var full: PresenceDocument {
        var tuple = PresenceTuple(id: "balcony", basic: .open)
        tuple.status = [PresenceElement("show", PresenceNamespace.jabberClient, text: "away")]
        tuple.elements = [
            PresenceElement(
                "user-input",
                PresenceNamespace.rpid,
                attributes: [PresenceAttribute("last-input", "2004-10-21T13:20:00-05:00")],
                text: "idle"
            ),
            PresenceElement("deviceID", PresenceNamespace.dataModel, text: "urn:device:1"),
        ]
        tuple.contact = PresenceContact(uri: "im:juliet@example.com", priority: ContactPriority(thousandths: 102))
        tuple.notes = [PresenceNote("Wooing & waiting"), PresenceNote("Dvořím se", language: "cs")]
        tuple.timestamp = "2026-03-01T12:00:00Z"
        let away = PresenceElement("away", PresenceNamespace.rpid)
        let activities = PresenceElement("activities", PresenceNamespace.rpid, children: [away])
        let homepage = PresenceElement("homepage", PresenceNamespace.cipid, text: "http://example.com/")
        return PresenceDocument(
            entity: "pres:juliet@example.com",
            tuples: [tuple, PresenceTuple(id: "chamber", basic: .closed)],
            notes: [PresenceNote("Out")],
            persons: [
                PresencePerson(
                    id: "p",
                    elements: [activities, homepage],
                    notes: [PresenceNote("note")],
                    timestamp: "2026-03-01T12:00:00Z"
                )
            ],
            devices: [PresenceDevice(id: "d", deviceID: "urn:device:1", elements: [tuple.elements[0]])],
            elements: [PresenceElement("mytag", "http://id.example.com/presence/", text: "x")]
        )
    }

    @Test("RFC 3863 §4.1.2, §4.4: the declaration comes first, and everything stands in the order of the schema")
    func order() {
        #expect(
            text(Self.full) == Self.declaration
                + "<presence xmlns='urn:ietf:params:xml:ns:pidf' xmlns:dm='urn:ietf:params:xml:ns:pidf:data-model'"
                + " xmlns:rpid='urn:ietf:params:xml:ns:pidf:rpid' xmlns:c='urn:ietf:params:xml:ns:pidf:cipid'"
                + " entity='pres:juliet@example.com'><tuple id='balcony'><status><basic>open</basic>"
                + "<show xmlns='jabber:client'>away</show></status>"
                + "<rpid:user-input last-input='2004-10-21T13:20:00-05:00'>idle</rpid:user-input>"
                + "<dm:deviceID>urn:device:1</dm:deviceID>"
                + "<contact priority='0.102'>im:juliet@example.com</contact><note>Wooing &amp; waiting</note>"
                + "<note xml:lang='cs'>Dvořím se</note><timestamp>2026-03-01T12:00:00Z</timestamp></tuple>"
                + "<tuple id='chamber'><status><basic>closed</basic></status></tuple><note>Out</note>"
                + "<dm:person id='p'><rpid:activities><rpid:away/></rpid:activities>"
                + "<c:homepage>http://example.com/</c:homepage><dm:note>note</dm:note>"
                + "<dm:timestamp>2026-03-01T12:00:00Z</dm:timestamp></dm:person><dm:device id='d'>"
                + "<rpid:user-input last-input='2004-10-21T13:20:00-05:00'>idle</rpid:user-input>"
                + "<dm:deviceID>urn:device:1</dm:deviceID></dm:device>"
                + "<mytag xmlns='http://id.example.com/presence/'>x</mytag></presence>"
        )
    }

    @Test("RFC 3922 §5.1.5: only namespaces that occur are declared, at the root")
    func prefixes() {
        var tuple = PresenceTuple(id: "balcony", basic: .open)
        #expect(
            text(PresenceDocument(entity: "pres:a@b", tuples: [tuple])) == Self.declaration
                + "<presence xmlns='urn:ietf:params:xml:ns:pidf' entity='pres:a@b'><tuple id='balcony'><status>"
                + "<basic>open</basic></status></tuple></presence>"
        )
        tuple.status = [PresenceElement("im", PresenceNamespace.im, text: "away")]
        #expect(
            text(PresenceDocument(entity: "pres:a@b", tuples: [tuple])) == Self.declaration
                + "<presence xmlns='urn:ietf:params:xml:ns:pidf' xmlns:im='urn:ietf:params:xml:ns:pidf:im'"
                + " entity='pres:a@b'><tuple id='balcony'><status><basic>open</basic><im:im>away</im:im></status>"
                + "</tuple></presence>"
        )
    }

    @Test("RFC 3863 §4.4: what is written is valid by the schemas")
    func fullIsValid() throws {
        #expect(SchemaValidator.fault(in: PIDFWriter.write(Self.full)) == nil)
        #expect(try PIDFReader().read(PIDFWriter.write(Self.full)[...]) == Self.full)
    }

    @Test("RFC 3863 §4.4: what was read is written valid, but for what RFCs print invalid", arguments: Documents.all)
    func rewritesAreValid(name: String) throws {
        let document = try Documents.read(name)
        let fault = SchemaValidator.fault(in: PIDFWriter.write(document))
        if name.hasSuffix("/rfc4479.xml") {
            #expect(fault?.contains("entity") == true)
        } else if name.hasSuffix("/rfc4480.xml") {
            #expect(fault?.contains("sphere") == true)
        } else {
            #expect(fault == nil)
        }
    }

    @Test("The validator finds faults")
    func validatorWorks() {
        #expect(SchemaValidator.fault(in: Documents.wrapping("<note/><tuple id='a'><status/></tuple>")) != nil)
        #expect(
            SchemaValidator.fault(
                in: Documents.wrapping("<dm:person id='p'><rpid:mood><rpid:x/></rpid:mood></dm:person>")
            )
                != nil
        )
        #expect(SchemaValidator.fault(in: Documents.wrapping("<tuple id='a'><status/></tuple><note/>")) == nil)
    }

    @Test("RFC 3863 §4.2.3: mustUnderstand is never written")
    func noMustUnderstand() throws {
        let pidf = PresenceNamespace.pidf
        let marked = PresenceElement(
            "y",
            "http://example.org/x",
            attributes: [
                PresenceAttribute("mustUnderstand", "1"), PresenceAttribute("mustUnderstand", "true", namespace: pidf),
                PresenceAttribute("kept", "1", namespace: "http://example.org/x"),
            ],
            children: [PresenceElement("z", "", attributes: [PresenceAttribute("mustUnderstand", "1")])]
        )
        var tuple = PresenceTuple(id: "a", basic: .open)
        tuple.status = [marked]
        let written = text(PresenceDocument(entity: "pres:a@b", tuples: [tuple]))
        #expect(!written.contains("mustUnderstand"))
        #expect(written.contains("<x1:y x1:kept='1'>"))
        #expect(!text(try Documents.read("Documents/rfc3863-must-understand.xml")).contains("mustUnderstand"))
    }

    @Test("RFC 3863 §4.1.2: ids are unique in the document")
    func uniqueIDs() throws {
        let document = PresenceDocument(
            entity: "pres:a@b",
            tuples: ["a", nil, "a", "a-2", ""].map { PresenceTuple(id: $0, basic: .open) },
            persons: [PresencePerson(id: "a"), PresencePerson(id: nil)],
            devices: [PresenceDevice(id: "p1", deviceID: "urn:x"), PresenceDevice(id: nil, deviceID: "urn:y")]
        )
        let completed = document.completed()
        #expect(completed.tuples.map(\.id) == ["a", "t1", "a-3", "a-2", "t4"])
        #expect(completed.persons.map(\.id) == ["a-4", "p1-2"])
        #expect(completed.devices.map(\.id) == ["p1", "d1"])
        #expect(completed.completed() == completed)
        #expect(try PIDFReader().read(PIDFWriter.write(document)[...]) == completed)
        #expect(SchemaValidator.fault(in: PIDFWriter.write(document)) == nil)
    }

    @Test("RFC 3863 §4.4: what the schema has no room for is left out")
    func noRoom() {
        let misfits = [
            PresenceElement("tuple", PresenceNamespace.pidf), PresenceElement("plain", ""),
            PresenceElement("a><b", "http://example.org/x"),
        ]
        var tuple = PresenceTuple(id: "a", basic: .open)
        tuple.status = misfits
        tuple.elements = misfits
        tuple.timestamp = "yesterday"
        tuple.hasStatus = false
        let document = PresenceDocument(entity: "pres:a@b", tuples: [tuple], elements: misfits)
        let bare = PresenceDocument(entity: "pres:a@b", tuples: [PresenceTuple(id: "a", basic: .open)])
        #expect(text(document) == text(bare))
    }

    @Test("A namespace that occurs again is declared once, so that a document does not grow when it is written")
    func repeatedNamespace() throws {
        let long = "urn:x:" + String(repeating: "x", count: 10_000)
        let items = String(repeating: "<y:a y:b='1'/><x:a/>", count: 2000)
        let (document, _) = try Documents.reading("<x:c xmlns:y='\(long)'>\(items)</x:c>")
        let written = PIDFWriter.write(document)
        #expect(written.count < 100_000)
        #expect(try PIDFReader().read(written[...]) == document)
        let single = PresenceElement("a", "urn:y", attributes: [PresenceAttribute("b", "1", namespace: "urn:z")])
        let loose = text(PresenceDocument(entity: "pres:a@b", elements: [single]))
        #expect(loose.hasSuffix("entity='pres:a@b'><a xmlns='urn:y' xmlns:ns1='urn:z' ns1:b='1'/></presence>"))
        let twice = text(PresenceDocument(entity: "pres:a@b", elements: [single, single]))
        #expect(twice.contains(" xmlns:x1='urn:y' xmlns:x2='urn:z' entity='pres:a@b'><x1:a x2:b='1'/><x1:a x2:b='1'/>"))
    }

    @Test("RFC 3863 §7: everything written is UTF-8 and well-formed")
    func hostileText() throws {
        let hostile = "]]>&<'\"\u{0}\u{FFFE}\u{1F600}\r\n</note>"
        var tuple = PresenceTuple(id: hostile, basic: .closed)
        tuple.contact = PresenceContact(uri: "im:" + hostile)
        tuple.notes = [PresenceNote(hostile)]
        let bytes = PIDFWriter.write(PresenceDocument(entity: "pres:" + hostile, tuples: [tuple]))
        #expect(String(validating: bytes, as: UTF8.self)?.hasPrefix(Self.declaration) == true)
        let document = try PIDFReader().read(bytes[...])
        #expect(document.tuples[0].notes[0].text == "]]>&<'\"\u{FFFD}\u{FFFD}\u{1F600}\r\n</note>")
    }

    @Test(
        "RFC 3863 §4.1.5: priorities are written with at most three digits and no zeros at the end",
        arguments: [(0, "0"), (1, "0.001"), (15, "0.015"), (102, "0.102"), (500, "0.5"), (992, "0.992"), (1000, "1")]
    )
    func priorities(thousandths: Int, expected: String) {
        #expect(ContactPriority(thousandths: thousandths).description == expected)
    }

    @Test("RFC 3863 §4.1.5: every priority is read back")
    func everyPriority() {
        for thousandths in 0...1000 {
            let priority = ContactPriority(thousandths: thousandths)
            #expect(ContactPriority(priority.description) == priority)
        }
        #expect(ContactPriority(thousandths: -1).thousandths == 0)
        #expect(ContactPriority(thousandths: 1001).thousandths == 1000)
    }
}
