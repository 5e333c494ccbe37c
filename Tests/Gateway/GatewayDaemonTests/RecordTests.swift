import Ledger
import Loopback
import MappingTables
import SIPMessages
import Testing
import XMLStreams

@testable import GatewayDaemon

extension GatewayTests {
    /// The log of crossings.
    @Suite("Records")
    struct RecordTests {
        @Test("XMP-XML-08: what XML cannot carry is replaced, the stream lives on, and the record counts it")
        func replaced() async throws {
            try await Stage.play { stage in
                var note = Note("bell\u{B}\u{FFFF}\u{0}", call: "c1")
                note.type = "text/plain;charset=utf-8"
                #expect(try await stage.ask(note) == 202)
                #expect(try await stage.server.stanzas.next().body == "bell\u{FFFD}\u{FFFD}\u{FFFD}")
                #expect(try await stage.ask(Note("plain", call: "c2")) == 202)
                #expect(try await stage.server.stanzas.next().body == "plain")
                try await stage.recorded(.accepted, 2)
                let records = try stage.records(.accepted)
                #expect(records[0].losses == ["message.characters"])
                #expect(records[0].outcome == ["note": "xml-replaced-3"])
                #expect(records[1].losses == nil && records[1].outcome == nil)
            }
        }

        @Test("Acceptance and end say who, what, how and by which rules, and hold no text")
        func fields() async throws {
            try await Stage.play { stage in
                try await stage.phone.answersAll(200)
                let html = "<html xmlns='http://jabber.org/protocol/xhtml-im'><body "
                let secret = "xyzzy-plugh"
                try await stage.write(
                    secret,
                    id: "m1",
                    more: html + "xmlns='http://www.w3.org/1999/xhtml'><p><b>\(secret)</b></p></body></html>"
                )
                let call = try await stage.phone.calls.next()
                try await stage.recorded(.delivered)
                #expect(try await stage.ask(Note(secret + " back", call: "c1")) == 202)
                let stanza = try await stage.server.stanzas.next()
                try await stage.recorded(.delivered, 2)

                let accepted = try stage.records(.accepted)
                let out = try #require(accepted.first)
                // The first record is the activation of the tables.
                #expect(out.seq == 2)
                #expect(out.time == "2026-09-21T14:13:20.000Z")
                #expect(out.node == "gw.example.net")
                #expect(out.crossing == "1")
                #expect(out.leg == "xmpp" && out.direction == "to-cpim")
                #expect(out.peer == "example.net" && out.proof == "component")
                #expect(out.sender?.before == "juliet@example.com/balcony")
                #expect(out.sender?.after?.hasPrefix("sip:juliet@example.com") == true)
                #expect(out.recipient?.before == "romeo@example.net")
                #expect(out.recipient?.after == "sip:romeo@example.net")
                #expect(out.identifiers?["stanza.id"] == "m1")
                #expect(out.identifiers?["sip.callID"] == call.callID)
                #expect(out.identifiers?["sip.branch"] == call.branch)
                #expect(out.generation == stage.generation.identifier)
                #expect(out.rules?.isEmpty == false)
                #expect(out.losses == ["message.html"])
                #expect(out.size == secret.utf8.count)
                #expect(out.digest?.count == 64)

                let back = try #require(accepted.last)
                #expect(back.leg == "sip" && back.direction == "to-xmpp")
                #expect(back.peer?.contains("127.0.0.1") == true)
                #expect(back.proof == "address")
                #expect(back.sender?.before == "sip:romeo@example.net")
                #expect(back.sender?.after == "romeo@example.net")
                #expect(back.recipient?.before == "sip:juliet@example.com")
                #expect(back.recipient?.after?.hasPrefix("juliet@example.com") == true)
                #expect(back.identifiers?["sip.callID"] == "c1")
                #expect(back.identifiers?["stanza.id.out"] == stanza.attribute("id"))
                #expect(back.digest != out.digest)

                let ends = try stage.records(.delivered)
                #expect(ends.map(\.crossing) == ["1", "2"])
                #expect(ends.map { $0.outcome?["code"] } == ["200", "pong"])
                #expect(ends.map { $0.outcome?["attempts"] } == ["1", "1"])

                let leaves = try stage.reader().verifyLeaves()
                #expect(leaves.checked == 5 && leaves.faults.isEmpty)
                let all = try stage.reader().auditRecords()
                #expect(all.allSatisfy { !String(decoding: $0.record, as: UTF8.self).contains("xyzzy") })
                #expect(try stage.outbox().isEmpty)
            }
        }

        @Test("The same text between the same users has the same digest on one day, and another on the next")
        func digest() async throws {
            try await Stage.play { stage in
                try await stage.phone.answersAll(200)
                try await stage.write("same", id: "m1")
                try await stage.recorded(.delivered, 1)
                stage.time.advance(milliseconds: 20_000)
                try await stage.write("same", id: "m2")
                try await stage.recorded(.delivered, 2)
                try await stage.write("same", id: "m3", to: "mercutio@example.net")
                try await stage.recorded(.delivered, 3)
                stage.time.advance(milliseconds: 86_400_000)
                try await stage.restart()
                try await stage.write("same", id: "m4")
                try await stage.recorded(.delivered, 4)
                let digests = try stage.records(.accepted).map(\.digest)
                #expect(digests[0] == digests[1])
                #expect(Set(digests).count == 3)
            }
        }
    }
}
