import Ledger
import Loopback
import SIPMessages
import Testing
import XMLStreams

@testable import BridgeCore
@testable import GatewayDaemon

extension GatewayTests {
    /// Who is writing is told at once or not at all.
    @Suite("Writing")
    struct WritingTests {
        private static let states = "http://jabber.org/protocol/chatstates"

        /// Romeo has written to Juliet, whose client uses chat states.
        private func begin(_ stage: Stage) async throws {
            #expect(try await stage.ask(Note("hi", call: "c1")) == 202)
            _ = try await stage.server.stanzas.next()
            try await stage.recorded(.delivered)
        }

        /// A state of Juliet's that a request tells, answered.
        private func state(_ stage: Stage, _ status: Int = 200) async throws -> String {
            let call = try await stage.phone.calls.next()
            #expect(call.contentType == "application/im-iscomposing+xml")
            try await stage.phone.answer(call, status)
            try await stage.eventually("the request has its end") {
                try await stage.gateway.onLoop { $0.bridge.lanes.isEmpty && $0.passing.isEmpty }
            }
            return call.text.contains("<state>active</state>") ? "active" : call.text.contains("idle") ? "idle" : ""
        }

        private func say(_ stage: Stage, _ state: String) async throws {
            try await stage.signal("<\(state) xmlns='\(Self.states)'/>")
        }

        @Test("RFC 7573 §6: chat states are composing states, one for each interval, and text ends them")
        func outward() async throws {
            try await Stage.play { stage in
                try await begin(stage)
                try await say(stage, "composing")
                #expect(try await state(stage) == "active")
                try await say(stage, "composing")
                try await say(stage, "paused")
                #expect(try await state(stage) == "idle")
                try await say(stage, "composing")
                #expect(try await state(stage) == "active")
                try await stage.write("done", id: "m1", more: "<active xmlns='\(Self.states)'/>")
                let text = try await stage.phone.calls.next()
                #expect(text.text == "done")
                try await stage.phone.answer(text, 200)
                try await say(stage, "active")
                try await stage.write("more", id: "m2")
                #expect(try await stage.phone.calls.next().text == "more")
                // Nothing of it was stored.
                #expect(try stage.balance()[.accepted] == 3)
                #expect(try stage.balance().balances)
            }
        }

        @Test("RFC 3994 §7: nobody is told of the writing of one to whom they have not written")
        func beforeReply() async throws {
            try await Stage.play { stage in
                try await say(stage, "composing")
                try await stage.write("hello", id: "m1")
                #expect(try await stage.phone.calls.next().text == "hello")
            }
        }

        @Test("RFC 3994 §3.2: a state is told again after 90 seconds, and ends after five minutes")
        func refreshes() async throws {
            try await Stage.play { stage in
                try await begin(stage)
                try await say(stage, "composing")
                #expect(try await state(stage) == "active")
                for (expected, seconds) in [("active", 90), ("active", 90), ("active", 90), ("idle", 30)] {
                    try await stage.pass(milliseconds: Int64(seconds - 1) * 1_000)
                    #expect(try await stage.phone.calls.rest().isEmpty)
                    try await stage.pass(milliseconds: 1_001)
                    let told = try await state(stage)
                    #expect(told == expected, "after \(seconds) s")
                }
                try await stage.pass(milliseconds: 600_000)
                #expect(try await stage.phone.calls.rest().isEmpty)
            }
        }

        @Test("RFC 3994 §4: who answers 415 is told no more; another failure ends only what was going on")
        func refused() async throws {
            try await Stage.play { stage in
                try await begin(stage)
                try await say(stage, "composing")
                #expect(try await state(stage, 480) == "active")
                try await stage.pass(milliseconds: 400_000)
                #expect(try await stage.phone.calls.rest().isEmpty)
                try await say(stage, "composing")
                #expect(try await state(stage, 415) == "active")
                try await say(stage, "paused")
                try await say(stage, "composing")
                try await stage.write("hello", id: "m1")
                let next = try await stage.phone.calls.next()
                #expect(next.text == "hello")
                #expect(try await stage.server.stanzas.rest().isEmpty)
                #expect(try stage.records(.failed).isEmpty)
            }
        }

        @Test("RFC 3428 §8: a state waits while a request is open to its reader, and only the last one goes")
        func oneAtATime() async throws {
            try await Stage.play { stage in
                try await begin(stage)
                try await stage.write("one", id: "m1")
                let open = try await stage.phone.calls.next()
                for state in ["composing", "paused", "composing"] { try await say(stage, state) }
                try await stage.eventually("the state waits") {
                    try await stage.gateway.onLoop { $0.passing.count == 1 }
                }
                #expect(try await stage.phone.calls.rest().isEmpty)
                try await stage.phone.answer(open, 200)
                try await stage.recorded(.delivered, 2)
                let told = try await stage.phone.calls.next()
                #expect(told.text.contains("<state>active</state>"))
                // A message waits for the end of that request in turn.
                try await stage.write("two", id: "m2")
                try await stage.eventually("the message waits") {
                    try await stage.gateway.onLoop { $0.bridge.balance.waiting == 1 }
                }
                #expect(try await stage.phone.calls.rest().isEmpty)
                try await stage.phone.answer(told, 200)
                #expect(try await stage.phone.calls.next().text == "two")
            }
        }

        @Test("RFC 3994 §3.3: the writing of SIP users is told to clients that know it, and ends by itself")
        func inward() async throws {
            try await Stage.play { stage in
                // Before a client has shown that it knows states it gets none.
                #expect(try await stage.ask(.composing("active", call: "s1")) == 202)
                try await stage.write("hello", id: "m1", more: "<active xmlns='\(Self.states)'/>")
                try await stage.phone.answer(try await stage.phone.calls.next(), 200)
                try await stage.recorded(.delivered)
                // It is not to be kept, which is no reason not to tell it.
                var first = Note.composing("active", call: "s2", refresh: 90)
                first.more = ["Expires: 0"]
                #expect(try await stage.ask(first) == 202)
                let writes = try await stage.server.stanzas.next()
                #expect(writes.first("composing", Self.states) != nil)
                #expect(writes.first("no-store", "urn:xmpp:hints") != nil)
                #expect(writes.attribute("type") == "chat")
                #expect(writes.attribute("to") == "juliet@example.com")
                try await stage.pass(milliseconds: 60_000)
                #expect(try await stage.ask(.composing("active", call: "s3", refresh: 90)) == 202)
                try await stage.pass(milliseconds: 89_000)
                #expect(try await stage.server.stanzas.rest().isEmpty)
                try await stage.pass(milliseconds: 1_001)
                #expect(try await stage.server.stanzas.next().first("active", Self.states) != nil)
                // Text ends it, and says so itself.
                #expect(try await stage.ask(.composing("active", call: "s4")) == 202)
                #expect(try await stage.server.stanzas.next().first("composing", Self.states) != nil)
                #expect(try await stage.ask(Note("text", call: "c2")) == 202)
                let text = try await stage.server.stanzas.next()
                #expect(text.body == "text")
                #expect(text.first("active", Self.states) != nil)
                try await stage.recorded(.delivered, 2)
                try await stage.pass(milliseconds: 200_000)
                #expect(try await stage.server.stanzas.rest().isEmpty)
                // Nothing of it was stored, and a state that cannot be read is no fault.
                #expect(try await stage.ask(.composing("?", call: "s5", document: "<isComposing>")) == 202)
                #expect(try stage.balance()[.accepted] == 2)
            }
        }

        @Test("chat.idle: the end of writing is a pause where the route says so")
        func idleWord() async throws {
            try await Stage.play(tables: [.switches("chat.idle: paused")]) { stage in
                try await stage.write("hello", id: "m1", more: "<active xmlns='\(Self.states)'/>")
                try await stage.phone.answer(try await stage.phone.calls.next(), 200)
                #expect(try await stage.ask(.composing("active", call: "s1")) == 202)
                #expect(try await stage.server.stanzas.next().first("composing", Self.states) != nil)
                #expect(try await stage.ask(.composing("idle", call: "s2")) == 202)
                #expect(try await stage.server.stanzas.next().first("paused", Self.states) != nil)
            }
        }
    }
}

extension Note {
    /// Whether somebody is writing.
    static func composing(
        _ state: String,
        call: String,
        refresh: Int? = nil,
        document: String? = nil
    ) -> Note {
        let rest = refresh.map { "<refresh>\($0)</refresh>" } ?? ""
        let text =
            document
            ?? "<isComposing xmlns='urn:ietf:params:xml:ns:im-iscomposing'><state>\(state)</state>\(rest)</isComposing>"
        var note = Note(text, call: call)
        note.type = "application/im-iscomposing+xml"
        return note
    }
}
