import Testing
import XMLStreams

@Suite("XML.DocumentReader")
struct DocumentReaderTests {
    private let pidf = """
        <?xml version="1.0" encoding="UTF-8"?>
        <!-- from a client -->
        <presence xmlns="urn:ietf:params:xml:ns:pidf" entity="pres:someone@example.com">
          <tuple id="bs35r9"><status><basic>op<!-- -->en</basic></status></tuple>
        </presence>
        <!-- end -->

        """

    @Test("RFC 3863 §4.4: a document with declaration and comments is read")
    func documentIsRead() throws {
        for text in [pidf, "\u{FEFF}" + pidf, pidf.replacing("UTF-8", with: "utf-8")] {
            let root = try XML.DocumentReader.read(bytes(text)[...])
            #expect(root.is("presence", "urn:ietf:params:xml:ns:pidf"))
            let namespace = "urn:ietf:params:xml:ns:pidf"
            let basic = root.first("tuple", namespace)?.first("status", namespace)?.first("basic", namespace)
            #expect(basic?.text == "open")
            #expect(basic.map { Array($0.nodes).count } == 1)
        }
    }

    @Test("Namespace declarations are kept on each element when they are asked for")
    func declarations() throws {
        let text = "<a:r xmlns:a='urn:a' xmlns='urn:d' x='1'><b><c xmlns:e='urn:e'/></b><b/></a:r>"
        let root = try XML.DocumentReader.read(bytes(text)[...], keepsDeclarations: true)
        let expected = [("a", "urn:a"), ("", "urn:d")].map(XML.NamespaceDeclaration.init(prefix:namespace:))
        #expect(root.declarations == expected)
        let inner = try #require(root.first("b", "urn:d"))
        #expect(inner.declarations.isEmpty)
        #expect(inner.first("c", "urn:d")?.declarations.map(\.prefix) == ["e"])
        #expect(try XML.DocumentReader.read(bytes(text)[...]).declarations.isEmpty)
    }

    @Test("Elements are counted without text")
    func elementCount() throws {
        let root = try XML.DocumentReader.read(bytes("<a>x<b>y<c/></b>z<b/></a>")[...])
        #expect(root.elementCount == 4)
        #expect(root.first("b", "")?.elementCount == 2)
    }

    @Test("The smallest documents are read")
    func smallDocuments() throws {
        #expect(try XML.DocumentReader.read(bytes("<a/>")[...]).is("a", ""))
        #expect(try XML.DocumentReader.read(bytes(" <ab></ab>")[...]).is("ab", ""))
        #expect(try XML.DocumentReader.read(bytes("xx<a>1</a>")[2...]).text == "1")
    }

    @Test("Every proper prefix of a document is incomplete")
    func prefixesAreIncomplete() {
        let whole = bytes("<?xml version='1.0'?><a b='c'>d<e/></a>")
        for end in 0..<whole.count {
            #expect(throws: XMLStreamError(.incomplete, "", offset: end)) {
                try XML.DocumentReader.read(whole[..<end])
            }
        }
    }

    @Test(
        "Declarations, entities, instructions, other encodings and a second root are refused",
        arguments: [
            ("<!DOCTYPE a><a/>", XMLStreamError.Code.restrictedXML),
            ("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", .restrictedXML),
            ("<a>&b;</a>", .restrictedXML),
            ("<?php 1?><a/>", .restrictedXML),
            ("<a/><?php 1?>", .restrictedXML),
            ("<?xml version='1.0' encoding='UTF-16'?><a/>", .unsupportedEncoding),
            ("<a/><b/>", .notWellFormed),
            ("<a/>text", .notWellFormed),
            ("<a></b>", .notWellFormed),
            ("<a><!-- a -- b --></a>", .notWellFormed),
            ("<p:a/>", .notWellFormed),
            ("<a", .incomplete),
            ("", .incomplete),
            ("<a/><!-- ", .incomplete),
        ]
    )
    func badDocuments(text: String, code: XMLStreamError.Code) {
        do throws(XMLStreamError) {
            _ = try XML.DocumentReader.read(bytes(text)[...])
            Issue.record("was read")
        } catch {
            #expect(error.code == code)
        }
    }

    @Test("A document of exactly the limit passes, one byte more does not")
    func documentBytes() throws {
        let text = "<a>" + String(repeating: "x", count: 93) + "</a> "
        _ = try XML.DocumentReader.read(bytes(text)[...], limits: XML.Limits(documentBytes: 101))
        #expect(throws: XMLStreamError(.tooManyBytes, "", offset: 100)) {
            try XML.DocumentReader.read(bytes(text)[...], limits: XML.Limits(documentBytes: 100))
        }
    }
}
