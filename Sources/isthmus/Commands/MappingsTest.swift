import ArgumentParser
import MappingTables

/// Runs the tests that stand beside rows.
struct MappingsTest: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run the tests that stand beside the rows, and list the rows that no test reaches.",
        discussion: "Example: isthmus mappings test --mappings ./Mappings --table errors"
    )

    @OptionGroup var tables: MappingsOption
    @OptionGroup var output: OutputOptions

    @Option(name: .long, help: ArgumentHelp("Only the tests and rows of this table.", valueName: "table"))
    var table: String?

    private struct View: Encodable {
        let tests: [TableTests.Result.View]
        let unreached: [TraceView.Rule]
        let tested: [String]
        let lost: [String]
    }

    func run() throws {
        let directory = try tables.directory()
        let (generation, loaded) = try Configured.tables(directory)
        if let table, !generation.rows.contains(where: { $0.table == table }) {
            let known = Set(generation.rows.map(\.table)).sorted()
            let nearest = Spelling.nearest(to: table, among: known).map { "did you mean \"\($0)\"? " } ?? ""
            throw Stop.usage("there is no table \"\(table)\"; \(nearest)known: \(known.joined(separator: ", "))")
        }
        let report = TableTests.run(loaded, directory: directory).of(table)
        let unreached = report.unreached.map { row in
            TraceView.Rule(row: row.name, file: Faults.path(row.position.file, in: directory), line: row.position.line)
        }
        if output.json {
            Output.json(
                View(
                    tests: report.results.map(\.view),
                    unreached: unreached,
                    tested: report.tested,
                    lost: report.lost
                )
            )
        } else {
            for finding in report.findings { Output.error("\(finding.diagnostic)") }
            for sentence in report.tested { Output.line("tested: \(sentence)") }
            for row in unreached { Output.line("no test reaches \(row.row)  \(row.file):\(row.line)") }
            Output.line("\(report.summary()), \(unreached.count) \(unreached.count == 1 ? "row" : "rows") unreached")
        }
        if !report.passed { throw Stop.fault() }
    }
}
