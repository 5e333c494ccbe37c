import SIPMessages
import Testing

@testable import SIMPLELegs

/// What is remembered of an Accept.
@Suite("SIMPLELeg and Accept")
struct LearnedAcceptTests {
    @Test("MSG-054, RFC 3261 §20.1: so many types of an Accept are remembered, and none with a longer name")
    func limits() throws {
        let (types, name) = SIPHeaders.acceptLimits
        for count in [types, types + 1, 500] {
            let stage = try Stage()
            let list = (1...count).map { "text/t\($0)" }.joined(separator: ", ")
            stage.receive(Stage.request("MESSAGE", "Accept: \(list)"))
            #expect(stage.wire.statuses.isEmpty || stage.wire.statuses == [202])
            #expect(stage.host.accepted.values.first?.count == types)
            #expect(stage.host.accepted.values.first?.last == "text/t\(types)")
        }
        let stage = try Stage()
        let longest = "text/" + String(repeating: "n", count: name - 5)
        stage.receive(Stage.request("MESSAGE", "Accept: \(longest)n, \(longest)"))
        #expect(stage.host.accepted.values.first == [longest])
    }
}
