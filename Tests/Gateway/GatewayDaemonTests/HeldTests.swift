import Foundation
import Ledger
import Loopback
import MappingTables
import SIPMessages
import Testing
import XMLStreams

@testable import BridgeCore
@testable import GatewayDaemon

extension GatewayTests {
    /// What the tables do not let cross, and say that it is held.
    @Suite("Held messages")
    struct HeldTests {
        private static let hold = [
            SiteTable.row("loss", "loss", "id: message.extension, overrides: message.extension, do: hold")
        ]
        private static let desk = "<desk xmlns='urn:example:x'>4</desk><origin-id xmlns='urn:xmpp:sid:0' id='o1'/>"

        private static func errors(_ code: String, _ status: Int = 404) -> SiteTable {
            .row(
                "errors",
                "errors",
                "id: gateway-\(code), overrides: gateway-\(code), gateway: \(code), do: hold, "
                    + "xmpp: {condition: item-not-found, type: cancel}, sip: {status: \(status)}, text: The desk is unknown."
            )
        }

        /// A header of an object that no row takes.
        private static var note: Note {
            var note = Note(
                "From: <im:romeo@example.net>\r\nTo: <im:juliet@example.com>\r\nNS: My <urn:example:x>\r\nMy.Desk: 4\r\n"
                    + "NS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: i1\r\n\r\nContent-Type: text/plain\r\n\r\nhi",
                call: "c1"
            )
            note.type = "message/cpim"
            return note
        }

        private static let header = [
            SiteTable.row("loss", "loss", "id: message.header, overrides: message.header, do: hold")
        ]

        private static func reprocess(
            _ stage: Stage,
            _ ids: String = "1",
            _ more: [String: String] = [:]
        ) async throws -> [[String: String]] {
            let arguments = ["ids": ids].merging(more) { $1 }
            let reply = try await stage.command(ControlRequest.reprocessMessages, arguments)
            #expect(reply.code == 0, "\(reply)")
            return reply.rows
        }

        private static func balances(_ stage: Stage) async throws {
            #expect(try stage.balance().balances)
            #expect(try await stage.gateway.onLoop { $0.bridge.balance.holds })
        }

        @Test("A held stanza is stored with its reason and its rows, its sender hears nothing, and later ones pass it")
        func held() async throws {
            try await Stage.play(tables: Self.hold) { stage in
                try await stage.write("one", id: "m1", more: Self.desk)
                try await stage.recorded(.held)
                try await stage.write("two", id: "m2")
                #expect(try await stage.phone.calls.next().text == "two")
                let row = try #require(try stage.outbox().first)
                #expect(row.state == .held && row.id == 1 && row.wire.isEmpty && row.hop.isEmpty)
                #expect(String(decoding: row.source, as: UTF8.self).contains("urn:example:x"))
                #expect(row.deadline == row.accepted + 86_400_000)
                let record = try #require(try stage.records(.held).first)
                #expect(record.crossing == "1" && record.outcome?["code"] == "loss")
                #expect(record.losses == ["message.extension"] && record.reason == "{urn:example:x}desk")
                #expect(record.rules?.contains("loss.message.extension") == true)
                #expect(try stage.records(.accepted).first?.identifiers?["stanza.id"] == "m1")
                #expect(try await stage.server.stanzas.rest().isEmpty)
                #expect(try stage.balance().outbox[.held] == 1)
                try await Self.balances(stage)
            }
        }

        @Test("A held stanza that comes again is a duplicate, also after a restart")
        func duplicate() async throws {
            try await Stage.play(tables: Self.hold) { stage in
                try await stage.write("one", id: "m1", more: Self.desk)
                try await stage.recorded(.held)
                try await stage.write("one", id: "m1", more: Self.desk)
                try await stage.recorded(.duplicate)
                try await stage.restart(after: 5_000)
                try await stage.write("one", id: "m1", more: Self.desk)
                try await stage.recorded(.duplicate, 2)
                #expect(try stage.outbox().map(\.state) == [.held])
                try await Self.balances(stage)
            }
        }

        @Test(
            "Other tables send it under its own number and ids, also after a restart; the record says who, why, and of what",
            arguments: [false, true]
        )
        func reprocessed(restarts: Bool) async throws {
            try await Stage.play(tables: Self.hold) { stage in
                let before = stage.generation.identifier
                try await stage.write("one", id: "m1", more: Self.desk)
                try await stage.recorded(.held)
                if restarts { try await stage.restart(after: 3_600_000) }
                try await stage.activate([
                    .row(
                        "message.xmpp",
                        "fields",
                        "id: desk, xmpp: {element: desk, namespace: 'urn:example:x'}, cpim: {header: Desk, namespace: 'urn:example:x'}"
                    ), .switches("msg.carrier: cpim"),
                ])
                let rows = try await Self.reprocess(stage, "1", ["reason": "the desk has a row"])
                #expect(rows.first?["result"] == "waiting")
                #expect(rows.first?["before"] == before && rows.first?["generation"] == stage.generation.identifier)
                let call = try await stage.phone.calls.next()
                #expect(call.text.contains("Desk: 4") && call.text.hasSuffix("one"))
                // It says when it was written, not when it was sent.
                if restarts {
                    let accepted = try #require(try stage.records(.accepted).first?.time)
                    #expect(call.text.contains("DateTime: " + accepted.prefix(19)))
                }
                try await stage.phone.answer(call, 200)
                try await stage.recorded(.delivered)
                let record = try #require(try stage.records(.reprocessed).first)
                #expect(record.crossing == "1" && record.actor == "uid \(getuid())")
                #expect(record.reason == "the desk has a row")
                #expect(record.outcome?["state"] == "waiting" && record.outcome?["before"] == before)
                #expect(record.generation == stage.generation.identifier)
                #expect(record.rules?.contains("message.xmpp.desk") == true)
                #expect(record.identifiers?["sip.callID"] == call.callID)
                #expect(record.recipient?.after == "sip:romeo@example.net")
                #expect(try stage.records(.delivered).first?.crossing == "1")
                #expect(try stage.records(.accepted).count == 1)
                #expect(try stage.outbox().isEmpty)
                // The stanza of before is known still.
                if !restarts {
                    try await stage.write("one", id: "m1", more: Self.desk)
                    try await stage.recorded(.duplicate)
                }
                try await Self.balances(stage)
            }
        }

        @Test("A trial shows all stages and changes nothing")
        func trial() async throws {
            try await Stage.play(tables: Self.hold) { stage in
                try await stage.write("one", id: "m1", more: Self.desk)
                try await stage.recorded(.held)
                try await stage.activate([])
                try await stage.recorded(.activated, 2)
                try await stage.recorded(.retired)
                let row = try #require(try stage.outbox().first)
                let events = try stage.records().map(\.event)
                let shown = try #require(try await Self.reprocess(stage, "1", ["trial": "yes"]).first)
                #expect(shown["result"] == "waiting")
                #expect(shown["source"]?.contains("<desk") == true)
                #expect(shown["middle"]?.contains("im:romeo@example.net") == true)
                #expect(shown["target"]?.hasPrefix("MESSAGE sip:romeo@example.net SIP/2.0\r\n") == true)
                #expect(shown["losses"] == "message.extension" && shown["rules"]?.contains("message.xmpp.body") == true)
                #expect(shown["recipient-after"] == "sip:romeo@example.net")
                try await stage.pass(milliseconds: 2_000)
                #expect(try stage.outbox() == [row])
                let eventsAfter = try stage.records().map(\.event)
                #expect(eventsAfter == events)
                #expect(try await stage.phone.calls.rest().isEmpty)
                // What was looked at can be sent.
                #expect(try await Self.reprocess(stage).first?["result"] == "waiting")
                #expect(try await stage.phone.calls.next().text == "one")
            }
        }

        @Test("A trial shows so many bytes of a stage, and says how many it leaves out")
        func shown() {
            let bytes = Array(repeating: UInt8(ascii: "a"), count: Retranslation.largestShown)
            #expect(Retranslation.shown(bytes).utf8.count == 65_536)
            #expect(Retranslation.shown(bytes + [98, 98]).hasSuffix("a\n… and 2 bytes more"))
        }

        @Test("What other tables do not let cross either stays held, with the new reason, for the first deadline")
        func stillHeld() async throws {
            try await Stage.play(tables: Self.hold) { stage in
                try await stage.write("one", id: "m1", more: Self.desk)
                try await stage.recorded(.held)
                let row = try #require(try stage.outbox().first)
                try await stage.activate([
                    .row(
                        "message.xmpp",
                        "fields",
                        "id: desk, xmpp: {element: desk, namespace: 'urn:example:x'}, "
                            + "cpim: {header: Desk, namespace: 'urn:example:x'}, convert: date-time, on-error: hold"
                    )
                ])
                let shown = try #require(try await Self.reprocess(stage).first)
                #expect(shown["result"] == "held" && shown["code"] == "loss")
                #expect(shown["text"] == "A field of the message has no form on the other side.")
                try await stage.recorded(.reprocessed)
                let record = try #require(try stage.records(.reprocessed).first)
                #expect(record.outcome?["state"] == "held" && record.outcome?["code"] == "loss")
                #expect(record.rules?.contains("message.xmpp.desk") == true)
                let kept = try #require(try stage.outbox().first)
                #expect(kept.state == .held && kept.deadline == row.deadline && kept.source == row.source)
                #expect(Holding(facts: kept.facts).text == shown["text"])
                // A second time the reason is replaced, not added.
                _ = try await Self.reprocess(stage)
                try await stage.recorded(.reprocessed, 2)
                #expect(try stage.outbox().first?.facts == kept.facts)
                #expect(try await stage.phone.calls.rest().isEmpty)
                try await Self.balances(stage)
            }
        }

        @Test(
            "A held request is answered 202 once it is stored, and reaches the other shore with the time of its acceptance"
        )
        func request() async throws {
            try await Stage.play(tables: Self.header + [.switches("msg.accept-status: '200'")]) { stage in
                #expect(try await stage.ask(Self.note) == 202)
                #expect(try stage.outbox().map(\.state) == [.held])
                var again = Self.note
                again.branch += "-again"
                again.cseq = 2
                #expect(try await stage.ask(again) == 202)
                try await stage.recorded(.duplicate)
                try await stage.restart(after: 3_600_000)
                try await stage.activate([])
                #expect(try await Self.reprocess(stage).first?["result"] == "waiting")
                let stanza = try await stage.server.stanzas.next()
                #expect(stanza.body == "hi")
                #expect(stanza.attribute("from") == "romeo@example.net")
                let delay = stanza.children.first { $0.name == "delay" }
                let accepted = try #require(try stage.records(.accepted).first?.time)
                #expect(delay?.attribute("stamp")?.prefix(19) == accepted.prefix(19))
                try await stage.recorded(.delivered)
                try await Self.balances(stage)
            }
        }

        @Test("RFC 3428 §7: a held request whose Expires is over fails, and its sender is told by one text message")
        func expiredRequest() async throws {
            try await Stage.play(tables: Self.header) { stage in
                var note = Self.note
                note.more = ["Expires: 10"]
                #expect(try await stage.ask(note) == 202)
                try await stage.pass(milliseconds: 12_000)
                let notice = try await stage.phone.calls.next()
                #expect(notice.text == "The other side cannot carry a part of the message.")
                #expect(notice.callID == "c1" && notice.uri == "sip:romeo@example.net")
                try await stage.phone.answer(notice, 200)
                try await stage.recorded(.failed)
                #expect(try stage.records(.failed).first?.reason == "held until its deadline")
                try await stage.recorded(.delivered)
                #expect(try stage.balance()[.failed] == 1 && stage.balance()[.failedUntold] == 0)
                try await Self.balances(stage)
            }
        }

        @Test(
            "At its deadline a held stanza fails with the error of its reason; given up it does so at once",
            arguments: [false, true]
        )
        func ended(drops: Bool) async throws {
            try await Stage.play(limits: "{held-deadline: 10s}", tables: Self.hold) { stage in
                try await stage.write("one", id: "m1", more: Self.desk)
                try await stage.recorded(.held)
                if drops {
                    let reply = try await stage.command(ControlRequest.dropMessages, ["ids": "1", "reason": "by mail"])
                    #expect(reply.rows == [["id": "1", "result": "dropped", "code": "loss"]])
                } else {
                    try await stage.restart(after: 9_000)
                    #expect(try await stage.server.stanzas.rest().isEmpty)
                    try await stage.pass(milliseconds: 2_000)
                }
                let error = try await stage.server.stanzas.next()
                #expect(error.attribute("id") == "m1" && error.attribute("type") == "error")
                #expect(error.attribute("to") == "juliet@example.com/balcony")
                #expect(error.condition == "not-acceptable" && error.errorType == "modify")
                try await stage.recorded(.failed)
                #expect(try stage.records(.failed).first?.reason == (drops ? "by mail" : "held until its deadline"))
                if drops {
                    let record = try #require(try stage.records(.dropped).first)
                    #expect(record.actor == "uid \(getuid())" && record.reason == "by mail" && record.crossing == "1")
                }
                #expect(try stage.balance()[.failed] == 1)
                #expect(try !stage.outbox().contains { $0.state == .held })
                try await Self.balances(stage)
            }
        }

        @Test("Where there is no room, the sender is refused as if nothing were held, on both shores")
        func full() async throws {
            try await Stage.play(limits: "{held: 1}", tables: Self.hold + [Self.errors("unsupported-type", 415)]) {
                stage in
                try await stage.write("one", id: "m1", more: Self.desk)
                try await stage.recorded(.held)
                try await stage.write("two", id: "m2", more: "<desk xmlns='urn:example:x'>5</desk>")
                let error = try await stage.server.stanzas.next()
                #expect(error.attribute("id") == "m2" && error.condition == "not-acceptable")
                var note = Note("hi", call: "c1")
                note.type = "application/x-desk"
                #expect(try await stage.ask(note) == 415)
                try await stage.recorded(.refused, 2)
                #expect(try stage.records(.refused).map(\.reason) == ["loss", "unsupported-type"])
                #expect(try stage.balance().outbox[.held] == 1 && stage.balance()[.refused] == 2)
                try await Self.balances(stage)
            }
        }

        @Test("A type that nothing reads is held where its row says so, and signals are not")
        func type() async throws {
            try await Stage.play(tables: [Self.errors("unsupported-type", 415)]) { stage in
                var note = Note("hi", call: "c1")
                note.type = "application/x-desk"
                #expect(try await stage.ask(note) == 202)
                try await stage.recorded(.held)
                #expect(try stage.records(.held).first?.rules == ["errors.gateway-unsupported-type"])
                #expect(try await Self.reprocess(stage).first?["code"] == "unsupported-type")
                _ = try await stage.command(ControlRequest.dropMessages, ["ids": "1", "reason": "no"])
                #expect(try await stage.phone.calls.next().text == "The desk is unknown.")
            }
        }

        @Test("An address that has no form crosses once a pair is stored for it")
        func address() async throws {
            try await Stage.play(tables: [Self.errors("addr-unmappable-sender", 400)]) { stage in
                var note = Note("hi", call: "c1")
                note.from = "sip:ro%01meo@example.net"
                #expect(try await stage.ask(note) == 202)
                try await stage.recorded(.held)
                #expect(try await Self.reprocess(stage).first?["code"] == "addr-unmappable-sender")
                let pair = ["jid": "mantua@example.net", "uri": "sip:ro%01meo@example.net"]
                #expect(try await stage.command(ControlRequest.addAddress, pair).code == 0)
                let shown = try #require(try await Self.reprocess(stage).first)
                #expect(shown["result"] == "waiting")
                #expect(shown["addresses"]?.hasPrefix("mantua@example.net = ") == true)
                #expect(try await stage.server.stanzas.next().attribute("from") == "mantua@example.net")
                try await stage.recorded(.reprocessed, 2)
                #expect(try stage.records(.reprocessed).last?.outcome?["addresses"] == shown["addresses"])
                try await stage.recorded(.delivered)
                try await Self.balances(stage)
            }
        }

        @Test("A composing state, a receipt and what asks not to be stored are refused and never held")
        func notWorthIt() async throws {
            try await Stage.play(tables: Self.hold) { stage in
                let hint = "<no-store xmlns='urn:xmpp:hints'/>"
                try await stage.write("one", id: "m1", more: Self.desk + hint)
                #expect(try await stage.server.stanzas.next().condition == "not-acceptable")
                try await stage.server.send(
                    "<message from='juliet@example.com' to='romeo@example.net' id='m2'>"
                        + "<composing xmlns='http://jabber.org/protocol/chatstates'/><desk xmlns='urn:example:x'/></message>"
                )
                try await stage.write("three", id: "m3")
                #expect(try await stage.phone.calls.next().text == "three")
                #expect(try stage.records(.held).isEmpty)
                try await Self.balances(stage)
            }
        }

        @Test("Requests for messages that are not held, not numbers, or too many are answered, and change nothing")
        func wrongRequests() async throws {
            try await Stage.play(tables: Self.hold) { stage in
                try await stage.write("one", id: "m1")
                let call = try await stage.phone.calls.next()
                #expect(
                    try await Self.reprocess(stage, "1 77") == [
                        ["id": "1", "result": "not-held"], ["id": "77", "result": "not-held"],
                    ]
                )
                for ids in ["", "x", "1 1", (1...101).map(String.init).joined(separator: " ")] {
                    let reply = try await stage.command(ControlRequest.reprocessMessages, ["ids": ids])
                    #expect(reply.code == 2)
                }
                let reply = try await stage.command(ControlRequest.dropMessages, ["ids": "1", "reason": "no"])
                #expect(reply.rows == [["id": "1", "result": "not-held"]])
                try await stage.phone.answer(call, 200)
                try await stage.recorded(.delivered)
                #expect(try stage.records(.dropped).isEmpty && stage.records(.reprocessed).isEmpty)
            }
        }

        @Test("A change that the store refuses leaves the message held, and the command says so")
        func failedCommit() async throws {
            try await Stage.play(tables: Self.hold) { stage in
                try await stage.write("one", id: "m1", more: Self.desk)
                try await stage.recorded(.held)
                try await stage.activate([])
                try await stage.recorded(.activated)
                // Its row is gone, as if the store had lost it: the change is refused.
                try WriteLock(stage.databasePath).commit("DELETE FROM outbox")
                let reply = try await stage.command(ControlRequest.reprocessMessages, ["ids": "1"])
                #expect(reply.code == 1 && reply.message?.contains("no item 1") == true)
                #expect(try await stage.gateway.onLoop { $0.bridge.balance.held } == 1)
                #expect(try await stage.gateway.onLoop { $0.reprocessing.isEmpty })
                #expect(try await stage.phone.calls.rest().isEmpty)
            }
        }
    }
}
