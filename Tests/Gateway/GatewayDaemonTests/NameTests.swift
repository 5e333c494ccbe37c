import Interworking
import SIPMessages
import Testing

@testable import GatewayDaemon

/// The names that users of the XMPP shore go by.
@Suite("Correspondents: names")
struct RememberedNameTests {
    @Test("the last name counts; one longer than 64 bytes changes nothing")
    func longest() {
        var correspondents = Correspondents()
        let longest = String(repeating: "ä", count: Correspondents.longestName / 2)
        correspondents.saw(name: "Ishmael", of: "juliet@example.com")
        correspondents.saw(name: longest, of: "juliet@example.com")
        #expect(correspondents.names["juliet@example.com"] == longest)
        correspondents.saw(name: longest + "a", of: "juliet@example.com")
        #expect(correspondents.names["juliet@example.com"] == longest)
        #expect(correspondents.names["romeo@example.com"] == nil)
    }
}

extension GatewayTests {
    /// Names through a whole gateway.
    @Suite("Names")
    struct NameTests {
        private static func nick(_ name: String) -> String {
            "<nick xmlns='http://jabber.org/protocol/nick'>\(name)</nick>"
        }

        /// The display name that the SIP shore reads in the next message.
        private func name(
            _ stage: Stage,
            _ id: String,
            to: String = "romeo@example.net",
            more: String = ""
        ) async throws -> String? {
            try await stage.write("hi", id: id, to: to, more: more)
            let call = try await stage.request()
            #expect(call.request.method == .message)
            try await stage.phone.answer(call, 200)
            return try call.request.headers.from().displayName
        }

        private func subscribe(_ stage: Stage, _ name: String) async throws {
            try await stage.say("subscribe", from: "juliet@example.com", id: "s1", Self.nick(name))
            let call = try await stage.request()
            #expect(call.request.method == .subscribe)
            try await stage.phone.answer(call, 200, [(.expires, "600")])
        }

        @Test("MSG-075, XEP-0172 §4.1: the nick of a subscribe is the Formal-name of later messages")
        func subscription() async throws {
            try await Stage.play(tables: [.switches("msg.carrier: cpim, cpim.uri: im")]) { stage async throws in
                #expect(try await name(stage, "m1") == nil)
                try await subscribe(stage, "Ishmael")
                try await stage.write("hi", id: "m2")
                let call = try await stage.request()
                #expect(call.text.contains("From: Ishmael <im:juliet@example.com>\r\n"))
            }
        }

        @Test("MSG-075, XEP-0172 §4.2: the nick of a message is remembered, for others too, until another comes")
        func message() async throws {
            try await Stage.play { stage async throws in
                #expect(try await name(stage, "m1", more: Self.nick("Ishmael")) == "Ishmael")
                #expect(try await name(stage, "m2") == "Ishmael")
                #expect(try await name(stage, "m3", to: "mercutio@example.net") == "Ishmael")
                #expect(try await name(stage, "m4", more: Self.nick("Ahab")) == "Ahab")
                #expect(try await name(stage, "m5") == "Ahab")
            }
        }

        @Test("MSG-075: with msg.nick: off nothing is remembered and nothing is told")
        func off() async throws {
            try await Stage.play(tables: [.switches("msg.nick: off")]) { stage async throws in
                try await subscribe(stage, "Ishmael")
                #expect(try await name(stage, "m1", more: Self.nick("Ishmael")) == nil)
                #expect(try await name(stage, "m2") == nil)
            }
        }
    }
}
