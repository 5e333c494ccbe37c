import PIDF
import Testing

@Suite("PIDFReader")
struct PIDFReaderTests {
    private let reader = PIDFReader()

    private func error(_ text: String, _ reader: PIDFReader = PIDFReader()) -> PIDFError? {
        error(Array(text.utf8), reader)
    }

    private func error(_ bytes: [UInt8], _ reader: PIDFReader = PIDFReader()) -> PIDFError? {
        do throws(PIDFError) {
            _ = try reader.read(bytes[...])
            return nil
        } catch {
            return error
        }
    }

    // MARK: Documents

    @Test("RFC 3863 §4.1: what is read is written and read back", arguments: Documents.all)
    func identity(name: String) throws {
        let document = try Documents.read(name)
        let written = PIDFWriter.write(document)
        let again = try reader.read(written[...])
        let hidesMark = name.contains("must-understand") || name.contains("mustunderstand") || name.contains("106-")
        #expect((again == document) != hidesMark)
        #expect(PIDFWriter.write(again) == written)
    }

    @Test("There are documents")
    func thereAreDocuments() { #expect(Documents.all.count > 20) }

    @Test("No prefix of a document is read, and none traps", arguments: Documents.names(in: "Documents"))
    func prefixes(name: String) throws {
        let bytes = try Documents.bytes(name)
        let end = try #require(bytes.lastIndex(of: 0x3E))
        for length in 0...end {
            #expect(error(Array(bytes.prefix(length)))?.code == .xml, "\(length)")
        }
        #expect(error(Array(bytes.prefix(end + 1))) == nil)
    }

    @Test("A slice is read from its own start")
    func slice() throws {
        let bytes = Documents.wrapping("<tuple id='a'><status><basic>open</basic></status></tuple>")
        let padded = [0x20, 0x20] + bytes + [0x20]
        #expect(try reader.read(padded[2..<(2 + bytes.count)]) == reader.read(bytes[...]))
    }

    @Test("RFC 3863 §4.3.1: the parts of the example")
    func example() throws {
        let document = try Documents.read("Documents/rfc3863-default.xml")
        #expect(document.entity == "pres:someone@example.com")
        #expect(document.notes == [PresenceNote("I'll be in Tokyo next week")])
        #expect(document.tuples.map(\.id) == ["bs35r9", "eg92n8"])
        let tuple = try #require(document.tuples.first)
        #expect(tuple.basic == .open && tuple.hasStatus)
        let busy = PresenceElement("im", PresenceNamespace.im, text: "busy")
        #expect(tuple.status == [busy, PresenceElement("location", "http://id.example.com/presence/", text: "home")])
        #expect(tuple.contact?.uri == "im:someone@mobilecarrier.net")
        #expect(tuple.contact?.priority == ContactPriority(thousandths: 800))
        #expect(tuple.notes.map(\.language) == ["en", "fr"])
        #expect(tuple.timestamp == "2001-10-27T16:49:29Z")
    }

    @Test("RFC 4480 §4: persons and devices have their own parts")
    func richExample() throws {
        let document = try Documents.read("Documents/rfc4480.xml")
        let person = try #require(document.persons.first)
        #expect(person.id == "p1" && person.timestamp == "2005-05-30T16:09:44+05:00")
        #expect(person.notes == [PresenceNote("Scoring 120")])
        #expect(person.elements.count == 9)
        #expect(person.elements.first?.first("note", PresenceNamespace.rpid)?.text == "Far away")
        let device = try #require(document.devices.first)
        #expect(device.id == "pc147" && device.deviceID == "urn:device:0003ba4811e3")
        #expect(device.notes == [PresenceNote("PC")])
        #expect(document.tuples[0].deviceIDs == ["urn:device:0003ba4811e3"])
        #expect(document.tuples.map(\.describesAnother) == [false, true, false])
    }

    @Test("RFC 4119 §2.2: a location object stays in the status it was found in", arguments: ["point", "civic"])
    func location(name: String) throws {
        let document = try Documents.read("Documents/rfc4119-\(name).xml")
        let tuple = try #require(document.tuples.first)
        #expect(tuple.hasStatus && tuple.basic == nil)
        #expect(tuple.status.map(\.name) == ["geopriv"])
        #expect(tuple.status.first?.namespace == PresenceNamespace.geopriv)
    }

    @Test("RFC 5491 §3: location objects are read from tuple status, device and person")
    func locationPlaces() throws {
        let geopriv = "<gp:geopriv xmlns:gp='urn:ietf:params:xml:ns:pidf:geopriv10'/>"
        let (document, _) = try Documents.reading(
            "<tuple id='geo'><status>\(geopriv)</status></tuple><dm:person id='p'>\(geopriv)</dm:person>"
                + "<dm:device id='d'>\(geopriv)<dm:deviceID>urn:x</dm:deviceID></dm:device>"
        )
        let expected = [PresenceElement("geopriv", PresenceNamespace.geopriv)]
        #expect(document.tuples[0].status == expected)
        #expect(document.persons[0].elements == expected)
        #expect(document.devices[0].elements == expected)
    }

    // MARK: Form

    @Test("RFC 3863 §4.2.1: only expanded names count")
    func prefixesHaveNoMeaning() throws {
        let prefixed = try Documents.read("Documents/rfc3863-prefixed.xml")
        #expect(try prefixed == Documents.read("Documents/rfc3863-unprefixed.xml"))
        let (one, _) = try Documents.reading("<dm:person id='p'><rpid:mood/></dm:person>")
        let (other, _) = try Documents.reading(
            "<a:person xmlns:a='\(PresenceNamespace.dataModel)' id='p'><mood xmlns='\(PresenceNamespace.rpid)'/></a:person>"
        )
        #expect(one == other)
    }

    @Test(
        "RFC 3863 §4.1.1: the root is presence in the namespace of PIDF",
        arguments: [
            "<presence entity='pres:a@b'/>", "<html/>",
            "<presence xmlns='urn:ietf:params:xml:ns:pidf:' entity='pres:a@b'/>",
            "<tuple xmlns='urn:ietf:params:xml:ns:pidf' id='a'/>",
            "<pidf-full xmlns='urn:ietf:params:xml:ns:pidf-diff' entity='pres:a@b'/>",
        ]
    )
    func root(text: String) { #expect(error(text) == PIDFError(.root, "")) }

    @Test("RFC 4482 §4: a document that is not well-formed is refused as a whole")
    func mismatchedTags() throws {
        let bytes = try Documents.bytes("Broken/rfc4482.xml")
        let fault = error(bytes)
        #expect(fault?.code == .xml && fault?.code.rawValue == "pidf-xml")
        #expect((0..<bytes.count).contains(fault?.offset ?? -1))
    }

    @Test("RFC 3863 §4.1: a document without an XML declaration is read")
    func missingDeclaration() throws {
        var warnings: [PIDFWarning] = []
        let text = "<presence xmlns='urn:ietf:params:xml:ns:pidf' entity='pres:a@b'/>"
        let document = try reader.read(Array(text.utf8)[...], noting: &warnings)
        #expect(document.entity == "pres:a@b")
        #expect(warnings == [PIDFWarning(.missingDeclaration)])
    }

    @Test("RFC 3863 §4.1: the charset of the carrier takes precedence over the declaration")
    func charset() throws {
        let text =
            "<?xml version='1.0' encoding='iso-8859-1'?>"
            + "<presence xmlns='urn:ietf:params:xml:ns:pidf' entity='pres:a@b'><note>Dvořák</note></presence>"
        #expect(error(text) == PIDFError(.encoding, ""))
        var warnings: [PIDFWarning] = []
        let document = try reader.read(Array(text.utf8)[...], isKnownUTF8: true, noting: &warnings)
        #expect(document.notes == [PresenceNote("Dvořák")])
        #expect(warnings == [PIDFWarning(.overriddenEncoding)])
        let broken = Array(text.utf8).dropLast(1)
        #expect(throws: PIDFError(.xml, "", at: broken.count)) { try reader.read(broken, isKnownUTF8: true) }
    }

    @Test("RFC 3863 §7: bytes that are not UTF-8 are refused")
    func notUTF8() {
        var bytes = Documents.wrapping("<note>x</note>")
        bytes[bytes.firstIndex(of: UInt8(ascii: "x")) ?? 0] = 0xE9
        #expect(error(bytes)?.code == .xml)
        #expect(error([0xFF, 0xFE, 0x3C, 0x00])?.code == .encoding)
    }

    @Test(
        "RFC 3863 §4.1: a document type declaration is refused before anything it declares is used",
        arguments: [
            "<!DOCTYPE presence>", "<!DOCTYPE presence SYSTEM 'file:///etc/passwd'>",
            "<!DOCTYPE presence SYSTEM 'http://127.0.0.1/x.dtd'>",
            "<!DOCTYPE presence [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>",
            "<!DOCTYPE presence [<!ENTITY % p SYSTEM 'file:///etc/passwd'>%p;]>",
        ]
    )
    func doctype(declaration: String) {
        let text = "<?xml version='1.0'?>\n\(declaration)\n<presence xmlns='urn:ietf:params:xml:ns:pidf' entity='x:y'/>"
        #expect(error(text) == PIDFError(.doctype, "", at: 22))
        #expect(PIDFError.Code.doctype.rawValue == "pidf-doctype")
    }

    @Test("XML inclusion is an element like others, and an undeclared entity is refused")
    func inclusion() throws {
        let include = "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='file:///etc/passwd' parse='text'/>"
        let (document, _) = try Documents.reading(include)
        #expect(document.elements.map(\.name) == ["include"] && document.elements.first?.content == [])
        #expect(error(Documents.wrapping("<note>&a;</note>"))?.code == .xml)
        #expect(error(Documents.wrapping("<?php x?>"))?.code == .xml)
    }

    // MARK: Limits

    @Test("Each limit is kept at its edge, and no further")
    func limits() throws {
        func code(_ content: String, _ limits: PIDFReader.Limits = PIDFReader.Limits()) -> PIDFError.Code? {
            error(Documents.wrapping(content), PIDFReader(limits: limits))?.code
        }
        func tuples(_ count: Int) -> String { (0..<count).map { "<tuple id='t\($0)'/>" }.joined() }
        #expect(code(tuples(500)) == nil)
        #expect(code(tuples(501)) == .limit)
        func nested(_ depth: Int) -> String {
            String(repeating: "<x:a>", count: depth) + String(repeating: "</x:a>", count: depth)
        }
        #expect(code(nested(31)) == nil)
        #expect(code(nested(32)) == .limit)
        #expect(code(String(repeating: "<note/>", count: 1000)) == nil)
        #expect(code(String(repeating: "<note/>", count: 1001)) == .limit)
        #expect(code(String(repeating: "<x:a/>", count: 9999)) == nil)
        #expect(code(String(repeating: "<x:a/>", count: 10_000)) == .limit)
        #expect(code(String(repeating: "<x:a><x:b/></x:a>", count: 5000)) == .limit)
        func attributes(_ count: Int) -> String { "<x:a \((0..<count).map { "a\($0)=''" }.joined(separator: " "))/>" }
        #expect(code(attributes(256)) == nil)
        #expect(code(attributes(257)) == .limit)
        let whole = Documents.wrapping("")
        let room = 262_144 - whole.count
        #expect(code(String(repeating: " ", count: room)) == nil)
        #expect(code(String(repeating: " ", count: room + 1)) == .limit)
        #expect(code("<tuple id='a'/><tuple id='b'/>", PIDFReader.Limits(tuples: 1)) == .limit)
        #expect(PIDFError.Code.limit.rawValue == "pidf-limit")
    }

    @Test("What exceeds the limits by far is refused without being built", .timeLimit(.minutes(1)))
    func excess() {
        #expect(error(Documents.wrapping(String(repeating: "<x:a>", count: 100_000)))?.code == .limit)
        #expect(error(Documents.wrapping(String(repeating: "<tuple id='a'/>", count: 100_000)))?.code == .limit)
        let attributes = (0..<10_000).map { "a\($0)=''" }.joined(separator: " ")
        #expect(error(Documents.wrapping("<x:a \(attributes)/>"))?.code == .limit)
    }
}
