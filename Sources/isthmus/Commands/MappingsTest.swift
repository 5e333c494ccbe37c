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
        let generation = try Configured.tables(directory).generation
        if let table, !generation.rows.contains(where: { $0.table == table }) {
            let known = Set(generation.rows.map(\.table)).sorted()
            let nearest = Spelling.nearest(to: table, among: known).map { "did you mean \"\($0)\"? " } ?? ""
            throw Stop.usage("there is no table \"\(table)\"; \(nearest)known: \(known.joined(separator: ", "))")
        }
        let all = TableTests.run(generation, directory: directory)
        let results = all.results.filter { table == nil || $0.table == table }
        let unreached = all.unreached.filter { table == nil || $0.table == table }.map { row in
            TraceView.Rule(row: row.name, file: Faults.path(row.position.file, in: directory), line: row.position.line)
        }
        let failures = results.filter { $0.difference != nil }
        let tested = all.tested.filter { table == nil || $0.hasPrefix("\(table ?? ""):") }
        if output.json {
            Output.json(View(tests: results.map(\.view), unreached: unreached, tested: tested, lost: all.lost))
        } else {
            for failure in failures.map(\.fault) + all.lost { Output.error(failure) }
            for sentence in tested { Output.line("tested: \(sentence)") }
            for row in unreached { Output.line("no test reaches \(row.row)  \(row.file):\(row.line)") }
            Output.line(
                "\(results.count - failures.count) of \(results.count) tests pass, \(unreached.count) rows unreached"
            )
        }
        if !failures.isEmpty || !all.lost.isEmpty { throw Stop.fault() }
    }
}
