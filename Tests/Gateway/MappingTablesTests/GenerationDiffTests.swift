import MappingTables
import Testing

/// What differs between two sets of files.
@Suite("GenerationDiff")
struct GenerationDiffTests {
    private func scalar(_ text: String, _ line: Int, quoted: Bool = false) -> MappingNode {
        MappingNode(.scalar(text, quoted ? .quoted : .plain), at: SourcePosition(file: "f.yaml", line: line, column: 3))
    }

    private func map(_ pairs: [(String, MappingNode)], _ line: Int, _ file: String = "f.yaml") -> MappingNode {
        MappingNode(
            .mapping(pairs.map { (key: scalar($0.0, line), value: $0.1) }),
            at: SourcePosition(file: file, line: line, column: 3)
        )
    }

    /// A table with rows of one column each, a row a line from line 5 on.
    private func file(
        _ rows: [(String, String)],
        _ layer: TableFile.Layer = .site,
        name: String = "f.yaml",
        more: [(String, MappingNode)] = []
    ) -> TableFile {
        let nodes = rows.enumerated().map { index, row in
            map([("id", scalar(row.0, index)), ("do", scalar(row.1, index))], index + 5, name)
        }
        let list = MappingNode(.sequence(nodes), at: SourcePosition(file: name, line: 4, column: 1))
        return TableFile(layer: layer, root: map([("table", scalar("loss", 1)), ("rows", list)] + more, 1, name))
    }

    private func kinds(_ before: [TableFile], _ after: [TableFile]) -> [String] {
        GenerationDiff(before, after).changes.map { "\($0.kind.rawValue) \($0.row)" }
    }

    @Test("Files that say the same do not differ, wherever rows stand and however words are quoted")
    func same() {
        let quoted = map([("id", scalar("a", 1, quoted: true)), ("do", scalar("note", 1))], 9)
        let list = MappingNode(.sequence([quoted]), at: quoted.position)
        let other = TableFile(layer: .site, root: map([("table", scalar("loss", 1)), ("rows", list)], 1))
        #expect(kinds([file([("a", "note")])], [other]) == [])
        let about = file([("a", "note")], more: [("about", scalar("x", 1)), ("tests", scalar("y", 1))])
        #expect(kinds([file([("a", "note")])], [about]) == [])
    }

    @Test("Rows are added, removed and changed, with their columns before and after and both places")
    func changed() throws {
        let diff = GenerationDiff([file([("a", "note"), ("b", "tell")])], [file([("c", "note"), ("a", "refuse")])])
        let kinds = diff.changes.map { "\($0.kind.rawValue) \($0.row)" }
        #expect(kinds == ["added loss.c", "changed loss.a", "removed loss.b"])
        let change = diff.changes[1]
        #expect(change.columns.map(\.name) == ["do"])
        #expect(change.columns.first?.before == "note" && change.columns.first?.after == "refuse")
        #expect(change.before?.line == 5 && change.after?.line == 6)
        #expect(diff.changes[0].before == nil && diff.changes[2].after == nil)
        #expect(diff.changes[0].columns.map(\.name) == ["do", "id"])
    }

    @Test("Of rows in another order the fewest are said to have moved; another file alone moves nothing")
    func moved() {
        let before = file([("a", "note"), ("b", "note"), ("c", "note"), ("d", "note")])
        let after = file([("d", "note"), ("a", "note"), ("b", "note"), ("c", "note")])
        #expect(kinds([before], [after]) == ["moved loss.d"])
        let halves = [file([("a", "note"), ("b", "note")], name: "g.yaml"), file([("c", "note"), ("d", "note")])]
        #expect(kinds([before], halves) == [])
    }

    @Test("The same row for one neighbor and for all is two rows")
    func peers() {
        let peer = file([("a", "note")], .peer("example.net"))
        let changes = GenerationDiff([file([("a", "note")])], [file([("a", "note")]), peer]).changes
        #expect(changes.map(\.kind) == [.added])
        #expect(changes.map(\.peer) == ["example.net"])
    }

    @Test("What stands beside rows counts as a row of its own")
    func unmapped() {
        let node = { (use: String) in self.map([("use", self.scalar(use, 2))], 2) }
        let before = file([], more: [("unmapped", node("x"))])
        #expect(kinds([before], [file([], more: [("unmapped", node("y"))])]) == ["changed loss.(unmapped)"])
    }

    @Test("A long value is shortened at 1,000 scalars")
    func long() throws {
        let exact = String(repeating: "x", count: 1_000)
        let diff = GenerationDiff([file([("a", exact)])], [file([("a", exact + "y")])])
        let column = try #require(diff.changes.first?.columns.first)
        #expect(column.before == exact)
        #expect(column.after == exact + "…")
    }
}
