import BridgeCore
import Ledger
import Loopback
import SIPMessages
import Testing
import XMLStreams

@testable import GatewayDaemon

extension GatewayTests {
    /// The switch `msg.answer`.
    @Suite("Answer")
    struct AnswerTests {
        private let waiting: [SiteTable] = [.switches("msg.answer: wait")]

        @Test("A stanza error inside the wait is the final response", arguments: [true, false])
        func verdict(beforePong: Bool) async throws {
            try await Stage.play(tables: waiting) { stage in
                if beforePong { try await stage.server.keepPongs() }
                try await stage.dial(Note("text", call: "c1"))
                let stanza = try await stage.server.stanzas.next()
                if !beforePong { try await stage.recorded(.delivered) }
                try await stage.bounce(stanza)
                #expect(try await stage.phone.responses.next().status == 604)
                if beforePong { try await stage.server.givePongs() }
                // Nothing more is told, and the store goes on.
                try await stage.dial(Note("more", call: "c2"))
                #expect(try await stage.server.stanzas.next().body == "more")
                try await stage.recorded(.delivered, beforePong ? 1 : 2)
                #expect(try await stage.phone.calls.rest().isEmpty)
                #expect(try stage.balance()[.failed] == 1)
                #expect(try stage.balance()[.delivered] == 1)
                #expect(try stage.balance()[.failedUntold] == 0)
                #expect(try stage.balance().balances)
                #expect(try await stage.gateway.onLoop { $0.bridge.balance.holds })
            }
        }

        @Test("Without one the 202 comes after 400 ms, and not before")
        func silence() async throws {
            try await Stage.play(tables: waiting) { stage in
                try await stage.dial(Note("text", call: "c1"))
                try await stage.recorded(.delivered)
                stage.time.advance(milliseconds: 399)
                try await stage.dial(Note("more", call: "c2"))
                try await stage.recorded(.delivered, 2)
                #expect(try await stage.phone.responses.rest().isEmpty)
                stage.time.advance(milliseconds: 1)
                let response = try await stage.phone.responses.next()
                #expect(response.status == 202)
                #expect(response.headers.text(.callID) == "c1")
                #expect(try await stage.phone.responses.rest().isEmpty)
            }
        }

        @Test("stored: the 202 comes at the commit, and a stanza error after it is told in words")
        func stored() async throws {
            try await Stage.play(tables: [.switches("msg.answer: stored")]) { stage in
                try await stage.server.keepPongs()
                try await stage.dial(Note("text", call: "c1"))
                let stanza = try await stage.server.stanzas.next()
                #expect(try await stage.phone.responses.next().status == 202)
                try await stage.bounce(stanza)
                #expect(try await stage.phone.calls.next().contentType.hasPrefix("text/plain"))
                #expect(try await stage.phone.responses.rest().isEmpty)
            }
        }

        @Test(
            "ERRX-022 RFC 7247 §7.1: unexpected-request is 491 while a MESSAGE to the same user is open, else 400",
            arguments: [(true, 491), (false, 400)]
        )
        func pending(isOpen: Bool, status: Int) async throws {
            try await Stage.play(tables: waiting) { stage in
                if isOpen {
                    try await stage.write("hello", id: "m1")
                    _ = try await stage.phone.calls.next()
                }
                try await stage.dial(Note("text", call: "c1"))
                try await stage.bounce(try await stage.server.stanzas.next(), "unexpected-request")
                #expect(try await stage.phone.responses.next().status == status)
            }
        }

        @Test("A request that was answered with a failure may come again")
        func again() async throws {
            try await Stage.play(tables: waiting) { stage in
                let note = Note("text", call: "c1")
                try await stage.dial(note)
                try await stage.bounce(try await stage.server.stanzas.next())
                #expect(try await stage.phone.responses.next().status == 604)
                // While the first transaction lives, the copy is a merged request (RFC 3261 §8.2.2.2).
                try await stage.pass(milliseconds: 33_000)
                var copy = note
                copy.branch += "-again"
                try await stage.dial(copy)
                #expect(try await stage.server.stanzas.next().body == "text")
            }
        }
    }
}
