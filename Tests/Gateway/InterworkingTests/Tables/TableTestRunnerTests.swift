import MappingTables
import Testing

@testable import Interworking

@Suite("TableTestRunner")
struct TableTestRunnerTests {
    @Test("every test of the shipped tables passes")
    func shipped() throws {
        let report = TableTestRunner(try ShippedTables.generation()).run()
        for outcome in report.outcomes {
            #expect(outcome.passed, "\(outcome.test.position) \(outcome.test.name): \(outcome.difference ?? "")")
        }
        #expect(report.outcomes.count > 100 && report.passed)
    }

    @Test("every row of the shipped tables is reached by a test")
    func reached() throws {
        let generation = try ShippedTables.generation()
        let unreached = TableTestRunner(generation).run().unreached.map { generation.name(of: $0) }
        #expect(unreached.isEmpty, "\(unreached)")
    }
}
