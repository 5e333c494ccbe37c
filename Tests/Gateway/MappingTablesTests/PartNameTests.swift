import MappingTables
import Testing

@Suite("Names of elements and headers")
struct PartNameTests {
    private static func text(_ value: UInt32) -> String {
        Unicode.Scalar(value).map { String(Character($0)) } ?? ""
    }

    @Test(
        "XML 1.0 §2.3: a name of an element begins with these, up to both edges of each range",
        arguments: [
            (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x2FF), (0x370, 0x37D),
            (0x37F, 0x1FFF), (0x200C, 0x200D), (0x2070, 0x218F), (0x2C00, 0x2FEF), (0x3001, 0xD7FF), (0xF900, 0xFDCF),
            (0xFDF0, 0xFFFD), (0x10000, 0xEFFFF),
        ] as [(UInt32, UInt32)]
    )
    func beginnings(first: UInt32, last: UInt32) {
        #expect(PartName.isElement(Self.text(first)) && PartName.isElement(Self.text(last)))
        #expect(!PartName.isElement(Self.text(first - 1)) && !PartName.isElement(Self.text(last + 1)))
    }

    @Test(
        "XML 1.0 §2.3: behind the first character these can stand, too",
        arguments: [(0x2D, 0x2E), (0x30, 0x39), (0xB7, 0xB7), (0x300, 0x36F), (0x203F, 0x2040)] as [(UInt32, UInt32)]
    )
    func insides(first: UInt32, last: UInt32) {
        for value in [first, last] {
            #expect(PartName.isElement("a" + Self.text(value)), "\(value)")
            #expect(!PartName.isElement(Self.text(value)), "\(value)")
        }
        for value in [0x2C, 0x2F, 0x3A, 0xB6, 0xB8, 0x203E, 0x2041] as [UInt32] {
            #expect(!PartName.isElement("a" + Self.text(value)), "\(value)")
        }
        #expect(!PartName.isElement(""))
    }

    @Test("RFC 3261 §25.1: a header of a request is a token")
    func tokens() {
        let allowed = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.!%*_+`'~".unicodeScalars)
        for value in 0...0x80 as ClosedRange<UInt32> {
            let isToken = Unicode.Scalar(value).map { allowed.contains($0) } ?? false
            #expect(PartName.isRequestHeader("X" + Self.text(value)) == isToken, "\(value)")
        }
        #expect(!PartName.isRequestHeader(""))
    }

    @Test("RFC 3862 §3.6: a header of an object has the characters of names, and so no dot")
    func names() {
        let separators = Set("()<>@,;:\\\"/[]?={} .".unicodeScalars)
        for value in 0...0x80 as ClosedRange<UInt32> {
            let isSeparator = Unicode.Scalar(value).map { separators.contains($0) } ?? true
            let isName = value > 0x20 && value < 0x7F && !isSeparator
            #expect(PartName.isObjectHeader("X" + Self.text(value)) == isName, "\(value)")
        }
        #expect(!PartName.isObjectHeader(""))
    }

    @Test("RFC 3862 §3.4: a namespace of headers is a URI")
    func namespaces() {
        for text in ["urn:example:x", "a:b", "http://example.com/a?b", "x-1.2+3:y"] {
            #expect(PartName.isNamespace(text), "\(text)")
        }
        let others = [
            "", "n", "n m", ":b", "a:", "1a:b", "a_b:c", "a:b c", "a:b#c", "a:<b", "a:b>", "a:b\u{7F}", "a:\u{1F}b",
        ]
        for text in others {
            #expect(!PartName.isNamespace(text), "\(text)")
        }
    }

    /// The findings for one row of fields, each with its place.
    private static func found(_ row: String, table: String = "t") -> [String] {
        var tables = SampleTables()
        tables.more = [(.site, SampleTables.text("fields", table, "{id: a, \(row)}"))]
        return tables.findings()
    }

    @Test(
        "a row with a name that its part cannot have is found at the name",
        arguments: [
            ("xmpp: {element: 'a b', namespace: u}, cpim: content", 29),
            ("xmpp: {element: 'a:b', namespace: u}, cpim: content", 29),
            ("xmpp: {element: a, attribute: '1', namespace: u}, cpim: content", 43),
            ("xmpp: {element: a, attribute: xmlns, namespace: u}, cpim: content", 43),
            ("xmpp: {event: 'a b', namespace: u}, pidf: note", 27),
            ("xmpp: status, pidf: {tuple: 'a b', namespace: u}", 41),
            ("xmpp: status, pidf: {status: 'a b', namespace: u}", 42),
            ("xmpp: status, pidf: {person: 'a b', namespace: u}", 42),
            ("xmpp: status, pidf: {person: a, attribute: 'b c', namespace: u}", 56),
            ("sip: {header: 'X-A: q'}, cpim: subject", 27),
            ("sip: {header: Via}, cpim: subject", 27),
            ("sip: {header: v}, cpim: subject, way: to-sip", 27),
            ("xmpp: thread, cpim: {header: 'C: D', namespace: 'urn:n'}", 42),
            ("xmpp: thread, cpim: {header: c.d, namespace: 'urn:n'}", 42),
            ("xmpp: thread, cpim: {header: C, namespace: 'n m'}", 56),
            ("xmpp: thread, cpim: {header: C, namespace: n}", 56),
            ("xmpp: thread, cpim: {header: Subject}", 42),
            ("xmpp: thread, cpim: {header: cc, namespace: 'urn:ietf:params:cpim-headers:'}, way: to-cpim", 42),
        ]
    )
    func places(row: String, column: Int) {
        #expect(Self.found(row) == ["more0:5:\(column) bad-name"])
    }

    @Test(
        "a row with names that its parts can have is no fault",
        arguments: [
            "xmpp: {element: a-b.c, namespace: n, attribute: d}, cpim: {header: C-d, namespace: 'urn:n'}",
            "xmpp: thread, cpim: {header: Subject, namespace: 'urn:n'}",
            "xmpp: thread, cpim: {header: Subject}, way: to-xmpp",
            "xmpp: thread, cpim: {annotation: a b, namespace: n m}",
            "sip: {header: X.a}, cpim: subject",
            "sip: {header: Contact}, cpim: subject, way: to-cpim",
        ]
    )
    func sound(row: String) {
        #expect(Self.found(row).isEmpty, "\(Self.found(row))")
    }

    @Test("a path with a name that nothing has is no path", arguments: ["a b", "a/1", "x:a", "a[x:b=c]", "a[b c=d]"])
    func paths(text: String) {
        #expect(ElementPath(text) == nil)
    }

    @Test("the finding says the name, what it is of, and what is expected")
    func sentence() throws {
        var tables = SampleTables()
        tables.more = [(.site, SampleTables.text("fields", "t", "{id: a, sip: {header: 'X A'}, cpim: subject}"))]
        let found = try #require(tables.compile().diagnostics.first)
        #expect(found.message == "\"X A\" cannot be the name of a header")
        #expect(found.help == "expected letters, digits and any of -.!%*_+`'~ (RFC 3261 §25.1)")
        #expect(found.severity == .error)
    }
}
