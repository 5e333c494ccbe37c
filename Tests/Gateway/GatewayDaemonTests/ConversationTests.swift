import Ledger
import Loopback
import SIPMessages
import Testing
import XMLStreams

@testable import GatewayDaemon

extension GatewayTests {
    /// What is remembered of users and their conversations.
    @Suite("Conversations")
    struct ConversationTests {
        @Test("A thread that cannot be a Call-ID survives a restart both ways; tag stable, CSeq rising")
        func threads() async throws {
            try await Stage.play { stage in
                try await stage.phone.answersAll(200)
                let more = "<thread>two words</thread>"
                try await stage.write("one", id: "m1", more: more)
                let first = try await stage.phone.calls.next()
                #expect(!first.callID.contains(" "))
                try await stage.write("two", id: "m2", more: more)
                let second = try await stage.phone.calls.next()
                #expect(second.callID == first.callID)
                #expect(second.fromTag == first.fromTag)
                #expect(second.cseq > first.cseq)
                try await stage.write("elsewhere", id: "m3", more: "<thread>other words</thread>")
                #expect(try await stage.phone.calls.next().callID != first.callID)

                #expect(try await stage.ask(Note("reply", call: first.callID)) == 202)
                #expect(try await stage.server.stanzas.next().thread == "two words")
                try await stage.recorded(.delivered, 4)
                try await stage.restart()
                #expect(try await stage.ask(Note("again", call: first.callID, cseq: 2)) == 202)
                #expect(try await stage.server.stanzas.next().thread == "two words")
                try await stage.write("three", id: "m4", more: more)
                let third = try await stage.phone.calls.next()
                #expect(third.callID == first.callID)
                #expect(third.fromTag == first.fromTag)
                #expect(third.cseq > second.cseq)
            }
        }

        @Test("MSG-012: with `reply` a stanza is of type chat where its recipient's last one to the sender was")
        func typeOfReplies() async throws {
            try await Stage.play(tables: [.switches("msg.type.pager: reply")]) { stage in
                try await stage.phone.answersAll(200)
                var number = 0
                func type(from user: String = "romeo") async throws -> String? {
                    number += 1
                    var note = Note("hello", call: "c\(number)")
                    note.from = "sip:\(user)@example.net"
                    note.branch = "z9hG4bK-\(number)"
                    #expect(try await stage.ask(note) == 202)
                    return try await stage.server.stanzas.next().attribute("type")
                }
                func write(_ type: String, to user: String = "romeo") async throws {
                    number += 1
                    try await stage.write("hi", id: "m\(number)", to: "\(user)@example.net", type: type)
                    _ = try await stage.phone.calls.next()
                }
                #expect(try await type() == nil)
                try await write("chat")
                #expect(try await type() == "chat")
                #expect(try await type(from: "mercutio") == nil)
                try await write("normal", to: "mercutio")
                #expect(try await type() == "chat")
                try await write("headline")
                #expect(try await type() == nil)
                try await write("chat")
                #expect(try await type() == "chat")
                try await write("normal")
                #expect(try await type() == nil)
            }
        }

        @Test("A reply in the thread of a SIP message is in its call")
        func call() async throws {
            try await Stage.play { stage in
                try await stage.phone.answersAll(200)
                #expect(try await stage.ask(Note("one", call: "a84b4c76@pc33.example.net")) == 202)
                let text = try #require(try await stage.server.stanzas.next().thread)
                try await stage.restart()
                try await stage.write("reply", id: "m1", more: "<thread>\(text)</thread>")
                #expect(try await stage.phone.calls.next().callID == "a84b4c76@pc33.example.net")
            }
        }

        @Test("Who sent Message/CPIM gets it, also after a restart, until it refuses it with 415")
        func carrier() async throws {
            try await Stage.play { stage in
                try await stage.write("plain", id: "m1")
                let plain = try await stage.phone.calls.next()
                #expect(plain.contentType.lowercased().hasPrefix("text/plain"))
                try await stage.phone.answer(plain, 200)

                let object = [
                    "From: <im:romeo@example.net>", "To: <im:juliet@example.com>", "",
                    "Content-Type: text/plain;charset=utf-8", "", "wrapped",
                ]
                var note = Note(object.joined(separator: "\r\n"), call: "c1")
                note.type = "message/cpim"
                #expect(try await stage.ask(note) == 202)
                #expect(try await stage.server.stanzas.next().body == "wrapped")
                try await stage.write("two", id: "m2")
                let wrapped = try await stage.phone.calls.next()
                #expect(wrapped.contentType.lowercased() == "message/cpim")
                #expect(wrapped.text.contains("im:romeo@example.net"))
                try await stage.phone.answer(wrapped, 200)
                try await stage.recorded(.delivered, 3)

                try await stage.restart()
                try await stage.write("three", id: "m3")
                let refused = try await stage.phone.calls.next()
                #expect(refused.contentType.lowercased() == "message/cpim")
                try await stage.phone.answer(refused, 415, [(.accept, "text/plain")])
                let retry = try await stage.phone.calls.next()
                #expect(retry.contentType.lowercased().hasPrefix("text/plain"))
                #expect(retry.text == "three")
                #expect(retry.callID == refused.callID)
                #expect(retry.branch != refused.branch)
                try await stage.phone.answer(retry, 200)
                try await stage.recorded(.delivered, 4)

                try await stage.restart()
                try await stage.write("four", id: "m4")
                #expect(try await stage.phone.calls.next().contentType.lowercased().hasPrefix("text/plain"))
                #expect(try stage.balance().balances)
            }
        }

        @Test("What was shown is forgotten after a day")
        func forgotten() async throws {
            try await Stage.play { stage in
                try await stage.phone.answersAll(200)
                var note = Note("hello", call: "c1")
                note.more = ["Accept: message/cpim, text/plain"]
                #expect(try await stage.ask(note) == 202)
                try await stage.write("one", id: "m1")
                #expect(try await stage.phone.calls.next().contentType.lowercased() == "message/cpim")
                stage.time.advance(milliseconds: 24 * 3_600_000)
                try await stage.restart()
                try await stage.write("two", id: "m2")
                #expect(try await stage.phone.calls.next().contentType.lowercased().hasPrefix("text/plain"))
            }
        }
    }
}
