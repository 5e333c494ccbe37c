import Loopback
import SIPMessages
import Testing
import XMLStreams

@testable import GatewayDaemon

extension GatewayTests {
    /// An XMPP server that restarts while the gateway runs on.
    @Suite("Reconnection")
    struct ReconnectionTests {
        @Test("XMP-CMP-07 RFC 6121 §4: users are shown again and asked again at a pace; no subscription is asked twice")
        func presence() async throws {
            try await Stage.play(limits: "{probes-per-second: 2, presence-pace: 0s}") { stage in
                let watchers = (1...5).map { "watcher\($0)" }
                try await Self.watchRomeo(stage)
                for watcher in watchers {
                    try await stage.approvedWatcher(watcher, call: watcher)
                    try await stage.say(to: "\(watcher)@example.net")
                    _ = try await stage.notification()
                }
                // One whose request Juliet has not answered.
                var wish = Stage.Wish()
                wish.from = "sip:paris@example.net"
                wish.call = "undecided"
                #expect(try await stage.watch(wish).status == 200)
                #expect(try await stage.shown().kind == "subscribe paris@example.net juliet@example.com")
                try await stage.eventually("each step is confirmed") { try stage.outbox().isEmpty }

                try await stage.server.goDown()
                try await stage.eventually("the link is down") { try await !stage.gateway.isConnected() }
                try await stage.server.comeUp()
                stage.time.advance(milliseconds: 10_000)
                try await stage.connected()

                let first = [try await stage.shown().kind, try await stage.shown().kind, try await stage.shown().kind]
                #expect(first.contains("available romeo@example.net/orchard juliet@example.com"))
                #expect(try await Self.rest(stage).isEmpty)
                try await stage.pass(milliseconds: 1_000)
                let second = [try await stage.shown().kind, try await stage.shown().kind]
                #expect(try await Self.rest(stage).isEmpty)
                try await stage.pass(milliseconds: 1_000)
                let third = [try await stage.shown().kind]
                try await stage.pass(milliseconds: 1_000)
                #expect(try await Self.rest(stage).isEmpty)
                let probes = (first + second + third).filter { $0.hasPrefix("probe ") }
                #expect(Set(probes) == Set(watchers.map { "probe \($0)@example.net juliet@example.com" }))
                #expect(probes.count == watchers.count)
            }
        }

        /// Juliet sees Romeo.
        private static func watchRomeo(_ stage: Stage) async throws {
            try await stage.say("subscribe", from: "juliet@example.com", id: "s1")
            let subscribe = try await stage.request()
            try await stage.phone.answer(subscribe, 200, [(.expires, "600")])
            let body = Stage.document(Stage.tuple("orchard"))
            #expect(try await stage.notify(subscribe, body: body) == 200)
            #expect(try await stage.shown().kind == "subscribed romeo@example.net juliet@example.com")
            #expect(try await stage.shown().kind == "available romeo@example.net/orchard juliet@example.com")
        }

        /// What comes while the clock stands still.
        private static func rest(_ stage: Stage) async throws -> [XML.Element] {
            try await stage.gateway.onLoop { $0.tick() }
            try await Task.sleep(for: .milliseconds(50))
            return try await stage.server.stanzas.rest()
        }
    }
}
