import BridgeCore
import Ledger
import Loopback
import SIPMessages
import Testing
import XMLStreams

@testable import GatewayDaemon

extension GatewayTests {
    /// Every item has an end that its sender learns.
    @Suite("Told")
    struct ToldTests {
        @Test("A stanza error behind the confirmation is told by one text message, and not twice in a minute")
        func late() async throws {
            try await Stage.play { stage in
                var stanzas: [String: Int] = [:]
                for number in 1...2 {
                    #expect(try await stage.ask(Note("text \(number)", call: "c\(number)")) == 202)
                    try await stage.recorded(.delivered, number)
                    try await stage.bounce(try await stage.server.stanzas.next())
                    try await stage.recorded(.reopened, number)
                    stanzas["text \(number)"] = number
                }
                let notice = try await stage.phone.calls.next()
                #expect(notice.uri == "sip:romeo@example.net")
                #expect(notice.from == "sip:juliet@example.com")
                #expect(notice.callID == "c1")
                #expect(notice.contentType.hasPrefix("text/plain"))
                #expect(notice.text == "The message could not be delivered: item not found.")
                try await stage.phone.answer(notice, 200)
                try await stage.recorded(.delivered, 3)
                #expect(try await stage.phone.calls.rest().isEmpty)
                let balance = try stage.balance()
                #expect(balance[.accepted] == 3)
                #expect(balance[.delivered] == 1)
                #expect(balance[.failed] == 2)
                #expect(balance[.failedUntold] == 1)
                #expect(balance.balances)
                #expect(try await stage.gateway.onLoop { $0.bridge.balance.holds })

                // After the pause the sender is told again.
                stage.time.advance(milliseconds: 61_000)
                #expect(try await stage.ask(Note("text 3", call: "c3")) == 202)
                try await stage.bounce(try await stage.server.stanzas.next())
                #expect(try await stage.phone.calls.next().callID == "c3")
            }
        }

        @Test("An error that comes later than the window is written down and tells nobody")
        func tooLate() async throws {
            try await Stage.play { stage in
                #expect(try await stage.ask(Note("text", call: "c1")) == 202)
                let stanza = try await stage.server.stanzas.next()
                try await stage.recorded(.delivered)
                stage.time.advance(milliseconds: 31_000)
                try await stage.eventually("the item is forgotten") {
                    try await stage.gateway.onLoop { $0.bridge.item(.init(1)) == nil }
                }
                try await stage.bounce(stanza)
                #expect(try await stage.ask(Note("more", call: "c2")) == 202)
                try await stage.recorded(.delivered, 2)
                #expect(try await stage.phone.calls.rest().isEmpty)
                #expect(try stage.records(.reopened).isEmpty)
            }
        }

        @Test("An error before the confirmation is told too")
        func early() async throws {
            try await Stage.play { stage in
                try await stage.server.keepPongs()
                #expect(try await stage.ask(Note("text", call: "c1")) == 202)
                try await stage.bounce(try await stage.server.stanzas.next(), "service-unavailable")
                let notice = try await stage.phone.calls.next()
                #expect(notice.text.hasSuffix("service unavailable."))
                try await stage.phone.answer(notice, 200)
                try await stage.recorded(.delivered)
                #expect(try stage.records(.failed).first?.outcome?["code"] == "service-unavailable")
                #expect(try stage.balance().balances)
            }
        }

        @Test("A notice that fails is answered with nothing and counts as untold")
        func notice() async throws {
            try await Stage.play { stage in
                try await stage.server.keepPongs()
                #expect(try await stage.ask(Note("text", call: "c1")) == 202)
                try await stage.bounce(try await stage.server.stanzas.next())
                try await stage.phone.answer(try await stage.phone.calls.next(), 404)
                try await stage.recorded(.failedUntold)
                #expect(try stage.balance()[.failedUntold] == 1)
                #expect(try stage.balance()[.failed] == 2)
                #expect(try await stage.ask(Note("more", call: "c2")) == 202)
                #expect(try await stage.server.stanzas.next().body == "more")
                #expect(try await stage.phone.calls.rest().isEmpty)
                #expect(try stage.balance().balances)
            }
        }

        @Test("An error for an error is answered with nothing")
        func error() async throws {
            try await Stage.play { stage in
                try await stage.write("hello", id: "m1")
                try await stage.phone.answer(try await stage.phone.calls.next(), 404)
                let error = try await stage.server.stanzas.next()
                #expect(error.attribute("type") == "error")
                try await stage.bounce(error)
                try await stage.write("more", id: "m2")
                #expect(try await stage.phone.calls.next().text == "more")
                #expect(try await stage.server.stanzas.rest().isEmpty)
                #expect(try stage.records(.reopened).isEmpty)
            }
        }

        @Test("A SIP message whose time runs out is told")
        func expiredNote() async throws {
            try await Stage.play { stage in
                try await stage.server.goDown()
                try await stage.eventually("the link is down") { try await !stage.gateway.isConnected() }
                var note = Note("soon", call: "c1")
                note.more = ["Expires: 10"]
                #expect(try await stage.ask(note) == 202)
                stage.time.advance(milliseconds: 12_000)
                let notice = try await stage.phone.calls.next()
                #expect(notice.callID == "c1")
                #expect(!notice.text.isEmpty)
                try await stage.phone.answer(notice, 200)
                try await stage.recorded(.expired)
                try await stage.recorded(.delivered)
                #expect(try stage.balance()[.expired] == 1)
                #expect(try stage.balance()[.failedUntold] == 0)
                #expect(try stage.balance().balances)
            }
        }

        @Test("MSG-048, SIP-MSG-005 RFC 3428 §7: a SIP message that had expired when it came is told, and never sent")
        func expiredOnTheWay() async throws {
            try await Stage.play { stage in
                var note = Note("stale", call: "c1")
                note.more = Self.past(stage)
                #expect(try await stage.ask(note) == 202)
                let notice = try await stage.phone.calls.next()
                #expect(notice.callID == "c1" && notice.uri == "sip:romeo@example.net")
                #expect(notice.text == "The message could not be delivered in time.")
                try await stage.phone.answer(notice, 200)
                try await stage.recorded(.delivered)
                #expect(try stage.records(.expired).map(\.crossing) == ["1"])
                #expect(try stage.records(.refused).isEmpty)
                #expect(try await stage.server.stanzas.rest().isEmpty)
                let balance = try stage.balance()
                #expect(balance[.accepted] == 2 && balance[.expired] == 1 && balance[.failedUntold] == 0)
                #expect(balance.balances)
                #expect(try await stage.gateway.onLoop { $0.bridge.balance.holds })
                // What comes next is not held up.
                #expect(try await stage.ask(Note("fresh", call: "c2")) == 202)
                #expect(try await stage.server.stanzas.next().body == "fresh")
            }
        }

        @Test("MSG-048 RFC 5438 §8.2: who asked for it gets a notification of a message that had expired when it came")
        func expiredOnTheWayNotified() async throws {
            try await Stage.play(tables: ReceiptTests.tables) { stage in
                var note = Note.asking("negative-delivery", id: "d1", call: "c1")
                note.more = Self.past(stage)
                #expect(try await stage.ask(note) == 202)
                let call = try await stage.phone.calls.next()
                #expect(call.contentType == "message/cpim")
                #expect(call.text.contains("<failed") && call.text.contains("<message-id>d1<"))
                try await stage.phone.answer(call, 200)
                try await stage.recorded(.delivered)
                #expect(try stage.records(.expired).count == 1)
                #expect(try await stage.phone.calls.rest().isEmpty)
                #expect(try await stage.server.stanzas.rest().isEmpty)
                #expect(try stage.balance().balances)
            }
        }

        /// The header fields of a request that was sent a minute ago and counted for half of it.
        private static func past(_ stage: Stage) -> [String] {
            let now = stage.time.clock.read().wall
            return ["Date: \(SIPDate(secondsSince1970: now / 1_000 - 60))", "Expires: 30"]
        }

        @Test("A stanza whose time runs out gets a typed error with its id")
        func expiredStanza() async throws {
            try await Stage.play(limits: "{deadline: 10s}") { stage in
                try await stage.write("first", id: "m1")
                try await stage.write("second", id: "m2")
                try await stage.recorded(.accepted, 2)
                stage.time.advance(milliseconds: 12_000)
                let error = try await stage.server.stanzas.next()
                #expect(error.attribute("id") == "m2")
                #expect(error.attribute("from") == "romeo@example.net")
                #expect(error.attribute("to") == "juliet@example.com/balcony")
                #expect(error.condition == "remote-server-timeout")
                #expect(error.errorType == "wait")
                try await stage.recorded(.expired)
            }
        }

        @Test(
            "A refused request is a typed error with the stanza's id, also after a restart",
            arguments: [false, true]
        )
        func refused(restarts: Bool) async throws {
            try await Stage.play { stage in
                try await stage.write("hello", id: "m1")
                var call = try await stage.phone.calls.next()
                if restarts {
                    try await stage.restart()
                    call = try await stage.phone.calls.next()
                }
                try await stage.phone.answer(call, 404)
                let error = try await stage.server.stanzas.next()
                #expect(error.attribute("type") == "error")
                #expect(error.attribute("id") == "m1")
                #expect(error.attribute("from") == "romeo@example.net")
                #expect(error.attribute("to") == "juliet@example.com/balcony")
                #expect(error.condition == "item-not-found")
                #expect(error.errorType == "cancel")
                try await stage.recorded(.delivered)
                #expect(try stage.records(.failed).first?.outcome?["code"] == "404")
                #expect(try stage.balance()[.failedUntold] == 0)
                #expect(try stage.balance().balances)
            }
        }
    }
}
