import GatewayDaemon
import Interworking
import MappingTables

/// Runs the tests that stand beside the rows of tables, and judges them as putting the tables in force would.
enum TableTests {
    /// What came of one test.
    struct Result {
        let name: String
        let table: String
        let position: SourcePosition
        let standing: TestVerdict.Standing
        /// How what came out differs from what was expected; nil when the test passes.
        let difference: String?

        /// A test as an object of JSON output.
        struct View: Encodable {
            let name: String
            let table: String
            let file: String
            let line: Int
            let passed: Bool
            let standing: String
            let difference: String?
        }

        var view: View {
            View(
                name: name,
                table: table,
                file: position.file,
                line: position.line,
                passed: standing == .passed,
                standing: standing.rawValue,
                difference: difference
            )
        }
    }

    /// What came of all tests, and of values that were sent there and back.
    struct Report {
        let results: [Result]
        let unreached: [Generation.RowInfo]
        /// What was tried over open sets, a sentence each.
        let tested: [String]
        /// What stands in the way, and what only deserves a look, by the table that it belongs to.
        let findings: [(table: String, diagnostic: Diagnostic)]

        /// What there is without tables.
        static let none = Report(results: [], unreached: [], tested: [], findings: [])

        /// What belongs to one table, or all of it.
        func of(_ table: String?) -> Report {
            guard let table else { return self }
            return Report(
                results: results.filter { $0.table == table },
                unreached: unreached.filter { $0.table == table },
                tested: tested.filter { $0.hasPrefix("\(table):") },
                findings: findings.filter { $0.table == table }
            )
        }

        /// Whether nothing stands in the way.
        var passed: Bool { findings.allSatisfy { $0.diagnostic.severity == .warning } }

        /// Values that did not come back as they went, like faults of a file.
        var lost: [String] { findings.filter { $0.diagnostic.code == "case-failed" }.map { "\($0.diagnostic)" } }

        /// How many tests pass, in words; `what` follows the word tests.
        func summary(_ what: String = "") -> String {
            TestVerdict.summary(
                passed: results.count { $0.standing == .passed },
                of: results.count,
                overruled: results.count { $0.standing == .overruled },
                what: what
            )
        }
    }

    /// Runs all tests of a generation, under paths that lead to their files.
    static func run(_ loaded: MappingLoader.Loaded, directory: String) -> Report {
        guard let generation = loaded.generation else { return .none }
        func placed(_ position: SourcePosition) -> SourcePosition {
            var position = position
            position.file = Faults.path(position.file, in: directory)
            return position
        }
        let verdict = TestVerdict(generation, loaded.contents)
        let report = verdict.report
        let tables = Dictionary(
            generation.tests.map { ($0.position, $0.table) } + generation.rows.map { ($0.position, $0.table) },
            uniquingKeysWith: { first, _ in first }
        )
        return Report(
            results: report.outcomes.map { outcome in
                Result(
                    name: outcome.test.name,
                    table: outcome.test.table,
                    position: placed(outcome.test.position),
                    standing: verdict.standing(of: outcome),
                    difference: outcome.passed ? nil : outcome.difference
                )
            },
            unreached: report.unreached.map { generation.rows[$0.index] },
            tested: report.generated.map(\.text),
            findings: verdict.diagnostics(generation).map { diagnostic in
                var shown = diagnostic
                shown.position = placed(diagnostic.position)
                return (tables[diagnostic.position] ?? "", shown)
            }
        )
    }
}
