import Ledger
import Loopback
import SIPMessages
import Testing
import XMLStreams

@testable import GatewayDaemon

extension GatewayTests {
    /// Nothing is acknowledged and nothing leaves before it is stored.
    @Suite("Stored first")
    struct StoredFirstTests {
        @Test("A 202 comes when row and record are in the store")
        func acceptance() async throws {
            try await Stage.play { stage in
                try await stage.server.keepPongs()
                for number in 1...20 {
                    #expect(try await stage.ask(Note("text \(number)", call: "call-\(number)")) == 202)
                    let row = try #require(try stage.outbox().last)
                    #expect(row.id == Int64(number))
                    #expect(String(decoding: row.source, as: UTF8.self).hasSuffix("text \(number)"))
                    let record = try #require(try stage.records(.accepted).last)
                    #expect(record.identifiers?["sip.callID"] == "call-\(number)")
                }
            }
        }

        @Test("A request leaves when its row is in the store, and its end is recorded with the bodies gone")
        func departure() async throws {
            try await Stage.play { stage in
                for number in 1...20 {
                    try await stage.write("text \(number)", id: "m\(number)")
                    let call = try await stage.phone.calls.next()
                    let row = try #require(try stage.outbox().last)
                    #expect(row.wire == call.bytes)
                    #expect(String(decoding: row.identity, as: UTF8.self).contains(call.branch))
                    try await stage.phone.answer(call, 200)
                    try await stage.recorded(.delivered, number)
                    #expect(try stage.outbox().isEmpty)
                }
                #expect(try stage.records(.delivered).allSatisfy { $0.outcome?["code"] == "200" })
            }
        }

        @Test("A commit that fails is a 503 with Retry-After, and the same message may come again")
        func failure() async throws {
            try await Stage.play { stage in
                let note = Note("hold", call: "held")
                try await locked(stage.databasePath) {
                    try await stage.dial(note)
                    let response = try await stage.phone.responses.next()
                    #expect(response.status == 503)
                    #expect(response.headers.text(.retryAfter) == "10")
                }
                // While the first transaction lives, the copy is a merged request (RFC 3261 §8.2.2.2).
                try await stage.pass(milliseconds: 33_000)
                var again = note
                again.branch += "-again"
                #expect(try await stage.ask(again) == 202)
                #expect(try await stage.server.stanzas.next().body == "hold")
                // The refusal is recorded once the store takes it.
                try await stage.recorded(.refused)
                #expect(try stage.records(.refused).first?.reason == "store")
                #expect(try stage.balance()[.refused] == 1)
                #expect(try stage.balance().balances)
            }
        }

        @Test("A message whose commit comes after its refusal counts as one that was refused")
        func lateCommit() async throws {
            try await Stage.play { stage in
                try await locked(stage.databasePath) {
                    try await stage.dial(Note("late", call: "late"))
                    // Until the store fails by itself, the clock runs faster than it.
                    while try await stage.phone.responses.rest().isEmpty { try await stage.pass(milliseconds: 100) }
                }
                try await stage.recorded(.refused)
                try await stage.eventually("nothing is open") { try stage.outbox().isEmpty }
                let balance = try stage.balance()
                #expect(balance.received == 1 && balance[.refused] == 1 && balance[.accepted] == 0)
                #expect(balance.balances)
            }
        }

        @Test("A closed store refuses on both shores")
        func closed() async throws {
            try await Stage.play { stage in
                let writer = try stage.gateway.writer
                await Task.detached { writer.close() }.value
                try await stage.dial(Note("late", call: "late"))
                let response = try await stage.phone.responses.next()
                #expect(response.status == 503)
                #expect(response.headers.has(.retryAfter))
                try await stage.write("late", id: "m1")
                let error = try await stage.server.stanzas.next()
                #expect(error.attribute("id") == "m1")
                #expect(error.condition == "resource-constraint")
            }
        }

        @Test("A stanza whose commit fails is answered with resource-constraint")
        func stanza() async throws {
            try await Stage.play { stage in
                try await locked(stage.databasePath) {
                    try await stage.write("hold", id: "m1")
                    let error = try await stage.server.stanzas.next()
                    #expect(error.condition == "resource-constraint")
                    #expect(error.errorType == "wait")
                    #expect(error.attribute("id") == "m1")
                }
                #expect(try await stage.phone.calls.rest().isEmpty)
            }
        }

        @Test("A failure report that the store refuses is stored later, with the end of its item")
        func report() async throws {
            try await Stage.play { stage in
                try await stage.write("hello", id: "m1")
                let call = try await stage.phone.calls.next()
                try await locked(stage.databasePath) {
                    try await stage.phone.answer(call, 404)
                    try await stage.eventually("a commit fails") {
                        try stage.gateway.writer.statistics().failedCommits > 0
                    }
                }
                let error = try await stage.server.stanzas.next()
                #expect(error.condition == "item-not-found")
                #expect(error.attribute("id") == "m1")
                try await stage.recorded(.failed)
                try await stage.recorded(.delivered)
                #expect(try stage.balance().balances)
            }
        }

        /// Does something while another connection holds the right to write.
        private func locked(_ path: String, _ body: () async throws -> Void) async throws {
            let lock = try WriteLock(path)
            defer { lock.release() }
            try await body()
        }
    }
}
