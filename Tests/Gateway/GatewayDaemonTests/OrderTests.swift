import BridgeCore
import Ledger
import Loopback
import SIPMessages
import Testing
import XMLStreams

@testable import GatewayDaemon

extension GatewayTests {
    /// Order for each pair of addresses, and what faults hold.
    @Suite("Order")
    struct OrderTests {
        private let nurse = "nurse@example.com/hall"

        @Test("One MESSAGE is open for a Request-URI, and senders take turns")
        func lane() async throws {
            try await Stage.play { stage in
                for number in 1...3 { try await stage.write("juliet \(number)", id: "m\(number)") }
                try await stage.write("nurse 1", id: "n1", from: nurse)
                try await stage.write("other", id: "o1", to: "mercutio@example.net")
                try await stage.recorded(.accepted, 5)
                var open: [String: Phone.Call] = [:]
                for _ in 1...2 {
                    let call = try await stage.phone.calls.next()
                    open[call.text] = call
                }
                #expect(open.keys.sorted() == ["juliet 1", "other"])
                #expect(try await stage.phone.calls.rest().isEmpty)
                var call = try #require(open["juliet 1"])
                for text in ["juliet 2", "nurse 1", "juliet 3"] {
                    #expect(try await stage.phone.calls.rest().isEmpty)
                    try await stage.phone.answer(call, 200)
                    call = try await stage.phone.calls.next()
                    #expect(call.text == text)
                }
            }
        }

        @Test("A message at fault holds its pair and nobody else")
        func pair() async throws {
            try await Stage.play { stage in
                try await stage.write("juliet 1", id: "m1")
                try await stage.write("juliet 2", id: "m2")
                try await stage.recorded(.accepted, 2)
                let first = try await stage.phone.calls.next()
                try await stage.phone.answer(first, 500, [(.retryAfter, "30")])
                try await stage.write("nurse 1", id: "n1", from: nurse)
                let other = try await stage.phone.calls.next()
                #expect(other.text == "nurse 1")
                try await stage.phone.answer(other, 200)
                try await stage.recorded(.delivered)
                #expect(try await stage.phone.calls.rest().isEmpty)
                stage.time.advance(milliseconds: 31_000)
                let again = try await stage.phone.calls.next()
                #expect(again.text == "juliet 1")
                #expect(again.branch != first.branch)
                #expect(again.callID == first.callID)
                try await stage.phone.answer(again, 200)
                #expect(try await stage.phone.calls.next().text == "juliet 2")
            }
        }

        @Test("A fault of the hop holds all that goes there, and one probe goes")
        func hop() async throws {
            try await Stage.play { stage in
                try await stage.write("one", id: "m1")
                try await stage.phone.answer(try await stage.phone.calls.next(), 503, [(.retryAfter, "20")])
                try await stage.eventually("the hop is held") {
                    try await stage.gateway.onLoop { $0.bridge.hopStates.contains { $0.open == 0 && !$0.isUp } }
                }
                try await stage.write("two", id: "m2", to: "mercutio@example.net")
                try await stage.write("three", id: "m3", to: "tybalt@example.net")
                try await stage.recorded(.accepted, 3)
                #expect(try await stage.phone.calls.rest().isEmpty)
                stage.time.advance(milliseconds: 20_000)
                let probe = try await stage.phone.calls.next()
                // The ticks of the gateway's clock go on; nothing else leaves before the probe has its answer.
                try await stage.write("four", id: "m4", to: "paris@example.net")
                try await stage.recorded(.accepted, 4)
                #expect(try await stage.phone.calls.rest().isEmpty)
                try await stage.phone.answer(probe, 200)
                var texts = [probe.text]
                for _ in 1...3 { texts.append(try await stage.phone.calls.next().text) }
                #expect(texts.sorted() == ["four", "one", "three", "two"])
            }
        }

        @Test("A time-out holds the hop too, and the request goes on as the same one")
        func silence() async throws {
            try await Stage.play { stage in
                try await stage.write("one", id: "m1")
                let first = try await stage.phone.calls.next()
                stage.time.advance(milliseconds: 32_100)
                try await stage.eventually("the hop is held") {
                    try await stage.gateway.onLoop { $0.bridge.hopStates.contains { $0.open == 0 && !$0.isUp } }
                }
                stage.time.advance(milliseconds: 1_100)
                var again = try await stage.phone.calls.next()
                while again.branch == first.branch { again = try await stage.phone.calls.next() }
                #expect(again.callID == first.callID)
                #expect(again.fromTag == first.fromTag)
                #expect(again.cseq > first.cseq)
                try await stage.phone.answer(again, 200)
                try await stage.recorded(.delivered)
            }
        }

        @Test("Messages to the XMPP shore arrive in their order, also over a lost link")
        func stanzas() async throws {
            try await Stage.play { stage in
                try await stage.server.keepPongs()
                for number in 1...5 {
                    #expect(try await stage.ask(Note("text \(number)", call: "c", cseq: number)) == 202)
                }
                for number in 1...5 { #expect(try await stage.server.stanzas.next().body == "text \(number)") }
                try await stage.server.goDown()
                try await stage.eventually("the link is down") { try await !stage.gateway.isConnected() }
                #expect(try await stage.ask(Note("text 6", call: "c", cseq: 6)) == 202)
                try await stage.server.comeUp()
                try await stage.server.givePongs()
                stage.time.advance(milliseconds: 10_000)
                for number in 1...6 { #expect(try await stage.server.stanzas.next().body == "text \(number)") }
                try await stage.recorded(.delivered, 6)
                #expect(try stage.balance().balances)
            }
        }
    }
}
