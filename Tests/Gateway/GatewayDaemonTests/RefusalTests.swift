import Ledger
import Loopback
import SIPMessages
import Testing
import XMLStreams

@testable import GatewayDaemon

extension GatewayTests {
    /// What is not taken is refused aloud, and recorded.
    @Suite("Refusals")
    struct RefusalTests {
        @Test("A full queue to the XMPP shore is a 503 with Retry-After")
        func fullToXMPP() async throws {
            try await Stage.play(limits: "{items-per-pair: 1, retry-after: 7s}") { stage in
                try await stage.server.keepPongs()
                #expect(try await stage.ask(Note("one", call: "c1")) == 202)
                try await stage.dial(Note("two", call: "c2"))
                let response = try await stage.phone.responses.next()
                #expect(response.status == 503)
                #expect(response.headers.text(.retryAfter) == "7")
                try await stage.recorded(.refused)
                let record = try #require(try stage.records(.refused).first)
                #expect(record.reason == "queue-full")
                #expect(record.identifiers?["sip.callID"] == "c2")
                #expect(try stage.balance()[.refused] == 1)
                try await stage.server.givePongs()
                try await stage.recorded(.delivered)
                #expect(try await stage.ask(Note("three", call: "c3")) == 202)
            }
        }

        @Test("A full queue to the CPIM shore is resource-constraint")
        func fullToCPIM() async throws {
            try await Stage.play(limits: "{items-per-hop: 1, items-per-pair: 1}") { stage in
                try await stage.write("one", id: "m1")
                let call = try await stage.phone.calls.next()
                try await stage.write("two", id: "m2", to: "mercutio@example.net")
                let error = try await stage.server.stanzas.next()
                #expect(error.attribute("id") == "m2")
                #expect(error.condition == "resource-constraint")
                #expect(error.errorType == "wait")
                try await stage.recorded(.refused)
                #expect(try stage.records(.refused).first?.reason == "queue-full")
                try await stage.phone.answer(call, 200)
                try await stage.recorded(.delivered)
                try await stage.write("three", id: "m3")
                #expect(try await stage.phone.calls.next().text == "three")
            }
        }

        @Test("XMP-LIM-03: who writes to too many users is told to wait, and the configuration says how many they are")
        func recipients() async throws {
            try await Stage.play(limits: "{recipients-per-sender: 1}") { stage in
                try await stage.write("one", id: "m1")
                try await stage.phone.answer(try await stage.phone.calls.next(), 200)
                try await stage.recorded(.delivered)
                try await stage.write("two", id: "m2", to: "mercutio@example.net")
                let error = try await stage.server.stanzas.next()
                #expect(error.attribute("id") == "m2")
                #expect(error.condition == "policy-violation")
                #expect(error.errorType == "wait")
                try await stage.recorded(.refused)
                let record = try #require(try stage.records(.refused).first)
                #expect(record.reason == "too-many-recipients")
                #expect(record.identifiers?["stanza.id"] == "m2")
                #expect(try stage.balance().balances)
                try await stage.write("three", id: "m3")
                #expect(try await stage.phone.calls.next().text == "three")
            }
        }

        @Test("A text that comes back over the CPIM shore in its sender's name is not believed")
        func echo() async throws {
            try await Stage.play { stage in
                try await stage.write("echo", id: "m1")
                try await stage.phone.answer(try await stage.phone.calls.next(), 200)
                try await stage.recorded(.delivered)
                var echo = Note("echo", call: "c1")
                echo.from = "sip:juliet@example.com"
                echo.to = "sip:romeo@example.net"
                #expect(try await stage.ask(echo) == 403)
                try await stage.recorded(.refused)
                #expect(try await stage.server.stanzas.rest().isEmpty)
            }
        }

        @Test("A gateway that drains lets items on their way end and refuses new ones on both shores")
        func drain() async throws {
            try await Stage.play { stage in
                try await stage.write("one", id: "m1")
                let call = try await stage.phone.calls.next()
                let gateway = try stage.gateway
                let stopping = Task { await gateway.stop() }
                // A refusal shows that the drain has begun.
                var number = 0
                try await stage.eventually("new requests are refused") {
                    number += 1
                    return try await stage.ask(Note("late \(number)", call: "late-\(number)")) == 503
                }
                try await stage.write("late", id: "m2", to: "mercutio@example.net")
                var error = try await stage.server.stanzas.next()
                while error.attribute("type") != "error" { error = try await stage.server.stanzas.next() }
                #expect(error.attribute("id") == "m2")
                #expect(error.condition == "resource-constraint")
                try await stage.phone.answer(call, 200)
                await stopping.value
                stage.letGo()
                #expect(try stage.outbox().isEmpty)
                #expect(try stage.records(.delivered).contains { $0.crossing == "1" })
                #expect(try stage.records(.refused).allSatisfy { $0.reason == "stopping" })
                #expect(try stage.records(.refused).count == 2)
                #expect(try stage.balance().balances)
            }
        }
    }
}
