public import Interworking
public import Ledger
public import MappingTables

/// What the tests beside the rows say of tables: one rule for checks, and for putting tables in force.
///
/// A test that fails is a fault, and so is a generated value that does not come back as it went. A shipped test that
/// passes without the other folders, and fails by their rows alone, is a warning: the operator has decided otherwise.
public struct TestVerdict: Sendable {
    /// How a test stands.
    public enum Standing: String, Sendable {
        /// The tables do what it says, or a row has replaced the one that it is about.
        case passed
        /// A shipped one that the rows of other folders decide otherwise.
        case overruled
        /// The tables do not do what it says.
        case failed
    }

    /// What came of every test.
    public let report: TableTestRunner.Report
    /// Where shipped tests stand that pass by the shipped tables.
    private let overruled: Set<SourcePosition>

    /// Runs the tests of a generation.
    ///
    /// - Parameters:
    ///   - generation: the compiled tables.
    ///   - contents: their files, the shipped ones among them, for a second run without the others when one of their
    ///     tests fails.
    public init(_ generation: Generation, _ contents: [GenerationFile]) {
        report = TableTestRunner(generation).run()
        let failures = report.outcomes.filter { !$0.passed }.map(\.test.position)
        let shipped = contents.filter { Self.isShipped($0.path) }
        guard shipped.count < contents.count, failures.contains(where: { Self.isShipped($0.file) }),
            let alone = MappingLoader.load(contents: shipped).generation
        else {
            overruled = []
            return
        }
        let runner = TableTestRunner(alone)
        let places = Set(failures)
        let passing = alone.tests.filter { places.contains($0.position) && runner.run($0).passed }
        overruled = Set(passing.map(\.position))
    }

    /// Whether a file is one of those that are shipped.
    static func isShipped(_ path: String) -> Bool { path.hasPrefix("00-standard/") }

    /// How a test stands.
    ///
    /// - Parameter outcome: one of ``report``.
    /// - Returns: whether it passed, and whether it matters if not.
    public func standing(of outcome: TableTestRunner.Outcome) -> Standing {
        if outcome.passed { return .passed }
        return overruled.contains(outcome.test.position) ? .overruled : .failed
    }

    /// What stands in the way, and what only deserves a look, as findings in their files.
    public func diagnostics(_ generation: Generation) -> [Diagnostic] {
        let tests = report.outcomes.compactMap { outcome -> Diagnostic? in
            switch standing(of: outcome) {
            case .passed: nil
            case .overruled: outcome.diagnostic(.warning)
            case .failed: outcome.diagnostic(.error)
            }
        }
        let cases = report.generated.flatMap(\.failures).map { failure in
            Diagnostic(
                severity: .error,
                position: generation.rows[failure.row.index].position,
                message: "the row does not lead back: \(failure.difference)",
                code: "case-failed"
            )
        }
        return tests + cases
    }

    /// How many tests have a standing.
    ///
    /// - Parameter standing: the standing.
    /// - Returns: the number.
    public func count(_ standing: Standing) -> Int { report.outcomes.count { self.standing(of: $0) == standing } }

    /// How many values did not come back as they went.
    public var lost: Int { report.generated.reduce(0) { $0 + $1.failures.count } }

    /// How many tests pass, in words.
    public var summary: String {
        Self.summary(passed: count(.passed), of: report.outcomes.count, overruled: count(.overruled))
    }

    /// How many tests pass, in words.
    ///
    /// - Parameters:
    ///   - passed: those that do.
    ///   - count: all of them.
    ///   - overruled: shipped ones that other rows decide otherwise.
    ///   - what: what follows the word tests.
    /// - Returns: a sentence without its full stop.
    public static func summary(passed: Int, of count: Int, overruled: Int, what: String = "") -> String {
        let rest = overruled == 0 ? "" : "; \(overruled) shipped \(overruled == 1 ? "one" : "ones") your rows overrule"
        return "\(passed) of \(count) tests\(what) pass\(rest)"
    }
}

extension TableTestRunner.Outcome {
    /// The failure as a finding in its file.
    fileprivate func diagnostic(_ severity: Diagnostic.Severity) -> Diagnostic {
        let isOverruled = severity == .warning
        return Diagnostic(
            severity: severity,
            position: test.position,
            message: isOverruled
                ? "your rows overrule the shipped test \"\(test.name)\": \(difference ?? "")"
                : "the test \"\(test.name)\" fails: \(difference ?? "")",
            code: "test-failed",
            help: isOverruled ? nil : "isthmus mappings explain shows which rows fire; correct the row, or the test"
        )
    }
}
