import Ledger
import SIPMessages
import Testing

@testable import GatewayDaemon

extension GatewayTests {
    /// Presence that a presence server of the SIP shore keeps.
    @Suite("Publications")
    struct PublicationTests {
        private static let tables = [SiteTable.switches("pres.mode: publish")]

        @Test("PRES-083, RFC 3903 §4: a route that wants it has presence published, and it outlives a restart")
        func life() async throws {
            try await Stage.play(tables: Self.tables) { stage in
                try await stage.say(nil, "<show>away</show>")
                let initial = try await stage.request()
                #expect(initial.request.method == .publish && initial.uri == "sip:juliet@example.com")
                #expect(initial.text.contains("<show xmlns='jabber:client'>away</show>"))
                try await stage.phone.answer(initial, 200, [(.entityTag, "one"), (.expires, "3600")])
                try await stage.eventually("the publication is stored") {
                    try stage.reader().usages().map(\.kind) == [.publisher]
                }
                try await stage.restart()
                try await stage.pass(milliseconds: 100)
                #expect(try await stage.shown().kind == "probe romeo@example.net juliet@example.com")
                try await stage.say("unavailable")
                let remove = try await stage.request()
                #expect(remove.request.method == .publish && remove.request.headers.expires == 0)
                #expect(remove.request.headers.text(.ifMatch) == "one" && remove.text.isEmpty)
                try await stage.phone.answer(remove, 200, [(.entityTag, "two"), (.expires, "0")])
                try await stage.eventually("nothing is kept") { try stage.reader().usages().isEmpty }
            }
        }

        @Test("PRES-083: a route that does not want it has no PUBLISH")
        func notified() async throws {
            try await Stage.play { stage in
                try await stage.say(nil, "<show>away</show>")
                try await stage.say("probe", from: "juliet@example.com/balcony")
                #expect(try await stage.request().request.method == .subscribe)
            }
        }
    }
}
