import Ledger
import SIPMessages
import Testing
import XMLStreams

@testable import GatewayDaemon

extension GatewayTests {
    /// Watchers of the SIP shore who wait at its presence server.
    @Suite("Watchers at a presence server")
    struct WatcherTests {
        private static let tables = [SiteTable.switches("pres.mode: publish, sub.winfo: on")]

        /// Publishes juliet, and tells the gateway that romeo waits.
        private func announce(_ stage: Stage) async throws {
            try await stage.say()
            let publish = try await stage.request()
            try await stage.phone.answer(publish, 200, [(.entityTag, "one"), (.expires, "3600")])
            let subscribe = try await stage.request()
            #expect(subscribe.request.headers.text(.event) == "presence.winfo")
            try await stage.phone.answer(subscribe, 200, [(.expires, "600")])
            #expect(try await tell(stage, subscribe, cseq: 1) == 200)
        }

        private func tell(_ stage: Stage, _ subscribe: Phone.Call, cseq: Int) async throws -> Int {
            let body =
                "<watcherinfo xmlns='urn:ietf:params:xml:ns:watcherinfo' version='\(cseq)' state='full'>"
                + "<watcher-list resource='sip:juliet@example.com' package='presence'><watcher id='w' status='pending' "
                + "event='subscribe' display-name='Romeo M.'>sip:romeo@example.net</watcher></watcher-list></watcherinfo>"
            return try await stage.notify(
                subscribe,
                cseq: cseq,
                body: body,
                event: "presence.winfo",
                type: "application/watcherinfo+xml"
            )
        }

        @Test("RFC 3857 §4.7.1, RFC 6121 §3.4: the user is asked, and an approval serves the watcher at once")
        func approved() async throws {
            try await Stage.play(tables: Self.tables) { stage in
                try await announce(stage)
                let (kind, element) = try await stage.shown()
                #expect(kind == "subscribe romeo@example.net juliet@example.com")
                #expect(element.first("nick", "http://jabber.org/protocol/nick")?.text == "Romeo M.")
                try await stage.recorded(.subscription)
                #expect(try stage.records(.subscription).map(\.reason) == ["watcher-waiting"])
                try await stage.say("subscribed", from: "juliet@example.com")
                try await stage.eventually("the approval is stored") {
                    try stage.reader().watches().map(\.state) == [2]
                }
                try await stage.phone.answersAll(200)
                #expect(try await stage.watch().status == 200)
                let active = try await stage.notification()
                #expect(active.request.headers.text(.subscriptionState)?.hasPrefix("active") == true)
            }
        }

        @Test("A refusal refuses the watcher, also after a restart, and is asked for once")
        func refused() async throws {
            try await Stage.play(tables: Self.tables) { stage in
                try await announce(stage)
                _ = try await stage.shown()
                try await stage.say("unsubscribed", from: "juliet@example.com")
                try await stage.eventually("the refusal is stored") { try stage.reader().watches().map(\.state) == [4] }
                try await stage.restart(after: 1_000)
                try await stage.pass(milliseconds: 100)
                let subscribe = try await stage.request()
                #expect(subscribe.request.headers.text(.event) == "presence.winfo")
                try await stage.phone.answer(subscribe, 200, [(.expires, "600")])
                #expect(try await tell(stage, subscribe, cseq: 1) == 200)
                try await stage.phone.answersAll(200)
                #expect(try await stage.watch().status == 200)
                // The first word comes with the answer, before the refusal.
                #expect(try await stage.notification().text.isEmpty)
                let last = try await stage.notification()
                #expect(last.request.headers.text(.subscriptionState) == "terminated;reason=rejected")
                #expect(last.text.isEmpty)
                let asked = try stage.records(.subscription).count { $0.reason == "watcher-waiting" }
                #expect(asked == 1)
            }
        }
    }
}
