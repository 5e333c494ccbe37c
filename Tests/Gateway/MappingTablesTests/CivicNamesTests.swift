import MappingTables
import Testing

@Suite("CivicNames")
struct CivicNamesTests {
    private static let address = ["HNO": "123", "A6": "Broadway", "A4": "Manhattan", "A5": "Heights"]

    @Test(
        "RFC 4119 §2.2.1: the texts of parts are joined by blanks or commas, without those that are missing",
        arguments: [
            ("A6", "Broadway"), ("HNO+A6", "123 Broadway"), ("HNO+HNS+PRD+A6+POD", "123 Broadway"),
            ("A5,A4", "Heights, Manhattan"), ("A3,A4", "Manhattan"), ("A3", nil), ("A1,A2", nil), ("a6", nil),
        ]
    )
    func joined(text: String, expected: String?) throws {
        #expect(try #require(CivicNames(text)).joined { Self.address[$0] } == expected)
    }

    @Test(
        "what names no part is refused",
        arguments: ["", "+", "A1+", ",A1", "A1,,A2", "A1+A2,A3", "A 1", "1A", "Ä1", "A1/A2", "*", "A-1"]
    )
    func refused(text: String) {
        #expect(CivicNames(text) == nil)
    }

    @Test("one row joins at most 16 parts")
    func most() {
        let names = (0..<16).map { "X\($0)" }.joined(separator: "+")
        #expect(CivicNames(names)?.names.count == 16)
        #expect(CivicNames(names + "+Y") == nil)
    }

    private func findings(_ columns: String) -> [String] {
        var tables = SampleTables()
        tables.more = [
            (
                .site,
                SampleTables.text(
                    "fields",
                    "presence.fields",
                    "{id: a, xmpp: {element: g, namespace: 'urn:g', child: t}, \(columns)}"
                )
            )
        ]
        return tables.compile().diagnostics.map { "\($0.position.column) \($0.code)" }
    }

    @Test("parts that are joined can be read and not written")
    func ways() {
        #expect(findings("pidf: {civic: A3}") == [])
        #expect(findings("pidf: {civic: A2+A1}, way: to-xmpp") == [])
        #expect(findings("pidf: {civic: A2+A1}").map { $0.hasSuffix(" bad-pattern") } == [true])
        #expect(findings("pidf: {civic: A2+A1}, way: to-pidf").map { $0.hasSuffix(" bad-pattern") } == [true])
    }

    @Test("what is no name of a part, and what stands beside one, is named")
    func wrong() {
        #expect(findings("pidf: {civic: A 3}").map { $0.hasSuffix(" bad-pattern") } == [true])
        #expect(findings("pidf: {civic: A3, attribute: x}").map { $0.hasSuffix(" unknown-column") } == [true])
        #expect(findings("pidf: {civic: [A3]}").map { $0.hasSuffix(" wrong-type") } == [true])
    }

    @Test("numbers of a location can be dropped, and their converters say what happens then")
    func converters() {
        for converter in ["latitude", "longitude", "meters", "distance", "country", "web"] {
            #expect(findings("pidf: latitude, convert: \(converter), on-error: drop") == [])
            #expect(
                findings("pidf: latitude, convert: \(converter)").map { $0.hasSuffix(" missing-column") } == [true]
            )
        }
    }
}
