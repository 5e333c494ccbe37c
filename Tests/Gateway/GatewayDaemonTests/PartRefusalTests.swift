import Ledger
import Loopback
import SIPMessages
import Testing
import XMLStreams

@testable import GatewayDaemon

extension GatewayTests {
    /// A recipient that does not read what rows put beside the text.
    @Suite("Parts that are refused")
    struct PartRefusalTests {
        private static let row = SiteTable.row(
            "message.xmpp",
            "fields",
            """
            id: invitation, xmpp: {element: invitation, namespace: "urn:example:calendar"}, \
            cpim: {part: "text/calendar; method=REQUEST"}, convert: text, loss: message.part
            """
        )

        private static let invitation = "<invitation xmlns='urn:example:calendar'>BEGIN:VCALENDAR</invitation>"

        @Test("RFC 3261 §21.4.13: after 415 to a multipart the text goes alone, in the same call, and once")
        func textAlone() async throws {
            try await Stage.play(tables: [Self.row]) { stage in
                try await stage.write("Lunch?", id: "m1", more: Self.invitation)
                let whole = try await stage.phone.calls.next()
                #expect(whole.contentType.lowercased().hasPrefix("multipart/mixed"))
                #expect(whole.text.contains("BEGIN:VCALENDAR"))
                try await stage.phone.answer(whole, 415, [(.accept, "text/plain")])
                let alone = try await stage.phone.calls.next()
                #expect(alone.contentType.lowercased().hasPrefix("text/plain"))
                #expect(alone.text == "Lunch?")
                #expect(alone.callID == whole.callID && alone.branch != whole.branch)
                try await stage.phone.answer(alone, 415, [(.accept, "text/html")])
                let error = try await stage.server.stanzas.next()
                #expect(error.attribute("type") == "error" && error.attribute("id") == "m1")
                #expect(try stage.balance().balances)
            }
        }

        @Test("MSG-037: after 415 to a multipart in Message/CPIM the text goes alone as well")
        func enveloped() async throws {
            try await Stage.play(tables: [Self.row, .switches("msg.carrier: cpim")]) { stage in
                try await stage.write("Lunch?", id: "m1", more: Self.invitation)
                let whole = try await stage.phone.calls.next()
                #expect(whole.contentType.lowercased() == "message/cpim" && whole.text.contains("BEGIN:VCALENDAR"))
                try await stage.phone.answer(whole, 415, [(.accept, "text/plain")])
                let alone = try await stage.phone.calls.next()
                #expect(alone.contentType.lowercased().hasPrefix("text/plain") && alone.text == "Lunch?")
                try await stage.phone.answer(alone, 200)
                try await stage.recorded(.delivered)
            }
        }

        @Test("A part without a text that is refused has nothing else to go as: its sender gets the error")
        func nothingElse() async throws {
            try await Stage.play(tables: [Self.row]) { stage in
                try await stage.server.send(
                    "<message type='chat' from='juliet@example.com/balcony' to='romeo@example.net' id='m1'>"
                        + Self.invitation + "</message>"
                )
                let part = try await stage.phone.calls.next()
                #expect(part.contentType.lowercased().hasPrefix("text/calendar"))
                try await stage.phone.answer(part, 415, [(.accept, "text/plain")])
                let error = try await stage.server.stanzas.next()
                #expect(error.attribute("type") == "error" && error.attribute("id") == "m1")
            }
        }
    }
}
