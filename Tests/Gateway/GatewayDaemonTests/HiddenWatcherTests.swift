import Foundation
import Ledger
import SIPMessages
import Testing
import XMLStreams

@testable import GatewayDaemon

extension GatewayTests {
    /// Watchers of the SIP shore who hide.
    @Suite("Watchers who hide")
    struct HiddenWatcherTests {
        private static let tables = [SiteTable.switches("sub.anonymous: on")]
        private static let wish = Stage.Wish(from: "sip:anonymous@anonymous.invalid")

        /// Asks, and returns the answer and the address that the user sees.
        private func ask(_ stage: Stage) async throws -> (answer: SIPResponse, watcher: String) {
            try await stage.phone.answersAll(200)
            let answer = try await stage.watch(Self.wish)
            #expect(answer.status == 200)
            _ = try await stage.notification()
            let (kind, element) = try await stage.shown()
            #expect(kind.hasPrefix("subscribe anon-") && kind.hasSuffix("@example.net juliet@example.com"))
            return (answer, try #require(element.attribute("from")))
        }

        @Test("REQ2779-5.1.3: the user sees a pseudonym, may approve it, and is told when it is gone")
        func approved() async throws {
            try await Stage.play(tables: Self.tables) { stage in
                let (answer, watcher) = try await ask(stage)
                try await stage.say("subscribed", from: "juliet@example.com", to: watcher)
                let active = try await stage.notification()
                #expect(active.request.headers.text(.subscriptionState)?.hasPrefix("active") == true)
                try await stage.wait(seconds: 5)
                try await stage.say(to: watcher, "<show>away</show>")
                #expect(try await stage.notification().text.contains("<show xmlns='jabber:client'>away</show>"))
                let record = try #require(try stage.records(.subscription).first)
                #expect(record.reason == "subscribe" && record.identifiers?["pseudonym"] == watcher)
                // The name outlives a restart, as the dialog does.
                try await stage.restart(after: 5_000)
                try await stage.pass(milliseconds: 100)
                #expect(try await stage.shown().kind == "probe \(watcher) juliet@example.com")
                try await stage.say(to: watcher, "<show>dnd</show>")
                #expect(try await stage.notification().text.contains("<show xmlns='jabber:client'>dnd</show>"))
                var end = Self.wish
                end.cseq = 2
                end.expires = 0
                let target = active.request.headers.text(.contact)?.drop { $0 != "<" }.dropFirst().prefix { $0 != ">" }
                end.dialog = (try #require(try answer.headers.to().tag), String(target ?? ""))
                #expect(try await stage.watch(end).status == 200)
                let last = try await stage.notification()
                #expect(last.request.headers.text(.subscriptionState) == "terminated;reason=timeout")
                #expect(try await stage.shown().kind == "unavailable \(watcher) juliet@example.com")
                #expect(try await stage.shown().kind == "unsubscribe \(watcher) juliet@example.com")
                try await stage.eventually("nothing is kept") {
                    try stage.reader().watches().isEmpty && stage.reader().usages().isEmpty
                }
            }
        }

        @Test("REQ2779-5.1.3: the user may refuse it")
        func refused() async throws {
            try await Stage.play(tables: Self.tables) { stage in
                let (_, watcher) = try await ask(stage)
                try await stage.say("unsubscribed", from: "juliet@example.com", to: watcher)
                let last = try await stage.notification()
                #expect(last.request.headers.text(.subscriptionState) == "terminated;reason=rejected")
                try await stage.eventually("nothing is kept") {
                    try stage.reader().watches().isEmpty && stage.reader().usages().isEmpty
                }
            }
        }

        @Test("A watcher who hid and whose dialog ended while the gateway was down is withdrawn at its start")
        func endedMeanwhile() async throws {
            try await Stage.play(tables: Self.tables) { stage in
                let (_, watcher) = try await ask(stage)
                try await stage.restart(after: 700_000)
                #expect(try await stage.shown().kind == "unsubscribe \(watcher) juliet@example.com")
                try await stage.eventually("nothing is kept") { try stage.reader().watches().isEmpty }
            }
        }

        @Test("REQ2779-5.1.14, ADDR-047: without the switch it is refused with 433, on record; a message always is")
        func off() async throws {
            try await Stage.play { stage in
                #expect(try await stage.watch(Self.wish).status == 433)
                try await stage.recorded(.refused)
                #expect(try stage.records(.refused).map(\.reason) == ["anonymous-sender"])
                #expect(try stage.reader().watches().isEmpty)
            }
        }
    }
}
