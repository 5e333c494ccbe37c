import Foundation
import Ledger
import SIPMessages
import Testing

@testable import GatewayDaemon

extension GatewayTests {
    /// What operators do about subscriptions of a running gateway.
    @Suite("Commands about subscriptions")
    struct SubscriptionCommandTests {
        private static let out = ["watcher": "juliet@example.com", "presentity": "romeo@example.net", "target": "cpim"]
        private static let into = [
            "watcher": "romeo@example.net", "presentity": "juliet@example.com", "target": "xmpp",
        ]

        @Test("RFC 6665 §4.1.2.2: repair renews in the dialog at once; a dialog that is lost is made anew")
        func repairOutward() async throws {
            try await Stage.play { stage in
                let subscribe = try await Self.approvedOut(stage)
                let reply = try await stage.command(ControlRequest.repairSubscriptions, Self.out)
                #expect(reply.rows == [["repaired": "1"]])
                let renewal = try await stage.request()
                #expect(renewal.callID == subscribe.callID && renewal.cseq > subscribe.cseq)
                try await stage.phone.answer(renewal, 481)
                let again = try await stage.request()
                #expect(again.request.method == .subscribe)
                #expect(again.callID != subscribe.callID)
                #expect(try Self.acts(stage) == ["subscription-repaired uid \(getuid())"])
            }
        }

        @Test("RFC 8048 §7.2: repair of all asks the users of the XMPP shore too, and tells watchers what they say")
        func repairAll() async throws {
            try await Stage.play { stage in
                try await Self.approvedInto(stage)
                let reply = try await stage.command(ControlRequest.repairSubscriptions, [:])
                #expect(reply.rows == [["repaired": "1"]])
                #expect(try await stage.shown().kind == "probe romeo@example.net juliet@example.com")
                try await stage.wait(seconds: 5)
                try await stage.say(nil, "<show>away</show>")
                #expect(try await stage.notification().text.contains("away"))
            }
        }

        @Test("RFC 8048 §5.2.3: a dropped watcher of the XMPP shore is unsubscribed on both sides, and it is recorded")
        func dropOutward() async throws {
            try await Stage.play { stage in
                let subscribe = try await Self.approvedOut(stage)
                let reply = try await stage.command(
                    ControlRequest.dropSubscription,
                    Self.out.merging(["reason": "user left"]) { one, _ in one }
                )
                #expect(reply.code == 0)
                #expect(try await stage.shown().kind == "unavailable romeo@example.net/orchard juliet@example.com")
                let end = try await stage.request()
                #expect(end.callID == subscribe.callID)
                #expect(end.request.headers.expires == 0)
                try await stage.phone.answer(end, 200, [(.expires, "0")])
                #expect(try await stage.shown().kind == "unsubscribed romeo@example.net juliet@example.com")
                try await stage.eventually("nothing is kept") { try stage.reader().watches().isEmpty }
                #expect(try Self.acts(stage) == ["subscription-dropped uid \(getuid())"])
                let again = try await stage.command(ControlRequest.dropSubscription, Self.out)
                #expect(again.code == 1)
                #expect(again.message == "juliet@example.com does not watch romeo@example.net")
            }
        }

        @Test("RFC 6665 §4.1.3: a dropped watcher of the SIP shore is rejected, and the user hears unsubscribe")
        func dropInward() async throws {
            try await Stage.play { stage in
                try await Self.approvedInto(stage)
                #expect(try await stage.command(ControlRequest.dropSubscription, Self.into).code == 0)
                let last = try await stage.notification()
                #expect(last.request.headers.text(.subscriptionState) == "terminated;reason=rejected")
                #expect(try await stage.shown().kind == "unsubscribe romeo@example.net juliet@example.com")
                try await stage.eventually("nothing is kept") {
                    try stage.reader().watches().isEmpty && stage.reader().usages().isEmpty
                }
            }
        }

        @Test("The status tells what is held and what waits for its turn")
        func status() async throws {
            try await Stage.play { stage in
                _ = try await Self.approvedOut(stage)
                let rows = try await stage.command(ControlRequest.status, [:]).rows.filter {
                    $0["section"] == "presence"
                }
                #expect(
                    rows.map { "\($0["name"] ?? "") \($0["value"] ?? "")" } == [
                        "subscriptions made 1", "subscriptions of neighbors 0", "users who publish here 0",
                        "waiting to subscribe 0", "waiting to ask 0", "personal events kept 0 told, 0 taken, 0 bytes",
                        "features known 0 kinds, 0 asked, 0 wait",
                    ]
                )
            }
        }

        /// Lets Juliet watch Romeo, who is in the orchard.
        private static func approvedOut(_ stage: Stage) async throws -> Phone.Call {
            try await stage.say("subscribe", from: "juliet@example.com", id: "s1")
            let subscribe = try await stage.request()
            try await stage.phone.answer(subscribe, 200, [(.expires, "600")])
            #expect(try await stage.notify(subscribe, body: Stage.document(Stage.tuple("orchard"))) == 200)
            #expect(try await stage.shown().kind == "subscribed romeo@example.net juliet@example.com")
            #expect(try await stage.shown().kind == "available romeo@example.net/orchard juliet@example.com")
            return subscribe
        }

        /// Lets Romeo watch Juliet.
        private static func approvedInto(_ stage: Stage) async throws {
            try await stage.phone.answersAll(200)
            _ = try await stage.watch()
            _ = try await stage.notification()
            _ = try await stage.shown()
            try await stage.say("subscribed", from: "juliet@example.com")
            _ = try await stage.notification()
        }

        private struct Act: Decodable {
            let event: String
            let actor: String
        }

        /// The acts of operators that were written down, each with who did it.
        private static func acts(_ stage: Stage) throws -> [String] {
            let events = ["subscription-repaired", "subscription-dropped"].map { AuditEvent(rawValue: $0) }
            return try stage.reader().auditRecords(matching: AuditFilter(events: events), limit: 10).map { row in
                let act = try JSONDecoder().decode(Act.self, from: Data(row.record))
                return "\(act.event) \(act.actor)"
            }
        }
    }
}
