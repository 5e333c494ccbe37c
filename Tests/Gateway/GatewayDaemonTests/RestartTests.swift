import Ledger
import Loopback
import SIPMessages
import Testing
import XMLStreams

@testable import GatewayDaemon

extension GatewayTests {
    /// A retry is the same request, and what came before the restart is known after it.
    @Suite("Restart")
    struct RestartTests {
        @Test("Within 32 seconds the same bytes go again")
        func sameBytes() async throws {
            try await Stage.play { stage in
                let origin = "<origin-id xmlns='urn:xmpp:sid:0' id='o1'/>"
                try await stage.write("hello", id: "m1", more: origin)
                let first = try await stage.phone.calls.next()
                try await stage.restart(after: 10_000)
                let again = try await stage.phone.calls.next()
                #expect(again.bytes == first.bytes)

                // The stanza of before is recognized.
                try await stage.write("hello", id: "m1", more: origin)
                try await stage.recorded(.duplicate)
                try await stage.phone.answer(again, 200)
                try await stage.recorded(.delivered)
                #expect(try await stage.phone.calls.rest().isEmpty)
                #expect(try stage.records(.accepted).count == 1)
                #expect(try stage.balance().balances)
            }
        }

        @Test(
            "XEP-0334 §4: what asks not to be stored is not tried again, and its sender is told",
            arguments: ["no-store", "no-permanent-store"]
        )
        func notStored(hint: String) async throws {
            try await Stage.play { stage in
                try await stage.write("one", id: "m1", more: "<\(hint) xmlns='urn:xmpp:hints'/>")
                _ = try await stage.phone.calls.next()
                try await stage.write("two", id: "m2", to: "mercutio@example.net")
                _ = try await stage.phone.calls.next()
                try await stage.restart(after: 10_000)
                let second = try await stage.phone.calls.next()
                #expect(second.text == "two")
                try await stage.phone.answer(second, 200)
                stage.time.advance(milliseconds: 1_000)
                let told = try await stage.server.stanzas.next()
                #expect(told.attribute("id") == "m1" && told.attribute("type") == "error")
                try await stage.recorded(.expired)
                #expect(try await stage.phone.calls.rest().isEmpty)
                #expect(try stage.balance().balances)
            }
        }

        @Test("Later the same request goes in another transaction: new branch, higher CSeq, the rest unchanged")
        func renewed() async throws {
            try await Stage.play { stage in
                try await stage.write("hello", id: "m1")
                let first = try await stage.phone.calls.next()
                try await stage.restart(after: 33_000)
                let again = try await stage.phone.calls.next()
                #expect(again.branch != first.branch)
                #expect(again.cseq > first.cseq)
                #expect(again.callID == first.callID)
                #expect(again.fromTag == first.fromTag)
                #expect(again.text == first.text)
                #expect(again.uri == first.uri)
                // The new identity is stored before it is used.
                let row = try #require(try stage.outbox().first)
                #expect(row.wire == again.bytes)
                try await stage.phone.answer(again, 200)
                try await stage.recorded(.delivered)
                #expect(try stage.outbox().isEmpty)
            }
        }

        @Test("A stanza without confirmation goes again with its id, and its request is answered 202 on another branch")
        func stanza() async throws {
            try await Stage.play { stage in
                try await stage.server.keepPongs()
                let note = Note("hello", call: "c1")
                #expect(try await stage.ask(note) == 202)
                let first = try await stage.server.stanzas.next()
                try await stage.restart()
                let again = try await stage.server.stanzas.next()
                #expect(again == first)
                #expect(again.attribute("id")?.isEmpty == false)

                var copy = note
                copy.branch += "-again"
                #expect(try await stage.ask(copy) == 202)
                try await stage.recorded(.duplicate)
                #expect(try stage.records(.duplicate).first?.crossing == "1")
                try await stage.server.givePongs()
                try await stage.recorded(.delivered)
                #expect(try await stage.server.stanzas.rest().isEmpty)
                #expect(try stage.balance().balances)
            }
        }

        @Test("Messages of one sender keep their order over a restart")
        func order() async throws {
            try await Stage.play { stage in
                for number in 1...4 { try await stage.write("text \(number)", id: "m\(number)") }
                try await stage.recorded(.accepted, 4)
                #expect(try await stage.phone.calls.next().text == "text 1")
                try await stage.restart()
                for number in 1...4 {
                    let call = try await stage.phone.calls.next()
                    #expect(call.text == "text \(number)")
                    try await stage.phone.answer(call, 200)
                }
                try await stage.recorded(.delivered, 4)
            }
        }
    }
}
