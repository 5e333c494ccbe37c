import Ledger
import Loopback
import SIPMessages
import Testing

@testable import GatewayDaemon

extension GatewayTests {
    /// A NOTIFY that nobody had answered when the gateway stopped.
    @Suite("Owed NOTIFY")
    struct OwedNotifyTests {
        private static func state(_ call: Phone.Call) -> String {
            call.request.headers.text(.subscriptionState) ?? ""
        }

        @Test("RFC 6665 §4.2.1.2: who may see is told again what the presentity said last, though it stays silent")
        func active() async throws {
            try await Stage.play { stage in
                try await stage.approvedWatcher()
                try await stage.wait(seconds: 5)
                try await stage.phone.answersAll(nil)
                try await stage.say(nil, "<show>away</show>")
                let open = try await stage.notification()
                try await stage.eventually("the change is stored") {
                    try stage.reader().watches().first.map {
                        String(decoding: $0.parts, as: UTF8.self).contains("away")
                    } ?? false
                }
                try await stage.restart(after: 10_000)
                try await stage.phone.answersAll(200)
                try await stage.wait(seconds: 6)
                let again = try await stage.notification()
                #expect(again.callID == open.callID && again.fromTag == open.fromTag && again.cseq > open.cseq)
                #expect(Self.state(again).hasPrefix("active;expires=5"))
                #expect(again.text.contains("<show xmlns='jabber:client'>away</show>"))
                try await stage.wait(seconds: 10)
                #expect(try await stage.phone.calls.rest().isEmpty)
            }
        }

        @Test("SIP-SUB-003: who waits for a decision is told so again")
        func pending() async throws {
            try await Stage.play { stage in
                _ = try await stage.watch()
                let open = try await stage.notification()
                try await stage.restart(after: 10_000)
                try await stage.phone.answersAll(200)
                try await stage.wait(seconds: 6)
                let again = try await stage.notification()
                #expect(again.callID == open.callID && again.cseq > open.cseq)
                #expect(Self.state(again).hasPrefix("pending;expires=5") && again.text.isEmpty)
            }
        }

        @Test(
            "RFC 6665 §4.2.2: who is refused learns it after the restart, once, whether or not it was let in before",
            arguments: [false, true]
        )
        func refused(wasLetIn: Bool) async throws {
            try await Stage.play { stage in
                if wasLetIn {
                    try await stage.approvedWatcher()
                } else {
                    try await stage.phone.answersAll(200)
                    _ = try await stage.watch()
                    _ = try await stage.notification()
                }
                try await stage.phone.answersAll(nil)
                try await stage.say("unsubscribed", from: "juliet@example.com")
                let open = try await stage.notification()
                #expect(Self.state(open) == "terminated;reason=rejected")
                try await stage.eventually("the refusal is stored") { try stage.reader().watches().isEmpty }
                try await stage.restart(after: 10_000)
                try await stage.phone.answersAll(200)
                try await stage.pass(milliseconds: 100)
                let again = try await stage.notification()
                #expect(again.callID == open.callID && again.cseq > open.cseq)
                #expect(Self.state(again) == "terminated;reason=rejected" && again.text.isEmpty)
                try await stage.eventually("nothing is kept") { try stage.reader().usages().isEmpty }
                try await stage.restart(after: 10_000)
                try await stage.wait(seconds: 6)
                #expect(try await stage.phone.calls.rest().isEmpty)
            }
        }
    }
}
