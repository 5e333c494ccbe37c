import MappingTables
import Testing

@Suite("RuleTrace")
struct RuleTraceTests {
    @Test("So many rows and losses are kept, however they come")
    func bounds() {
        var trace = RuleTrace()
        for index in 0...RuleTrace.largestCount {
            trace.fire(RowID(index))
            trace.lose(.presenceNote)
        }
        #expect(trace.rows.map(\.index) == Array(0..<RuleTrace.largestCount))
        #expect(trace.losses.count == RuleTrace.largestCount)
        var joined = RuleTrace()
        joined.fire(RowID(7))
        joined.append(trace)
        #expect(joined.rows.count == RuleTrace.largestCount && joined.rows.first == RowID(7))
        #expect(joined.losses == trace.losses)
    }
}
