import Foundation
import Loopback
import SIPMessages
import Testing
import XMLStreams

@testable import GatewayDaemon

extension GatewayTests {
    /// Devices of a user of the XMPP shore, as watchers of the SIP shore see them.
    @Suite("Devices")
    struct DeviceTests {
        @Test("PRES-015, XMP-PRS-08: a device that does not answer after a restart is closed once, the others stay")
        func ghosts() async throws {
            try await Stage.play { stage in
                try await Self.watch(stage)
                try await stage.say()
                _ = try await stage.notification()
                try await stage.wait(seconds: 5)
                try await stage.say(from: "juliet@example.com/chamber")
                let both = try await stage.notification()
                #expect(Self.devices(both) == ["balcony": "open", "chamber": "open"])
                try await stage.restart(after: 10_000)
                try await stage.pass(milliseconds: 100)
                #expect(try await stage.shown().kind == "probe romeo@example.net juliet@example.com")
                try await stage.say(from: "juliet@example.com/chamber")
                #expect(Self.devices(try await stage.notification()) == ["balcony": "open", "chamber": "open"])
                try await stage.wait(seconds: 62)
                #expect(Self.devices(try await stage.notification()) == ["balcony": "closed", "chamber": "open"])
                try await stage.wait(seconds: 5)
                try await stage.say(from: "juliet@example.com/chamber", "<show>away</show>")
                #expect(Self.devices(try await stage.notification()) == ["chamber": "open"])
            }
        }

        @Test("PRES-019, XMP-PRS-09: what a device shows one watcher is not shown another")
        func directed() async throws {
            try await Stage.play { stage in
                try await Self.watch(stage)
                try await Self.watch(stage, "benvolio")
                try await stage.say(from: "juliet@example.com/secret")
                let romeo = try await stage.notification()
                #expect(romeo.callID == "romeo")
                #expect(Self.devices(romeo) == ["secret": "open"])
                try await stage.say(to: "benvolio@example.net")
                let benvolio = try await stage.notification()
                #expect(benvolio.callID == "benvolio")
                #expect(Self.devices(benvolio) == ["balcony": "open"])
            }
        }

        @Test("SUB-026, RFC 6121 §3.3: who ends its own subscription is seen as before")
        func oneWay() async throws {
            try await Stage.play { stage in
                try await Self.watch(stage)
                try await stage.say("subscribe", from: "juliet@example.com", id: "s1")
                let subscribe = try await stage.request()
                #expect(subscribe.request.method == .subscribe)
                #expect(try await stage.notify(subscribe) == 200)
                while try await stage.shown().kind != "subscribed romeo@example.net juliet@example.com" {}
                try await stage.say("unsubscribe", from: "juliet@example.com")
                let end = try await stage.request()
                #expect(end.request.method == .subscribe && end.request.headers.expires == 0)
                try await stage.say()
                #expect(Self.devices(try await stage.notification()) == ["balcony": "open"])
            }
        }

        private static func watch(_ stage: Stage, _ user: String = "romeo") async throws {
            try await stage.approvedWatcher(user, call: user)
            try await stage.wait(seconds: 5)
        }

        /// The devices of a document, and whether they are open.
        private static func devices(_ call: Phone.Call) -> [String: String] {
            var devices: [String: String] = [:]
            for tuple in call.text.components(separatedBy: "<tuple id='ID-").dropFirst() {
                devices[String(tuple.prefix { $0 != "'" })] = tuple.contains("<basic>open</basic>") ? "open" : "closed"
            }
            return devices
        }
    }
}
