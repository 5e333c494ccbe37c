import MappingTables
import Testing

@Suite("TableCompiler: tables of values")
struct ValueProofTests {
    private static func text(_ rows: [String], _ unmapped: String = "") -> String {
        SampleTables.text("values", "t") + rows.map { "  - \($0)\n" }.joined() + unmapped
    }

    private static func found(_ text: String, _ layer: TableFile.Layer = .standard) -> [String] {
        var tables = SampleTables()
        tables.more = [(layer, text)]
        return tables.findings()
    }

    private static let equal = "{id: a, xmpp: {show: away}, pidf: {basic: open, show: away}, relation: equal}"
    private static let unmapped = "unmapped: {to-pidf: {use: a}, to-xmpp: {use: a}}\n"

    @Test("what was proved is said with the size of the sets")
    func proofs() throws {
        var tables = SampleTables()
        tables.more = [(.standard, ValueTableTests.show)]
        let proofs = try #require(tables.compile().generation).proofs
        // Two values of type by five of show; two of basic by five of show by all sets of 27 activities.
        let size = 2 * 5 * (1 << 27)
        #expect(
            proofs.contains(
                "presence.show: 3 rows map one to one, and 10 records to-pidf and \(size) records to-xmpp have their answer"
            )
        )
    }

    @Test(
        "rows that are equal both ways and not one to one are refused",
        arguments: [
            // Two give the same.
            [equal, "{id: b, xmpp: {show: xa}, pidf: {basic: open, show: away}, relation: equal}"],
            // An earlier row answers instead.
            [
                "{id: b, when: {pidf: {basic: open, show: any}}, xmpp: {show: xa}, way: to-xmpp, relation: broader}",
                equal,
            ],
        ]
    )
    func reversible(rows: [String]) {
        let found = Self.found(Self.text(rows, Self.unmapped))
        #expect(found.contains("more0:5:5 not-reversible"))
        var tables = SampleTables()
        tables.more = [(.standard, Self.text(rows, Self.unmapped))]
        #expect(tables.compile().generation == nil)
    }

    @Test("a way on which some record has no answer is refused")
    func totality() {
        #expect(Self.found(Self.text([Self.equal], Self.unmapped)).isEmpty)
        #expect(Self.found(Self.text([Self.equal], "unmapped: {to-pidf: {use: a}}\n")) == ["more0:5:5 not-total"])
        #expect(
            Self.found(Self.text([Self.equal], "unmapped: {to-pidf: {use: a}, to-xmpp: {use: {open: a}}}\n")) == [
                "more0:5:5 not-total"
            ]
        )
        let all = "{id: b, when: {xmpp: {show: any}}, pidf: {basic: open}, way: to-pidf, relation: broader}"
        #expect(Self.found(Self.text([all])).isEmpty)
    }

    @Test("a row that holds under one value of a switch only does not make a table total")
    func conditional() {
        let row =
            "{id: b, when: {xmpp: {show: any}, pres.idle: full}, pidf: {basic: open}, way: to-pidf, relation: broader}"
        let profile = "{id: p, extends: default, set: {pres.idle: off}}"
        var tables = SampleTables()
        tables.more = [(.standard, Self.text([row]))]
        #expect(tables.findings().isEmpty)
        tables.more.append((.site, SampleTables.text("profiles", nil, profile)))
        #expect(tables.findings() == ["more0:5:5 not-total"])
    }

    @Test("a row that an earlier one hides is a warning where it is shipped, and else an error")
    func hidden() {
        let any =
            "{id: b, when: {pidf: {basic: open, show: any, activities: any}}, xmpp: {show: xa}, way: to-xmpp, relation: broader}"
        let rows = [
            any,
            "{id: c, when: {pidf: {basic: open, activities: {contains: away}}}, xmpp: {show: away}, way: to-xmpp, relation: broader}",
        ]
        let unmapped = "unmapped: {to-xmpp: {use: b}}\n"
        #expect(Self.found(Self.text(rows, unmapped)) == ["more0:6:5 unreachable-row"])
        #expect(Self.found(Self.text(rows, unmapped), .site) == ["more0:6:5 shadowed-row"])
        #expect(Self.found(Self.text(rows.reversed(), unmapped)).isEmpty)
    }

    /// A row, and what is found where.
    struct Case: Sendable, CustomTestStringConvertible {
        let row: String
        var unmapped = ValueProofTests.unmapped
        let found: [String]
        var testDescription: String { row }

        init(_ row: String, _ found: String..., unmapped: String = ValueProofTests.unmapped) {
            self.row = row
            self.found = found
            self.unmapped = unmapped
        }
    }

    static let cases: [Case] = [
        Case("{id: b, xmpp: {show: awya}, pidf: {basic: open}, relation: equal}", "more0:6:26 unknown-value"),
        Case("{id: b, xmpp: {shw: xa}, pidf: {basic: open}, relation: equal}", "more0:6:20 unknown-column"),
        Case(
            "{id: b, xmpp: {show: xa}, pidf: {basic: open, activities: [awy]}, relation: equal}",
            "more0:6:64 unknown-value"
        ),
        Case("{id: b, xmpp: {show: [xa]}, pidf: {basic: open}, relation: equal}", "more0:6:26 wrong-type"),
        Case(
            "{id: b, xmpp: {show: xa}, pidf: {basic: open, activities: {contains: away}}, relation: equal}",
            "more0:6:63 wrong-type"
        ),
        Case("{id: b, xmpp: {show: xa}, pidf: {basic: open, im: xa}}", "more0:6:5 missing-column"),
        Case("{id: b, xmpp: {show: xa}, relation: equal}", "more0:6:5 missing-column"),
        Case(
            "{id: b, xmpp: xa, pidf: {basic: open, im: xa}, relation: equal}",
            "more0:6:5 missing-column",
            "more0:6:19 wrong-type"
        ),
        Case(
            "{id: b, xmpp: {show: xa}, pidf: {basic: open, im: xa}, relation: equal, way: to-sip}",
            "more0:6:82 unknown-value"
        ),
        Case(
            "{id: b, when: {xmpp: {show: xa}}, pidf: {basic: open, im: xa}, relation: equal}",
            "more0:6:5 unknown-value"
        ),
        Case(
            "{id: b, when: {pidf: {mood: other}}, xmpp: {text: {from: other}}, way: to-xmpp, relation: equal}",
            "more0:6:62 unknown-column"
        ),
        Case(
            "{id: b, xmpp: {show: xa}, pidf: {basic: open, im: xa}, relation: equal, loss: presence.actvity}",
            "more0:6:83 unknown-value"
        ),
        Case(
            "{id: b, xmpp: {condition: gone}, sip: {reason: rejected}, way: to-sip, relation: broader}",
            "more0:6:5 unknown-column"
        ),
        Case(
            "{id: b, xmpp: {show: xa}, pidf: {basic: open, im: xa}, relation: equal}",
            "more0:7:27 unknown-value",
            unmapped: "unmapped: {to-pidf: {use: lost}, to-xmpp: {use: a}}\n"
        ),
        Case(
            "{id: b, xmpp: {show: xa}, pidf: {basic: open, im: xa}, relation: equal}",
            "more0:7:46 unknown-value",
            unmapped: "unmapped: {to-pidf: {use: a}, to-xmpp: {use: {ajar: a}}}\n"
        ),
        Case(
            "{id: b, xmpp: {show: xa}, pidf: {basic: open, im: xa}, relation: equal}",
            "more0:7:21 missing-column",
            unmapped: "unmapped: {to-pidf: {loss: presence.mood}, to-xmpp: {use: a}}\n"
        ),
    ]

    @Test("each fault has its code and its place", arguments: cases)
    func code(_ expected: Case) {
        #expect(Self.found(Self.text([Self.equal, expected.row], expected.unmapped)) == expected.found)
    }

    @Test("the nearest word is named, with the document that lists it")
    func nearest() throws {
        var tables = SampleTables()
        let row = "{id: b, xmpp: {show: awya}, pidf: {basic: open}, relation: equal}"
        tables.more = [(.standard, Self.text([row], Self.unmapped))]
        let found = try #require(tables.compile().diagnostics.first)
        #expect(found.message == "\"awya\" is not an XMPP show value")
        #expect(found.help == "did you mean \"away\"? expected one of away, chat, dnd, xa (RFC 6121 §4.7.2.1)")
    }

    @Test("rows of documents name one part, its namespace, and a path that can be read")
    func parts() {
        func found(_ pidf: String, _ rest: String = "") -> [String] {
            var tables = SampleTables()
            let row = "{id: a, xmpp: status, pidf: \(pidf)\(rest)}"
            tables.more = [(.standard, SampleTables.text("fields", "presence.fields", row))]
            return tables.findings()
        }
        #expect(found("{person: mood, namespace: n}").isEmpty)
        #expect(found("{person: mood}") == ["more0:5:33 missing-column"])
        #expect(found("{namespace: n}") == ["more0:5:33 missing-column"])
        #expect(found("{person: a, tuple: b, namespace: n}") == ["more0:5:33 missing-column"])
        #expect(found("{person: mood, namespace: n, child: '*/a'}") == ["more0:5:69 bad-pattern"])
        #expect(found("nte") == ["more0:5:33 unknown-field"])
        #expect(found("note", ", convert: values, on-error: drop") == ["more0:5:5 missing-column"])
        #expect(found("note", ", convert: values, values: moods, on-error: drop") == ["more0:5:64 unknown-table"])
        #expect(found("note", ", way: to-cpim") == ["more0:5:44 unknown-value"])
    }
}
