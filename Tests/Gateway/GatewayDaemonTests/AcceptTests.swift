import Ledger
import Loopback
import SIPMessages
import Testing
import XMLStreams

@testable import GatewayDaemon

extension GatewayTests {
    /// What correspondents name in Accept.
    @Suite("Accept")
    struct AcceptTests {
        private static let tables: [SiteTable] = [
            .switches("msg.multilingual: alternative, msg.html.out: alternative")
        ]
        private static let all = "text/plain, text/html, multipart/alternative"
        private static let czech = "<body xml:lang='cs'>Proc</body>"
        private static let html =
            "<html xmlns='http://jabber.org/protocol/xhtml-im'>"
            + "<body xmlns='http://www.w3.org/1999/xhtml'><p>Why</p></body></html>"

        private static func hear(_ stage: Stage, accept: String?, call: String) async throws {
            var note = Note("hello", call: call)
            note.more = accept.map { ["Accept: \($0)"] } ?? []
            #expect(try await stage.ask(note) == 202)
            _ = try await stage.server.stanzas.next()
        }

        @Test(
            "MSG-031, MSG-054: alternatives go to who named their types, also after a restart; text to who did not",
            arguments: [all, "text/plain, multipart/mixed", nil]
        )
        func alternatives(accept: String?) async throws {
            try await Stage.play(tables: Self.tables) { stage in
                try await stage.phone.answersAll(200)
                try await Self.hear(stage, accept: accept, call: "c1")
                for (index, more) in [Self.czech, Self.html].enumerated() {
                    try await stage.write("Why", id: "m-\(more.count)", more: more)
                    let call = try await stage.phone.calls.next()
                    if accept == Self.all {
                        #expect(call.contentType.hasPrefix("multipart/alternative"))
                        #expect(call.text.contains(more == Self.html ? "<p>Why</p>" : "Proc"))
                    } else {
                        #expect(call.contentType.hasPrefix("text/plain") && call.text == "Why")
                    }
                    try await stage.recorded(.delivered, index + 2)
                    try await stage.restart()
                }
            }
        }

        @Test("RFC 3261 §21.4.13: who refuses an alternative gets the text, and text alone from then on")
        func refused() async throws {
            try await Stage.play(tables: Self.tables) { stage in
                try await Self.hear(stage, accept: Self.all, call: "c1")
                try await stage.write("Why", id: "m1", more: Self.czech)
                let first = try await stage.phone.calls.next()
                #expect(first.contentType.hasPrefix("multipart/alternative"))
                try await stage.phone.answer(first, 415, [(.accept, "text/plain")])
                let second = try await stage.phone.calls.next()
                #expect(second.contentType.hasPrefix("text/plain") && second.text == "Why")
                try await stage.phone.answer(second, 200)
                try await stage.recorded(.delivered, 2)
                try await stage.write("Why not", id: "m2", more: Self.czech)
                #expect(try await stage.phone.calls.next().contentType.hasPrefix("text/plain"))
            }
        }
    }

    @Suite("PeerMemory")
    struct PeerMemoryTests {
        @Test("What is named in Accept counts for a day, is stored when it changes, and is forgotten when it was wrong")
        func accepts() {
            var memory = PeerMemory()
            let name = "romeo@example.net"
            let types = ["text/plain", "text/html"]
            let rows = [
                memory.learn(name, accepts: [], now: 0), memory.learn(name, accepts: types, now: 0),
                memory.learn(name, accepts: types, now: 1_000),
            ]
            #expect(rows.map { $0?.expires } == [nil, PeerMemory.lifetime, nil])
            #expect(memory.accepts(of: name, now: 1_000) == types)
            #expect(memory.accepts(of: name, now: PeerMemory.lifetime).isEmpty)
            #expect(memory.entry(name, now: 0) == nil)
            let again = PeerMemory(rows.compactMap(\.self))
            #expect(again.accepts(of: name, now: 1_000) == types)
            #expect(again.entry(name, now: 0) == nil)
            let gone = memory.learn(name, accepts: [], now: 2_000)
            #expect(gone?.expires == 2_000)
            #expect(memory.accepts(of: name, now: 2_000).isEmpty)
        }
    }
}
