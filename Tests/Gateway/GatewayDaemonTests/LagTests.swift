import Loopback
import SIPMessages
import Testing
import XMLStreams

@testable import GatewayDaemon
@testable import Ledger

extension GatewayTests {
    /// The switch `audit.behind`: what a route says of messages while the files of the log are too far behind.
    @Suite("Lag")
    struct LagTests {
        /// What a route says, what the configuration says, and what follows.
        struct Case: CustomTestStringConvertible, Sendable {
            let route: String
            let configured: String
            let isRefused: Bool

            var testDescription: String { "audit.behind: \(route) over when-behind: \(configured)" }
        }

        private static let cases = [
            Case(route: "configured", configured: "refuse", isRefused: true),
            Case(route: "configured", configured: "go-on", isRefused: false),
            Case(route: "refuse", configured: "go-on", isRefused: true),
            Case(route: "go-on", configured: "refuse", isRefused: false),
        ]

        @Test("The route decides, else the configuration; a refusal is typed, recorded, and ends in time")
        func route() async throws {
            for given in Self.cases {
                let site = SiteTable.switches("audit.behind: \(given.route)")
                let tables = given.route == "configured" ? [] : [site]
                try await Stage.play(audit: "{when-behind: \(given.configured)}", tables: tables) { stage in
                    #expect(try await stage.ask(Note("before", call: "c0")) == 202)
                    _ = try await stage.server.stanzas.next()
                    try await stage.gateway.onLoop { $0.writer.isBehind = true }
                    try await stage.dial(Note("one", call: "c1"))
                    let response = try await stage.phone.responses.next()
                    #expect(response.status == (given.isRefused ? 503 : 202), "\(given.testDescription)")
                    #expect((response.headers.text(.retryAfter) != nil) == given.isRefused)
                    try await stage.write("two", id: "m2", to: "mercutio@example.net")
                    if given.isRefused {
                        let error = try await stage.server.stanzas.next()
                        #expect(error.attribute("id") == "m2")
                        #expect(error.condition == "resource-constraint")
                        #expect(error.errorType == "wait")
                        try await stage.recorded(.refused, 2)
                        #expect(try stage.records(.refused).map(\.reason) == ["store", "store"])
                        // What was taken before is known, and gets its answer again.
                        var again = Note("before", call: "c0")
                        again.branch += "-again"
                        try await stage.pass(milliseconds: 33_000)
                        #expect(try await stage.ask(again) == 202)
                    } else {
                        #expect(try await stage.server.stanzas.next().body == "one")
                        try await stage.phone.answer(try await stage.phone.calls.next(), 200)
                        try await stage.recorded(.delivered, 3)
                    }
                    // A neighbor of which the tables say nothing follows the configuration.
                    let others = try await stage.gateway.onLoop { $0.bars("example.org") }
                    #expect(others == (given.configured == "refuse"))
                    try await stage.gateway.onLoop { $0.writer.isBehind = false }
                    #expect(try await stage.ask(Note("after", call: "c3")) == 202)
                    try await stage.eventually("the counters balance") { try stage.balance().balances }
                }
            }
        }
    }
}
