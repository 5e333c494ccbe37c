import GatewayDaemon
import MappingTables
import OperatorFiles

/// What a check of files says in the end.
struct TableReport {
    let report: DiagnosticReport
    /// The tables; nil when they have faults.
    let generation: Generation?
    let tests: TableTests.Report

    private struct View: Encodable {
        let faults: [Faults.View]
        let generation: String?
        let rows: Int?
        let proofs: [String]
        let tested: [String]
        let lost: [String]
        let tests: Int
        let passed: Int
        let failures: [TableTests.Result.View]
    }

    /// Prints the report.
    ///
    /// - Throws: the end of the command when there is an error or a test fails.
    func show(_ output: OutputOptions) throws(Stop) {
        let results = tests.results
        let failures = results.filter { $0.standing != .passed }
        if output.json {
            Output.json(
                View(
                    faults: report.diagnostics.map { Faults.View($0) },
                    generation: generation?.identifier,
                    rows: generation?.rows.count,
                    proofs: generation?.proofs ?? [],
                    tested: tests.tested,
                    lost: tests.lost,
                    tests: results.count,
                    passed: results.count - failures.count,
                    failures: failures.map(\.view)
                )
            )
        } else {
            Output.errorText(report.text)
            for finding in tests.findings { Output.error("\(finding.diagnostic)") }
            if let generation {
                for proof in generation.proofs { Output.line("proved: \(proof)") }
                for sentence in tests.tested { Output.line("tested: \(sentence)") }
                Output.line(tests.summary(" of the tables"))
                Output.line("\(generation.rows.count) rows, generation \(generation.identifier)")
            }
        }
        let code = Faults.code(report)
        if code != 0 || !tests.passed { throw Stop(code: max(code, 1), message: "") }
        if !output.json { Output.line("no faults") }
    }
}
