import BridgeCore
import Ledger
import Loopback
import SIPMessages
import Testing
import XMLStreams

@testable import GatewayDaemon

extension GatewayTests {
    /// received = accepted + refused + duplicate, and every accepted item has an end.
    @Suite("Balance")
    struct BalanceTests {
        @Test("Presence for which there is no room is counted as refused and written down")
        func presenceOverflow() async throws {
            try await Stage.play { stage in
                let key = WatchKey(watcher: "romeo@example.net", presentity: "juliet@example.com", target: .xmpp)
                try await stage.gateway.onLoop { gateway in
                    var limits = PresenceLimits()
                    limits.bytes = 0
                    gateway.presence = PresenceFlow(limits: limits, now: gateway.now)
                    gateway.handle(.preapproved(key))
                    gateway.handle(.said(key, PresencePart(name: "balcony", isOpen: true, content: [1], seen: 1)))
                }
                try await stage.recorded(.refused)
                #expect(try stage.records(.refused).map(\.reason) == ["presence-overflow"])
                #expect(try stage.balance()[.refused] == 1)
                let live = try await stage.gateway.onLoop { $0.bridge.balance }
                #expect(live.refused == 1 && live.holds)
            }
        }

        @Test("The store and the bridge count the same, with refusals and duplicates among the traffic")
        func mixed() async throws {
            try await Stage.play { stage in
                try await stage.phone.answersAll(200)
                for number in 1...5 {
                    let origin = "<origin-id xmlns='urn:xmpp:sid:0' id='o\(number)'/>"
                    for _ in 1...2 { try await stage.write("out \(number)", id: "m\(number)", more: origin) }
                    #expect(try await stage.ask(Note("in \(number)", call: "c\(number)")) == 202)
                }
                try await stage.recorded(.delivered, 10)
                // While the first transaction lives, the copy is a merged request (RFC 3261 §8.2.2.2).
                try await stage.pass(milliseconds: 33_000)
                for number in 1...5 {
                    var again = Note("in \(number)", call: "c\(number)")
                    again.branch += "-again"
                    #expect(try await stage.ask(again) == 202)
                }
                // Two refusals: a sender that is not proved, and a domain that nobody serves.
                var stranger = Note("no", call: "stranger")
                stranger.from = "sip:romeo@elsewhere.example"
                #expect(try await stage.ask(stranger) == 403)
                var astray = Note("no", call: "astray")
                astray.to = "sip:juliet@elsewhere.example"
                #expect(try await stage.ask(astray) == 404)
                try await stage.recorded(.delivered, 10)
                try await stage.recorded(.refused, 2)
                try await stage.recorded(.duplicate, 10)

                let stored = try stage.balance()
                #expect(stored[.accepted] == 10)
                #expect(stored[.delivered] == 10)
                #expect(stored[.duplicate] == 10)
                #expect(stored[.refused] == 2)
                #expect(stored.balances)
                let live = try await stage.gateway.onLoop { $0.bridge.balance }
                #expect(live.holds)
                #expect(live.received == 22)
                #expect(Int64(live.received) == stored.received)
                #expect(live.accepted == 10 && live.delivered == 10 && live.duplicate == 10 && live.refused == 2)
                #expect(try await stage.phone.calls.rest().count == 5)
                #expect(try await stage.server.stanzas.rest().count == 5)
            }
        }
    }
}
