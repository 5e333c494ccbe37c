import Ledger
import Loopback
import SIPMessages
import Testing
import XMLStreams

@testable import GatewayDaemon

extension GatewayTests {
    /// Users of the SIP shore publish to the gateway, which is their presence server.
    @Suite("Composition")
    struct CompositionTests {
        private static let tables = [SiteTable.switches("pres.mode: compose")]
        private static let orchard = "romeo@example.net/orchard juliet@example.com"

        @Test("SIP-PUB-001, -004, RFC 3856 §7.3: what a user publishes, changes and lets expire reaches a watcher")
        func life() async throws {
            try await Stage.play(tables: Self.tables) { stage in
                let first = try await stage.publish(Stage.tuple("orchard"))
                #expect(first.status == 200 && first.headers.expires == 120)
                let tag = try #require(first.headers.text(.entityTag))
                try await stage.say("subscribe", from: "juliet@example.com", id: "s1")
                #expect(try await stage.shown().kind == "subscribed romeo@example.net juliet@example.com")
                #expect(try await stage.shown().kind == "available " + Self.orchard)
                try await stage.wait(seconds: 6)
                let status = "<status><basic>open</basic><show xmlns='jabber:client'>away</show></status>"
                let second = try await stage.publish("<tuple id='orchard'>\(status)</tuple>", tag: tag, cseq: 2)
                #expect(second.status == 200 && second.headers.text(.entityTag) != tag)
                let (kind, element) = try await stage.shown()
                #expect(kind == "available " + Self.orchard)
                #expect(element.first("show", PlayedServer.namespace)?.text == "away")
                try await stage.say("probe", from: "juliet@example.com/chamber")
                #expect(try await stage.shown().kind == "available " + Self.orchard + "/chamber")
                try await stage.wait(seconds: 121)
                #expect(try await stage.shown().kind == "unavailable " + Self.orchard)
                try await stage.eventually("nothing is kept") { try stage.reader().usages().isEmpty }
                // Nobody was asked: the phone got no request.
                #expect(try await stage.phone.calls.rest().isEmpty)
                #expect(
                    try stage.records(.presence).filter { $0.leg == "sip" }.map(\.reason) == ["publish", "publish"]
                )
            }
        }

        @Test("ADDR-035: who publishes owns the JID, and nobody who differs in spelling alone publishes for it")
        func owner() async throws {
            try await Stage.play(tables: Self.tables) { stage in
                #expect(try await stage.publish(Stage.tuple("orchard"), by: "Romeo").status == 200)
                #expect(try await stage.publish(Stage.tuple("orchard"), cseq: 2).status == 403)
                #expect(try await stage.publish(Stage.tuple("orchard"), by: "Romeo", cseq: 3).status == 200)
                try await stage.recorded(.refused)
                #expect(try stage.records(.refused).map(\.reason) == ["addr-collision"])
                #expect(try stage.reader().address(jid: "romeo@example.net")?.uri == "sip:Romeo@example.net")
            }
        }

        @Test("SIP-PUB-004, -005: what is published is stored before the answer, and outlives a restart")
        func restart() async throws {
            try await Stage.play(tables: Self.tables) { stage in
                let first = try await stage.publish(Stage.tuple("orchard"))
                let row = try #require(try stage.reader().usages().first)
                #expect(row.kind == .compositor && row.presentity == "romeo@example.net" && row.watcher.isEmpty)
                try await stage.say("subscribe", from: "juliet@example.com", id: "s1")
                #expect(try await stage.shown().kind == "subscribed romeo@example.net juliet@example.com")
                #expect(try await stage.shown().kind == "available " + Self.orchard)
                try await stage.restart(after: 60_000)
                // A gateway that stops says so.
                #expect(try await stage.shown().kind == "unavailable " + Self.orchard)
                try await stage.pass(milliseconds: 100)
                #expect(try await stage.shown().kind == "available " + Self.orchard)
                let tag = try #require(first.headers.text(.entityTag))
                #expect(try await stage.publish("", tag: tag, cseq: 2).status == 200)
                #expect(try await stage.publish("", tag: tag, cseq: 3).status == 412)
                try await stage.restart(after: 121_000)
                #expect(try await stage.shown().kind == "unavailable " + Self.orchard)
                try await stage.pass(milliseconds: 100)
                #expect(try await stage.shown().kind == "unavailable romeo@example.net juliet@example.com")
                try await stage.eventually("nothing is kept") { try stage.reader().usages().isEmpty }
            }
        }

        @Test("SIP-PUB-005: a commit that fails is a 500, and nothing of it is stored later")
        func notStored() async throws {
            try await Stage.play(tables: Self.tables) { stage in
                let first = try await stage.publish(Stage.tuple("orchard"))
                let before = try stage.reader().usages().map(\.state)
                let tag = try #require(first.headers.text(.entityTag))
                let lock = try WriteLock(stage.databasePath)
                let failed = try await stage.publish(Stage.tuple("garden"), tag: tag, cseq: 2)
                lock.release()
                #expect(failed.status == 500 && !failed.headers.has(.entityTag))
                try await stage.recorded(.refused)
                #expect(try stage.records(.refused).map(\.reason) == ["store"])
                // What the gateway tried again is stored by the time that this is.
                try await stage.recorded(.presence, 2)
                #expect(try stage.reader().usages().map(\.state) == before)
                #expect(try await stage.publish("", tag: tag, cseq: 3).status == 200)
            }
        }

        @Test("sub.policy: a route that blocks refuses watchers of its users; one that is polite shows them nobody")
        func policies() async throws {
            let tables = { (policy: String) in [SiteTable.switches("pres.mode: compose, sub.policy: \(policy)")] }
            try await Stage.play(tables: tables("block")) { stage in
                #expect(try await stage.publish(Stage.tuple("orchard")).status == 200)
                try await stage.say("subscribe", from: "juliet@example.com", id: "s1")
                #expect(try await stage.shown().kind == "unsubscribed romeo@example.net juliet@example.com")
                try await stage.eventually("no watch is kept") { try stage.reader().watches().isEmpty }
            }
            try await Stage.play(tables: tables("polite-block")) { stage in
                #expect(try await stage.publish(Stage.tuple("orchard")).status == 200)
                try await stage.say("subscribe", from: "juliet@example.com", id: "s1")
                #expect(try await stage.shown().kind == "subscribed romeo@example.net juliet@example.com")
                #expect(try await stage.shown().kind == "unavailable romeo@example.net juliet@example.com")
            }
        }

        @Test("pres.mode: a route that is not composed takes no PUBLISH, and asks by SUBSCRIBE")
        func otherMode() async throws {
            try await Stage.play { stage in
                #expect(try await stage.publish(Stage.tuple("orchard")).status == 405)
                try await stage.say("subscribe", from: "juliet@example.com", id: "s1")
                #expect(try await stage.request().request.method == .subscribe)
            }
        }

        @Test("A route that is not composed any more: its users are subscribed to once what they published expires")
        func modeEnds() async throws {
            try await Stage.play(tables: Self.tables) { stage in
                #expect(try await stage.publish(Stage.tuple("orchard")).status == 200)
                try await stage.say("subscribe", from: "juliet@example.com", id: "s1")
                #expect(try await stage.shown().kind == "subscribed romeo@example.net juliet@example.com")
                #expect(try await stage.shown().kind == "available " + Self.orchard)
                try await stage.activate([])
                #expect(try await stage.publish(Stage.tuple("garden"), cseq: 2).status == 405)
                try await stage.wait(seconds: 121)
                #expect(try await stage.shown().kind == "unavailable " + Self.orchard)
                #expect(try await stage.request().request.method == .subscribe)
                try await stage.eventually("nothing is kept") {
                    try stage.reader().usages().allSatisfy { $0.kind != .compositor }
                }
            }
        }

        @Test("A route that becomes composed: a subscription is not renewed, and what is published is shown instead")
        func modeBegins() async throws {
            try await Stage.play { stage in
                try await stage.say("subscribe", from: "juliet@example.com", id: "s1")
                let subscribe = try await stage.request()
                try await stage.phone.answer(subscribe, 200, [(.expires, "600")])
                #expect(try await stage.notify(subscribe, body: Stage.document(Stage.tuple("orchard"))) == 200)
                #expect(try await stage.shown().kind == "subscribed romeo@example.net juliet@example.com")
                #expect(try await stage.shown().kind == "available " + Self.orchard)
                try await stage.activate(Self.tables)
                try await stage.wait(seconds: 500)
                #expect(try await stage.publish(Stage.tuple("garden"), cseq: 2).status == 200)
                try await stage.wait(seconds: 60)
                #expect(try await stage.shown().kind == "unavailable " + Self.orchard)
                #expect(try await stage.shown().kind == "available romeo@example.net/garden juliet@example.com")
                #expect(try await stage.phone.calls.rest().isEmpty)
            }
        }

        @Test("What changes by a reload is asked for at once when an operator repairs")
        func repaired() async throws {
            try await Stage.play { stage in
                try await stage.say("subscribe", from: "juliet@example.com", id: "s1")
                let subscribe = try await stage.request()
                try await stage.phone.answer(subscribe, 200, [(.expires, "600")])
                #expect(try await stage.notify(subscribe, body: Stage.document(Stage.tuple("orchard"))) == 200)
                #expect(try await stage.shown().kind == "subscribed romeo@example.net juliet@example.com")
                #expect(try await stage.shown().kind == "available " + Self.orchard)
                try await stage.activate(Self.tables)
                #expect(try await stage.publish(Stage.tuple("garden"), cseq: 2).status == 200)
                try await stage.wait(seconds: 6)
                #expect(try await stage.command(ControlRequest.repairSubscriptions, [:]).code == 0)
                #expect(try await stage.shown().kind == "available romeo@example.net/garden juliet@example.com")
                #expect(try await stage.shown().kind == "unavailable " + Self.orchard)
                #expect(try await stage.notify(subscribe, cseq: 2, body: Stage.document(Stage.tuple("x"))) == 481)
                try await stage.activate([])
                #expect(try await stage.command(ControlRequest.repairSubscriptions, [:]).code == 0)
                #expect(try await stage.request().request.method == .subscribe)
            }
        }
    }
}

extension Stage {
    /// Sends a PUBLISH of romeo for two minutes and waits for its answer; without tuples it has no body.
    fileprivate func publish(
        _ tuples: String,
        by user: String = "romeo",
        tag: String? = nil,
        cseq: Int = 1
    ) async throws -> SIPResponse {
        let address = try #require(try gateway.sipAddresses.first)
        let document = Self.document(tuples).replacing("romeo@example.net", with: "\(user)@example.net")
        let body = tuples.isEmpty ? "" : document
        var lines = [
            "PUBLISH sip:\(user)@example.net SIP/2.0",
            "Via: SIP/2.0/UDP 127.0.0.1:\(phone.port);branch=z9hG4bK-p-\(cseq);rport", "Max-Forwards: 70",
            "From: <sip:\(user)@example.net>;tag=p", "To: <sip:\(user)@example.net>", "Call-ID: p1",
            "CSeq: \(cseq) PUBLISH", "Event: presence", "Expires: 120",
        ]
        if let tag { lines.append("SIP-If-Match: \(tag)") }
        if !body.isEmpty { lines.append("Content-Type: application/pidf+xml") }
        lines += ["Content-Length: \(body.utf8.count)", "", body]
        try await phone.send(Array(lines.joined(separator: "\r\n").utf8), to: address)
        return try await phone.responses.next()
    }
}
