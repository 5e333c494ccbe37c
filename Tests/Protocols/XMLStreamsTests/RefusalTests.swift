import Testing
import XMLStreams

/// One input that ends a stream.
struct Refusal: Sendable, CustomTestStringConvertible {
    var name: String
    var content: [UInt8]
    var code: XMLStreamError.Code
    /// How many first-level elements come out before.
    var elements = 0
    /// Behind the header, or the whole input.
    var isWhole = false
    /// Where the fault is told, from the beginning of `content`; nil leaves it to libxml2.
    var offset: Int?

    var testDescription: String { name }

    init(
        _ name: String,
        _ content: String,
        _ code: XMLStreamError.Code,
        elements: Int = 0,
        isWhole: Bool = false,
        at offset: Int? = nil
    ) {
        self.init(name, Array(content.utf8), code, elements: elements, isWhole: isWhole, at: offset)
    }

    init(
        _ name: String,
        _ content: [UInt8],
        _ code: XMLStreamError.Code,
        elements: Int = 0,
        isWhole: Bool = false,
        at offset: Int? = nil
    ) {
        self.name = name
        self.content = content
        self.code = code
        self.elements = elements
        self.isWhole = isWhole
        self.offset = offset
    }
}

private func utf16(_ text: String, bigEndian: Bool, mark: Bool) -> [UInt8] {
    let units = (mark ? [0xFEFF] : []) + Array(text.utf16)
    return units.flatMap { unit in
        bigEndian ? [UInt8(unit >> 8), UInt8(unit & 255)] : [UInt8(unit & 255), UInt8(unit >> 8)]
    }
}

private let bomb = """
    <?xml version='1.0'?><!DOCTYPE lolz [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>\
    <!ENTITY c SYSTEM 'file:///etc/passwd'>]><stream:stream xmlns:stream='http://etherx.jabber.org/streams' to='&b;'>
    """

private let defaults = """
    <!DOCTYPE stream:stream [<!ATTLIST stream:stream from CDATA 'victim.example'>]>\
    <stream:stream xmlns:stream='http://etherx.jabber.org/streams'>
    """

let refusals: [Refusal] = [
    // RFC 6120 §4.9.3, §11.1.
    Refusal("comment", "<presence/><!-- x -->", .restrictedXML, elements: 1, at: 11),
    Refusal("comment in a stanza", "<message><!--", .restrictedXML, at: 9),
    Refusal("processing instruction", "<?php 1?>", .restrictedXML, at: 0),
    Refusal("second declaration", "<?xml version='1.0'?>", .restrictedXML, at: 0),
    Refusal("DTD behind the header", "<!DOCTYPE x>", .restrictedXML, at: 0),
    Refusal("entity bomb", bomb, .restrictedXML, isWhole: true, at: 21),
    Refusal("attribute defaults", defaults, .restrictedXML, isWhole: true, at: 0),
    Refusal("entity in text", "<message>&foo;", .restrictedXML, at: 9),
    Refusal("entity between stanzas", "&foo;", .restrictedXML, at: 0),
    Refusal("entity in a value", "<message a='&foo;'/>", .restrictedXML, at: 12),
    Refusal("entity in the header", "<a b='&foo;'>", .restrictedXML, isWhole: true, at: 6),
    Refusal("instruction before the header", " <?php?><a>", .restrictedXML, isWhole: true, at: 1),
    // RFC 6120 §4.9.3, §11.6.
    Refusal("UTF-16BE with mark", utf16(header, bigEndian: true, mark: true), .unsupportedEncoding, isWhole: true),
    Refusal("UTF-16LE with mark", utf16(header, bigEndian: false, mark: true), .unsupportedEncoding, isWhole: true),
    Refusal("UTF-16BE", utf16(header, bigEndian: true, mark: false), .unsupportedEncoding, isWhole: true),
    Refusal("UTF-16LE", utf16(header, bigEndian: false, mark: false), .unsupportedEncoding, isWhole: true),
    Refusal("UTF-16LE behind space", utf16(" <a>", bigEndian: false, mark: false), .unsupportedEncoding, isWhole: true),
    Refusal(
        "declared Latin-1",
        "<?xml version='1.0' encoding='ISO-8859-1'?><a>",
        .unsupportedEncoding,
        isWhole: true,
        at: 0
    ),
    Refusal("declaration without end", "<?xml version='1.0'><a>", .notWellFormed, isWhole: true, at: 0),
    Refusal("declaration of another version", "<?xml version='2.0'?><a>", .notWellFormed, isWhole: true),
    Refusal("declared UTF-16", "<?xml version='1.0' encoding = \"UTF-16\" ?><a>", .unsupportedEncoding, isWhole: true),
    // RFC 6120 §4.9.3, §11.3.
    Refusal("mismatched end", "<presence/><a></b>", .notWellFormed, elements: 1),
    Refusal("unbound element prefix", "<presence/><foo:bar/><presence/>", .notWellFormed, elements: 1),
    Refusal("unbound attribute prefix", "<a foo:b='1'/>", .notWellFormed),
    Refusal("duplicate attribute", "<a b='1' b='2'/>", .notWellFormed),
    Refusal("duplicate after expansion", "<x xmlns:a='u' xmlns:b='u' a:k='' b:k=''/>", .notWellFormed),
    Refusal("two colons", "<a:b:c xmlns:a='u'/>", .notWellFormed),
    Refusal("prefix undeclared", "<a xmlns:p=''/>", .notWellFormed),
    Refusal("xml bound elsewhere", "<a xmlns:xml='urn:x'/>", .notWellFormed),
    Refusal("forbidden reference", "<a>&#1;</a>", .notWellFormed),
    Refusal("forbidden reference between stanzas", "&#1;", .notWellFormed),
    Refusal("control character", "<a>\u{1}</a>", .notWellFormed),
    Refusal("zero byte", "<a>\u{0}</a>", .notWellFormed),
    Refusal("U+FFFE", "<a>\u{FFFE}</a>", .notWellFormed),
    Refusal("overlong", bytes("<a>") + [0xC0, 0xAF] + bytes("</a>"), .notWellFormed),
    Refusal("surrogate", bytes("<a>") + [0xED, 0xA0, 0x80] + bytes("</a>"), .notWellFormed),
    Refusal("beyond U+10FFFF", bytes("<a>") + [0xF4, 0x90, 0x80, 0x80] + bytes("</a>"), .notWellFormed),
    Refusal("truncated in a value", bytes("<x a='") + [0xE2, 0x82] + bytes("'/><y/>"), .notWellFormed),
    Refusal("less-than in a value", "<a b='<'/>", .notWellFormed, at: 6),
    Refusal("less-than in a tag", "<a <b/>", .notWellFormed, at: 3),
    Refusal("less-than in an end tag", "<a></a<", .notWellFormed, at: 6),
    Refusal("quote in an end tag", "<a></a\">", .notWellFormed, at: 6),
    Refusal("unquoted value", "<a b=c/>", .notWellFormed),
    Refusal("empty tag", "<>", .notWellFormed),
    Refusal("reference without end", "<a>&amp </a>", .notWellFormed, at: 7),
    Refusal("empty reference", "<a>&;</a>", .notWellFormed, at: 3),
    Refusal("CDATA end in text", "<a>]]></a>", .notWellFormed),
    Refusal("not CDATA", "<a><![INCLUDE[", .notWellFormed, at: 6),
    Refusal("half a byte order mark", [0xEF, 0xBB] + bytes("<a>"), .notWellFormed, isWhole: true, at: 2),
    Refusal("a third of a byte order mark", [0xEF] + bytes(" <a>"), .notWellFormed, isWhole: true, at: 1),
    Refusal("text before the header", "hello", .notWellFormed, isWhole: true, at: 0),
    Refusal("reference before the header", "&amp;", .notWellFormed, isWhole: true, at: 0),
    Refusal("end tag first", "</a>", .notWellFormed, isWhole: true, at: 3),
    // RFC 6120 §11.7.
    Refusal("text between stanzas", "<presence/> hello", .strayText, elements: 1, at: 12),
    Refusal("reference between stanzas", " &amp;", .strayText, at: 1),
    Refusal("number between stanzas", "&#x41;", .strayText, at: 0),
    Refusal("no number between stanzas", "&#x;", .notWellFormed, at: 0),
    Refusal("surrogate number between stanzas", "&#xD800;", .notWellFormed, at: 0),
    Refusal("huge number between stanzas", "&#x110000;", .notWellFormed, at: 0),
    Refusal("CDATA between stanzas", "<![CDATA[x]]>", .strayText, at: 0),
    // RFC 6120 §4.3.3.
    Refusal(
        "the header once more",
        "<presence/><stream:stream to='a' version='1.0'>",
        .secondHeader,
        elements: 1
    ),
    Refusal(
        "the header once more under another prefix",
        "<s:stream xmlns:s='http://etherx.jabber.org/streams'/>",
        .secondHeader
    ),
    Refusal("the header once more with its declaration", "<?xml version='1.0'?><stream:stream>", .restrictedXML, at: 0),
]

@Suite("XML.StreamParser: refusals")
struct RefusalTests {
    @Test("RFC 6120 §4.9.3: forbidden and broken XML ends the stream with its own code, at once", arguments: refusals)
    func inputIsRefused(refusal: Refusal) {
        let start = refusal.isWhole ? 0 : bytes(header).count
        let transcript = parseEveryWay((refusal.isWhole ? [] : bytes(header)) + refusal.content)
        #expect(transcript.error?.code == refusal.code)
        #expect(transcript.elements.count == refusal.elements)
        if let offset = refusal.offset { #expect(transcript.error?.offset == start + offset) }
        let range = start...(start + refusal.content.count)
        #expect(transcript.error.map { range.contains($0.offset) } == true)
    }

    @Test("RFC 6120 §11.1: a DTD split over reads is refused, and no file content appears")
    func splitDoctype() {
        for cut in 1..<bytes(bomb).count {
            let transcript = parse(bytes(bomb), cuts: [cut])
            #expect(transcript == Transcript(events: [], error: XMLStreamError(.restrictedXML, "", offset: 21)))
        }
    }

    @Test("Codes are words of lower-case letters, digits and hyphens")
    func codes() {
        for code in XMLStreamError.Code.allCases {
            #expect(code.rawValue.allSatisfy { $0 == "-" || $0.isLowercase || $0.isNumber }, "\(code)")
        }
    }
}
