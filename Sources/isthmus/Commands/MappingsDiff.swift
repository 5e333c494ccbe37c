import ArgumentParser
import GatewayDaemon
import MappingTables

/// Shows which rows differ.
struct MappingsDiff: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show which rows two sets of tables differ in: added, removed, changed or moved.",
        discussion: """
            Without names the tables in force are compared with the files on disk; with one name, those tables with \
            the files. A name is an identifier or its first digits, active, or files.

            Example: isthmus mappings diff --config gateway.yaml
            Example: isthmus mappings diff 3f2a active --config gateway.yaml
            """
    )

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions

    @Argument(help: ArgumentHelp("The tables before; those in force without it.", valueName: "before"))
    var before = NamedTables.active

    @Argument(help: ArgumentHelp("The tables after; the files on disk without it.", valueName: "after"))
    var after = NamedTables.onDisk

    private struct View: Encodable {
        let before: String?
        let after: String?
        let rows: [Row]

        struct Row: Encodable {
            let row: String
            let change: String
            let peer: String?
            let before: String?
            let after: String?
            let columns: [Column]
        }

        struct Column: Encodable {
            let column: String
            let before: String?
            let after: String?
        }
    }

    func run() throws {
        let store = try OpenStore(config: options.config)
        let one = try NamedTables(before, store)
        let other = try NamedTables(after, store)
        let changes = GenerationDiff(one.files, other.files).changes
        let rows = changes.map { change in
            View.Row(
                row: change.row,
                change: change.kind.rawValue,
                peer: change.peer,
                before: change.before.map(one.place),
                after: change.after.map(other.place),
                columns: change.columns.map { View.Column(column: $0.name, before: $0.before, after: $0.after) }
            )
        }
        if output.json { return Output.json(View(before: one.identifier, after: other.identifier, rows: rows)) }
        for row in rows { show(row) }
        let counts = GenerationDiff.Change.Kind.allCases.compactMap { kind in
            let count = changes.count { $0.kind == kind }
            return count == 0 ? nil : "\(count) \(kind.rawValue)"
        }
        Output.line(
            rows.isEmpty
                ? "no row differs" : "\(rows.count) row\(rows.count == 1 ? "" : "s"): \(counts.joined(separator: ", "))"
        )
    }

    private func show(_ row: View.Row) {
        let word = row.change + String(repeating: " ", count: max(0, 8 - row.change.count))
        Output.line("\(word) \(row.row)" + (row.peer.map { "  for \($0)" } ?? ""))
        if let before = row.before { Output.line("  before  \(before)") }
        if let after = row.after { Output.line("  after   \(after)") }
        for column in row.columns {
            switch (column.before, column.after) {
            case (let before?, let after?): Output.line("  \(column.column): \(before) → \(after)")
            case (let before?, nil): Output.line("  - \(column.column): \(before)")
            case (nil, let after?): Output.line("  + \(column.column): \(after)")
            case (nil, nil): break
            }
        }
    }
}
