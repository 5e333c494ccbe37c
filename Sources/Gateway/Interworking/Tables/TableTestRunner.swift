import Addressing
public import MappingTables

/// Runs the tests that stand beside the rows of tables, by the code that serves live traffic.
public struct TableTestRunner: Sendable {
    /// What came of one test.
    public struct Outcome: Sendable {
        /// The test.
        public let test: TableTest
        /// How what came out differs from what was expected; nil when it does not.
        public let difference: String?
        /// The rows that fired.
        public let rows: [RowID]
        /// Whether it failed only because a row of another file has replaced the one that it is about.
        public let isSuperseded: Bool

        /// Whether the tables do what the test says, or an operator has decided otherwise.
        public var passed: Bool { difference == nil || isSuperseded }
    }

    /// What came of all tests.
    public struct Report: Sendable {
        /// The tests in order of folder and file.
        public let outcomes: [Outcome]
        /// The rows in force that no test reaches.
        public let unreached: [RowID]

        /// What came of values that were sent there and back by rows over open sets.
        public let generated: [GeneratedCases]

        /// Whether every test passed, and every generated case.
        public var passed: Bool { outcomes.allSatisfy(\.passed) && generated.allSatisfy(\.failures.isEmpty) }
    }

    private let generation: Generation
    private let facts: Facts

    /// The snapshot under which tests run: noon of a day in March 2026, nothing else known.
    public static let facts = Facts(now: 1_772_366_400_000, gatewayDomain: "gw.example.org")

    /// Makes a runner.
    ///
    /// - Parameters:
    ///   - generation: the tables with their tests.
    ///   - facts: what is known, to which each test adds its context.
    public init(_ generation: Generation, facts: Facts = TableTestRunner.facts) {
        self.generation = generation
        self.facts = facts
    }

    /// Runs every test of the generation.
    ///
    /// - Returns: what came of each, and the rows that none reaches.
    public func run() -> Report {
        var routes: [TestSetting: Route] = [:]
        let outcomes = generation.tests.map { run($0, &routes) }
        var reached: Set<RowID> = []
        for outcome in outcomes { reached.formUnion(outcome.rows) }
        let rows = generation.rows.indices.filter { !generation.rows[$0].isReplaced }.map { RowID($0) }
        return Report(
            outcomes: outcomes,
            unreached: rows.filter { !reached.contains($0) },
            generated: GeneratedCases.run(generation, facts)
        )
    }

    /// Runs one test.
    ///
    /// - Parameter test: a test of the generation.
    /// - Returns: what came of it.
    public func run(_ test: TableTest) -> Outcome {
        var routes: [TestSetting: Route] = [:]
        return run(test, &routes)
    }

    /// What the routes of tests differ in; many tests share one.
    private struct TestSetting: Hashable {
        let profile: String
        let settings: [String]
        let peer: String?

        init(_ test: TableTest) {
            profile = test.profile
            settings = test.settings.flatMap { [$0.name, $0.value] }
            peer = test.peer
        }
    }

    private func run(_ test: TableTest, _ routes: inout [TestSetting: Route]) -> Outcome {
        var bench = TestBench(generation: generation, test: test)
        let difference: String?
        do {
            let setting = TestSetting(test)
            let route =
                try routes[setting]
                ?? generation.route(profile: test.profile, settings: test.settings, peer: test.peer)
            routes[setting] = route
            let facts = test.context.isEmpty ? facts : try FactsText(test.context, defaults: facts).facts
            difference = try bench.difference(route, facts)
        } catch let fault as SettingFault {
            difference = fault.reason
        } catch let fault as TestFault {
            difference = fault.reason
        } catch {
            difference = "the context cannot be read: \(error)"
        }
        let isSuperseded = bench.fired.contains { row in
            let info = generation.rows[row.index]
            return info.overridden != nil && info.position.file != test.position.file
        }
        return Outcome(
            test: test,
            difference: difference,
            rows: bench.fired,
            isSuperseded: difference != nil && isSuperseded
        )
    }
}

/// A test that cannot be run.
struct TestFault: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }

    /// A side is given something that it does not have.
    init(_ side: Vocabulary, lacks name: String, among words: [String]) {
        let nearest = Spelling.nearest(to: name, among: words).map { "did you mean \"\($0)\"?" }
        let known = "it has " + Spelling.listed(words)
        reason = "\(side.rawValue) has no \"\(name.prefix(64))\"; \(nearest ?? known)"
    }
}
