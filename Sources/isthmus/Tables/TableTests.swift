import Interworking
import MappingTables

/// Runs the tests that stand beside the rows of tables.
enum TableTests {
    /// What came of one test.
    struct Result {
        let name: String
        let table: String
        let position: SourcePosition
        /// How what came out differs from what was expected; nil when the test passes.
        let difference: String?

        /// A test as an object of JSON output.
        struct View: Encodable {
            let name: String
            let table: String
            let file: String
            let line: Int
            let passed: Bool
            let difference: String?
        }

        var view: View {
            View(
                name: name,
                table: table,
                file: position.file,
                line: position.line,
                passed: difference == nil,
                difference: difference
            )
        }

        /// The failure like a fault of a file.
        var fault: String {
            "\(position): error: the test \"\(name)\" fails: \(difference ?? "") [test-failed]"
        }
    }

    /// What came of all tests, and of values that were sent there and back.
    struct Report {
        let results: [Result]
        let unreached: [Generation.RowInfo]
        /// What was tried over open sets, a sentence each.
        let tested: [String]
        /// Values that did not come back as they went, like faults of a file.
        let lost: [String]

        /// What there is without tables.
        static let none = Report(results: [], unreached: [], tested: [], lost: [])
    }

    /// Runs all tests of a generation, under paths that lead to their files.
    static func run(_ generation: Generation, directory: String) -> Report {
        let report = TableTestRunner(generation).run()
        let results = report.outcomes.map { outcome in
            var position = outcome.test.position
            position.file = Faults.path(position.file, in: directory)
            return Result(
                name: outcome.test.name,
                table: outcome.test.table,
                position: position,
                difference: outcome.passed ? nil : outcome.difference
            )
        }
        let failures = report.generated.flatMap(\.failures).map { failure in
            var position = generation.rows[failure.row.index].position
            position.file = Faults.path(position.file, in: directory)
            return "\(position): error: the row does not lead back: \(failure.difference) [case-failed]"
        }
        return Report(
            results: results,
            unreached: report.unreached.map { generation.rows[$0.index] },
            tested: report.generated.map(\.text),
            lost: failures
        )
    }
}
