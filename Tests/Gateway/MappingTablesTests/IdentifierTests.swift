import MappingTables
import Testing

@Suite("Generation: its name")
struct IdentifierTests {
    private func identifier(_ change: (inout SampleTables) -> Void) throws -> String {
        var tables = SampleTables()
        change(&tables)
        return try #require(tables.compile().generation).identifier
    }

    @Test("comments, layout, quotes, the order of columns and tests do not name a generation")
    func independent() throws {
        let plain = try identifier { _ in }
        #expect(try identifier { $0.addresses = "# A comment.\n" + $0.addresses + "  # Another." } == plain)
        #expect(
            try identifier {
                $0.addresses = """
                    kind: addresses
                    about: What it is.
                    table: addresses
                    format: "isthmus-mapping/1"
                    rows:
                      - cpim: '{user}@{domain}'
                        xmpp: '{user}@{domain}'
                        about: A row.
                        id: same
                    tests:
                      - {name: n, given: {xmpp: a@b}, expect: {cpim: 'sip:a@b'}}
                    """
            } == plain
        )
    }

    @Test("a file without rows does not name a generation, however that is written")
    func empty() throws {
        let plain = try identifier { _ in }
        let head = "format: isthmus-mapping/1\ntable: loss\nkind: loss\n"
        let test = "tests:\n  - {name: n, given: {loss: message.html}, expect: {do: note}}\n"
        for text in [head, head + "rows:\n", head + "rows: []\n", head + "about: Nothing.\n", head + test] {
            for layer in [TableFile.Layer.site, .standard, .peer("a.example")] {
                #expect(try identifier { $0.more = [(layer, text)] } == plain, "\(text)")
            }
        }
        // What holds without rows counts.
        let routes = "format: isthmus-mapping/1\ntable: mine\nkind: routes\n"
        let otherwise = try identifier {
            $0.more = [(.site, routes + "otherwise: {profile: default, set: {msg.carrier: sip}}\n")]
        }
        let values = "format: isthmus-mapping/1\ntable: mine\nkind: values\n"
        let unmapped = try identifier { $0.more = [(.site, values + "unmapped: {to-pidf: {use: none}}\n")] }
        #expect(Set([plain, otherwise, unmapped]).count == 3)
    }

    @Test("a value, a row and a folder name a generation")
    func dependent() throws {
        let plain = try identifier { _ in }
        let changed = try [
            identifier {
                $0.routes = $0.routes.replacing(
                    "{profile: default}",
                    with: "{profile: default, set: {msg.carrier: auto}}"
                )
            },
            identifier { $0.fields = $0.fields.replacing("id: body", with: "id: text") },
            identifier { $0.more = [(.site, SampleTables.text("routes", nil, "{id: a, match: {domain: a.example}}"))] },
            identifier {
                $0.more = [
                    (.peer("a.example"), SampleTables.text("routes", nil, "{id: a, match: {domain: a.example}}"))
                ]
            },
            identifier {
                $0.more = [
                    (.peer("b.example"), SampleTables.text("routes", nil, "{id: a, match: {domain: a.example}}"))
                ]
            },
        ]
        #expect(Set(changed + [plain]).count == 6)
    }

    @Test("the order of rows names a generation, for the first that matches wins")
    func order() throws {
        let one = "{id: a, match: {domain: '*.b.example'}, set: {msg.carrier: sip}}"
        let other = "{id: b, match: {domain: a.c.example}}"
        let first = try identifier { $0.more = [(.site, SampleTables.text("routes", nil, one, other))] }
        let second = try identifier { $0.more = [(.site, SampleTables.text("routes", nil, other, one))] }
        #expect(first != second)
    }

    @Test("tests are kept with their table, peer, profile, switches and context")
    func tests() throws {
        var tables = SampleTables()
        let test =
            "{name: n, given: {a: b}, expect: {c: d}, and-back: {e: f}, profile: p, set: {msg.carrier: sip}, context: [x, y]}"
        tables.more = [(.peer("a.example"), SampleTables.text("loss", nil) + "tests:\n  - \(test)\n")]
        let found = try #require(tables.compile().generation?.tests.first)
        #expect(found.name == "n" && found.table == "loss" && found.kind == .loss && found.peer == "a.example")
        #expect(found.profile == "p" && found.settings.map(\.name) == ["msg.carrier"] && found.context == ["x", "y"])
        #expect(found.given["a"]?.text == "b" && found.expect["c"]?.text == "d" && found.andBack?["e"]?.text == "f")
        #expect(found.position == SourcePosition(file: "more0", line: 6, column: 5))
    }
}
