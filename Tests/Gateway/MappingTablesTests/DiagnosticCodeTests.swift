import MappingTables
import Testing

@Suite("TableCompiler: what it finds")
struct DiagnosticCodeTests {
    @Test("tables in which nothing is wrong compile without a word")
    func clean() throws {
        let result = SampleTables().compile()
        #expect(result.diagnostics.isEmpty)
        #expect(result.generation != nil)
    }

    /// A file, the folder, and what is found where.
    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        var layer = TableFile.Layer.site
        let found: [String]
        var testDescription: String { found.joined(separator: ", ") }

        init(_ text: String, _ layer: TableFile.Layer = .site, _ found: String...) {
            self.text = text
            self.layer = layer
            self.found = found
        }
    }

    private static func fields(_ row: String, _ table: String = "message.xmpp") -> String {
        "format: isthmus-mapping/1\ntable: \(table)\nkind: fields\nrows:\n  - \(row)"
    }

    private static func fieldPair(_ first: String, _ second: String) -> String {
        fields("{id: a, \(first)}") + "\n  - {id: b, \(second)}"
    }

    private static let hidden = "more0:6:5 shadowed-row"

    @Test(
        "A row of fields that is left something is no fault",
        arguments: [
            ("xmpp: thread, cpim: thread, way: to-cpim", "xmpp: thread, cpim: thread"),
            ("xmpp: thread, cpim: thread, when: {msg.html: plain}", "xmpp: thread, cpim: thread"),
            ("xmpp: html, cpim: html, convert: html, on-error: drop", "xmpp: html, cpim: html"),
            ("xmpp: id, cpim: thread", "xmpp: thread, cpim: thread"),
            ("xmpp: cc, cpim: cc, convert: copy", "xmpp: cc, cpim: cc, convert: line"),
            ("xmpp: thread, cpim: {header: T, namespace: 'n:n'}", "xmpp: id, cpim: {header: T, namespace: 'n:n'}"),
            (
                "xmpp: thread, cpim: {header: T, namespace: 'n:n'}, way: to-cpim",
                "xmpp: thread, cpim: {header: T, namespace: 'n:n'}"
            ),
            (
                "xmpp: delay, cpim: date-time, convert: date-time, on-error: drop",
                "xmpp: delay, cpim: date-time, convert: date-time, on-error: keep"
            ),
            (
                "xmpp: {element: a, namespace: n}, cpim: {header: T, namespace: 'n:n'}, when: {msg.html: plain}",
                "xmpp: {element: a, namespace: n}, cpim: {header: T, namespace: 'n:n'}"
            ),
        ]
    )
    func reachable(first: String, second: String) {
        var tables = SampleTables()
        tables.more = [(.site, Self.fieldPair(first, second))]
        let found = tables.findings()
        #expect(found.isEmpty, "\(found)")
    }

    static let cases: [Case] = [
        // Heads.
        Case("format: isthmus-mapping/2\ntable: t\nkind: loss", .site, "more0:1:9 unknown-format"),
        Case("table: t\nkind: loss", .site, "more0:1:1 missing-column"),
        Case("format: isthmus-mapping/1\ntable: t\nkind: valeus", .site, "more0:3:7 unknown-value"),
        Case("format: isthmus-mapping/1\ntable: errors\nkind: loss", .site, "more0:3:7 wrong-kind"),
        Case("format: isthmus-mapping/1\ntable: t\nkind: loss\nrow: []", .site, "more0:4:1 unknown-column"),
        Case("format: isthmus-mapping/1\ntable: t\nkind: loss\nrows: x", .site, "more0:4:7 wrong-type"),
        Case("format: isthmus-mapping/1\ntable: t\nkind: addresses", .peer("a.example"), "more0:1:1 not-for-peers"),
        Case(
            "format: isthmus-mapping/1\ntable: r\nkind: routes\notherwise: {profile: default}",
            .peer("a.example"),
            "more0:4:12 not-for-peers"
        ),
        Case(
            "format: isthmus-mapping/1\ntable: t\nkind: loss\ntests:\n  - {name: x, given: {a: b}}",
            .site,
            "more0:5:5 missing-column"
        ),
        // Rows.
        Case(SampleTables.text("loss", "t", "x"), .site, "more0:5:5 wrong-type"),
        Case(SampleTables.text("loss", "t", "{do: note}"), .site, "more0:5:5 missing-column"),
        Case(SampleTables.text("loss", nil, "{id: message.part, do: note}"), .site, "more0:5:10 duplicate-row"),
        Case(
            SampleTables.text("loss", nil, "{id: message.part, do: note, overrides: message.prat}"),
            .site,
            "more0:5:10 duplicate-row"
        ),
        Case(
            SampleTables.text("loss", nil, "{id: mine, do: note, overrides: message.prat}"),
            .site,
            "more0:5:10 unknown-loss",
            "more0:5:37 unknown-override"
        ),
        // A row that is out by its id has its other faults in the same run.
        Case(
            SampleTables.text("loss", nil, "{id: message.part, do: nite}"),
            .site,
            "more0:5:10 duplicate-row",
            "more0:5:28 unknown-value"
        ),
        Case(
            SampleTables.text("loss", "t", "{do: nite, why: x}"),
            .site,
            "more0:5:5 missing-column",
            "more0:5:10 unknown-value",
            "more0:5:16 unknown-column"
        ),
        // Rows of fields that an earlier one leaves nothing.
        Case(fieldPair("xmpp: thread, cpim: thread", "xmpp: thread, cpim: thread, convert: line"), .site, hidden),
        Case(
            fieldPair(
                "xmpp: thread, cpim: thread",
                "xmpp: thread, cpim: thread, way: to-xmpp, when: {msg.html: plain}"
            ),
            .site,
            hidden
        ),
        Case(
            fieldPair("xmpp: thread, cpim: thread", "xmpp: thread, cpim: thread, way: to-xmpp"),
            .standard,
            "more0:6:5 unreachable-row"
        ),
        // Rows of fields that do what an earlier one does, where values are gathered.
        Case(
            fieldPair(
                "xmpp: {element: a, namespace: n}, cpim: {header: A, namespace: 'n:n'}",
                "xmpp: {element: a, namespace: n}, cpim: {header: A, namespace: 'n:n'}"
            ),
            .site,
            hidden
        ),
        Case(
            fieldPair(
                "xmpp: {element: a, namespace: n}, cpim: {header: A, namespace: 'n:n'}",
                "xmpp: {element: a, namespace: n}, cpim: {header: A, namespace: 'n:n'}, way: to-xmpp, when: {msg.html: plain}"
            ),
            .standard,
            "more0:6:5 unreachable-row"
        ),
        // Parts, elements as a whole, and events.
        Case(
            fields("{id: a, xmpp: {element: e, namespace: u}, cpim: {part: calendar}}"),
            .site,
            "more0:5:60 bad-pattern"
        ),
        Case(
            fields("{id: a, xmpp: {element: e, namespace: u}, cpim: {part: 'text/x; a'}}"),
            .site,
            "more0:5:60 bad-pattern"
        ),
        Case(
            fields("{id: a, xmpp: {element: e, namespace: u}, cpim: {part: text/plain}}"),
            .site,
            "more0:5:60 bad-pattern"
        ),
        Case(
            fields("{id: a, xmpp: {element: e, namespace: u}, cpim: {part: multipart/mixed}}"),
            .site,
            "more0:5:60 bad-pattern"
        ),
        Case(
            fields("{id: a, xmpp: {element: e, namespace: u}, cpim: {part: image/*}}"),
            .site,
            "more0:5:53 bad-pattern"
        ),
        Case(
            fields("{id: a, xmpp: {element: e, namespace: u}, cpim: {part: a/b, as: hex}}"),
            .site,
            "more0:5:69 unknown-value"
        ),
        Case(
            fields("{id: a, xmpp: {element: e, namespace: u}, cpim: {part: a/b, place: top}}"),
            .site,
            "more0:5:72 unknown-value"
        ),
        Case(
            fields("{id: a, xmpp: {element: e, namespace: u}, cpim: {part: a/b, namespace: x, size: 1}}"),
            .site,
            "more0:5:76 unknown-column",
            "more0:5:79 unknown-column"
        ),
        Case(
            fields("{id: a, xmpp: {element: e, namespace: u, as: xml, child: c}, cpim: {part: a/b}}"),
            .site,
            "more0:5:19 unknown-column"
        ),
        Case(
            fields("{id: a, xmpp: {event: e, namespace: u}, cpim: {part: a/b}}"),
            .site,
            "more0:5:19 unknown-column"
        ),
        Case(
            fields(
                "{id: a, xmpp: {event: e, element: e, namespace: u}, pidf: {person: e, namespace: u}}",
                "presence.fields"
            ),
            .site,
            "more0:5:39 unknown-column"
        ),
        Case(
            fields("{id: a, xmpp: {element: e, namespace: u, child: 'c[a]'}, cpim: {part: a/b}}"),
            .site,
            "more0:5:53 bad-pattern"
        ),
        // Losses.
        Case(SampleTables.text("loss", "t", "{id: message.nothing, do: note}"), .site, "more0:5:10 unknown-loss"),
        Case(
            SampleTables.text("loss", nil, "{id: message.part, overrides: message.part, do: tell}"),
            .site,
            "more0:5:53 unknown-value"
        ),
        // Addresses.
        Case(
            SampleTables.text("addresses", "t", "{id: a, xmpp: 'user@x', cpim: '{user}@y'}"),
            .site,
            "more0:5:19 bad-pattern"
        ),
        Case(
            SampleTables.text("addresses", "t", "{id: a, xmpp: '{user}@x', cpim: '{phone}@y'}"),
            .site,
            "more0:5:5 bad-pattern"
        ),
        Case(
            SampleTables.text("addresses", "t", "{id: a, xmpp: '{phone}@{domain}', cpim: '{phone}@{domain}'}"),
            .site,
            "more0:5:5 bad-pattern"
        ),
        Case(
            SampleTables.text("addresses", "t", "{id: a, xmpp: '{user}@x', cpim: '{user}@{domain}'}"),
            .site,
            "more0:5:5 bad-pattern"
        ),
        Case(
            SampleTables.text("addresses", "t", "{id: a, xmpp: '{user}@x', cpim: '{user}@y'}"),
            .site,
            "more0:5:5 not-reversible"
        ),
        Case(
            SampleTables.text("addresses", nil, "{id: a, overrides: same, xmpp: '{user}@x', cpim: '{user}@y'}"),
            .site,
            "more0:5:5 not-total"
        ),
        // Routes and profiles.
        Case(SampleTables.text("routes", "r", "{id: a, match: {domain: 'a b'}}"), .site, "more0:5:29 bad-pattern"),
        Case(SampleTables.text("routes", "r", "{id: a}"), .site, "more0:5:5 missing-column"),
        Case(
            SampleTables.text("routes", "r", "{id: a, match: {domain: a.example}, profile: stx}"),
            .site,
            "more0:5:50 unknown-profile"
        ),
        Case(
            SampleTables.text("routes", "r", "{id: a, match: {domain: a.example}, set: {msg.carier: cpim}}"),
            .site,
            "more0:5:47 unknown-switch"
        ),
        Case(
            SampleTables.text("routes", "r", "{id: a, match: {domain: a.example}, set: {msg.carrier: cpi}}"),
            .site,
            "more0:5:60 unknown-value"
        ),
        Case(
            SampleTables.text(
                "routes",
                "r",
                "{id: a, match: {domain: '*.example'}}",
                "{id: b, match: {domain: x.example}}"
            ),
            .site,
            "more0:6:5 unreachable-row"
        ),
        Case(SampleTables.text("profiles", nil, "{id: p, set: {msg.carrier: cpim}}"), .site, "more0:5:5 not-total"),
        Case(
            SampleTables.text("profiles", nil, "{id: p, extends: nobody}"),
            .site,
            "more0:5:5 not-total",
            "more0:5:22 unknown-profile"
        ),
        Case(
            SampleTables.text("profiles", nil, "{id: p, extends: q}", "{id: q, extends: p}"),
            .site,
            "more0:5:5 not-total",
            "more0:5:22 profile-cycle",
            "more0:6:5 not-total",
            "more0:6:22 profile-cycle"
        ),
        Case(
            SampleTables.text("profiles", nil, "{id: p, extends: default, tables: {message.xmpp: loss}}"),
            .site,
            "more0:5:54 unknown-table"
        ),
        // Errors.
        Case(
            SampleTables.text(
                "errors",
                "e",
                "{id: a, sip: {status: 200}, xmpp: {condition: gone, type: cancel}, way: to-xmpp}"
            ),
            .site,
            "more0:5:27 unknown-value"
        ),
        Case(
            SampleTables.text(
                "errors",
                "e",
                "{id: a, sip: {status: 404}, xmpp: {condition: lost, type: cancel}, way: to-xmpp}"
            ),
            .site,
            "more0:5:5 missing-column",
            "more0:5:51 unknown-value"
        ),
        Case(
            SampleTables.text(
                "errors",
                "e",
                "{id: a, sip: {status: 404}, xmpp: {condition: gone, type: no}, way: to-xmpp}"
            ),
            .site,
            "more0:5:5 missing-column",
            "more0:5:63 unknown-value"
        ),
        Case(
            SampleTables.text("errors", "e", "{id: a, sip: {status: 4xx}, xmpp: {condition: gone}, way: to-sip}"),
            .site,
            "more0:5:5 missing-column"
        ),
        Case(
            SampleTables.text(
                "errors",
                "e",
                "{id: a, gateway: opps, sip: {status: 404}, xmpp: {condition: gone, type: cancel}, text: t}"
            ),
            .site,
            "more0:5:22 unknown-value"
        ),
        Case(
            SampleTables.text(
                "errors",
                "e",
                "{id: a, sip: {status: 5xx}, xmpp: {condition: gone, type: cancel}, way: to-xmpp}"
            ),
            .site,
            "more0:5:5 shadowed-row"
        ),
        Case(
            SampleTables.text(
                "errors",
                "e",
                "{id: a, sip: {status: 5xx}, xmpp: {condition: gone, type: cancel}, way: to-xmpp}"
            ),
            .standard,
            "more0:5:5 unreachable-row"
        ),
        Case(
            SampleTables.text(
                "errors",
                "e",
                "{id: a, sip: {status: 404}, xmpp: {condition: gone, type: cancel}, way: to-xmpp, when: {err.auth: no}}"
            ),
            .site,
            "more0:5:103 unknown-value"
        ),
        // Fields.
        Case(SampleTables.text("fields", "f", "{id: a, xmpp: bdy, cpim: content}"), .site, "more0:5:19 unknown-field"),
        Case(SampleTables.text("fields", "f", "{id: a, xmpp: body}"), .site, "more0:5:5 missing-column"),
        Case(
            SampleTables.text("fields", "f", "{id: a, xmpp: body, cpim: content, convert: txt}"),
            .site,
            "more0:5:49 unknown-value"
        ),
        Case(
            SampleTables.text("fields", "f", "{id: a, xmpp: html, cpim: html, convert: html}"),
            .site,
            "more0:5:5 missing-column"
        ),
        Case(
            SampleTables.text("fields", "f", "{id: a, xmpp: body, cpim: content, way: to-sip}"),
            .site,
            "more0:5:45 unknown-value"
        ),
        Case(
            SampleTables.text("fields", "f", "{id: a, xmpp: {element: e}, cpim: content}"),
            .site,
            "more0:5:19 missing-column"
        ),
        Case(
            SampleTables.text("fields", "f", "{id: a, xmpp: {element: e, namespace: n, atribute: x}, cpim: content}"),
            .site,
            "more0:5:46 unknown-column"
        ),
        Case(
            SampleTables.text("fields", "f", "{id: a, xmpp: body, cpim: {annotation: x}}"),
            .site,
            "more0:5:31 missing-column"
        ),
        Case(
            SampleTables.text("fields", "f", "{id: a, xmpp: body, cpim: content, loss: message.htm}"),
            .site,
            "more0:5:46 unknown-value"
        ),
        Case(
            SampleTables.text("fields", "f", "{id: a, xmpp: cc, cpim: cc, way: to-cpim}"),
            .site,
            "more0:5:19 unknown-field"
        ),
    ]

    @Test("each fault has its code and its place", arguments: cases)
    func code(_ expected: Case) {
        var tables = SampleTables()
        tables.more = [(expected.layer, expected.text)]
        #expect(tables.findings() == expected.found)
    }

    @Test("a row of the site's that takes what a shipped one takes is the one that is named")
    func hidesAnother() throws {
        func row(_ text: String) -> String { "{\(text), xmpp: {condition: gone, type: cancel}, way: to-xmpp}" }
        var tables = SampleTables()
        let shipped = [row("id: s403, sip: {status: 403}"), row("id: s404, sip: {status: 404}")]
        tables.more = [
            (.standard, SampleTables.text("errors", "e", shipped[0], shipped[1])),
            (.site, SampleTables.text("errors", "e", row("id: mine, overrides: s403, sip: {status: 404}"))),
        ]
        let result = tables.compile()
        #expect(result.generation != nil && result.diagnostics.count == 1)
        let found = try #require(result.diagnostics.first)
        #expect("\(found.position) \(found.severity.rawValue) \(found.code)" == "more1:5:5 warning unreachable-row")
        #expect(found.message == "this row takes all that \"s404\" at more0:6:5 matches, which is never reached")
        #expect(found.help?.contains("replace \"s404\"") == true)
    }

    @Test("a warning leaves a generation, an error leaves none")
    func severity() {
        var tables = SampleTables()
        tables.more = [
            (
                .standard,
                SampleTables.text(
                    "errors",
                    "e",
                    "{id: a, sip: {status: 5xx}, xmpp: {condition: gone, type: cancel}, way: to-xmpp}"
                )
            )
        ]
        #expect(tables.compile().generation != nil)
        #expect(tables.compile().diagnostics.map(\.severity) == [.warning])
        tables.more[0].layer = .site
        #expect(tables.compile().generation == nil)
    }

    @Test("no file says what holds for all others")
    func withoutOtherwise() {
        var tables = SampleTables()
        tables.routes = "format: isthmus-mapping/1\ntable: routes\nkind: routes"
        #expect(tables.findings() == ["addresses:1:1 not-total"])
    }

    @Test("a profile default has to be there")
    func withoutDefault() {
        var tables = SampleTables()
        tables.profiles = tables.profiles.replacing("id: default", with: "id: other")
        #expect(tables.findings().contains("profiles:5:5 not-total"))
    }

    @Test("the nearest word is named, and the text of a finding is stable")
    func rendered() throws {
        var tables = SampleTables()
        let row = "{id: a, xmpp: bdy, cpim: content}"
        tables.more = [(.site, SampleTables.text("fields", "f", row))]
        let found = try #require(tables.compile().diagnostics.first)
        let text = found.rendered(line: "  - " + row).split(separator: "\n").map { String($0) }
        #expect(text[0] == "more0:5:19: error: \"bdy\" is not a field of xmpp that this row can use [unknown-field]")
        #expect(text[1] == "     5 |   - {id: a, xmpp: bdy, cpim: content}")
        #expect(text[2] == "       |                   ^~~")
        #expect(text[3].hasPrefix("  help: did you mean \"body\"? expected one of from, to, id, "))
    }

    @Test("all findings of all files come in one run, sorted by place")
    func sorted() {
        var tables = SampleTables()
        tables.more = [
            (.site, SampleTables.text("loss", "t", "{id: message.nothing, do: note}")),
            (.site, SampleTables.text("fields", "f", "{id: a, xmpp: bdy, cpim: contet}")),
        ]
        #expect(
            tables.findings() == ["more0:5:10 unknown-loss", "more1:5:19 unknown-field", "more1:5:30 unknown-field"]
        )
    }
}
