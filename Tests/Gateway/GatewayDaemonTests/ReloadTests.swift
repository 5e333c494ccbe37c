import Foundation
import Ledger
import Loopback
import MappingTables
import SIPMessages
import Testing
import XMLStreams

@testable import GatewayDaemon

extension GatewayTests {
    /// Other tables in force.
    @Suite("Reload")
    struct ReloadTests {
        @Test("Other tables change what crosses next, and the change is recorded")
        func activated() async throws {
            try await Stage.play { stage in
                try await stage.phone.answersAll(200)
                let before = stage.generation.identifier
                try await stage.write("one", id: "m1")
                #expect(try await stage.phone.calls.next().contentType.lowercased().hasPrefix("text/plain"))
                try await stage.activate([.switches("msg.carrier: cpim")])
                try await stage.write("two", id: "m2")
                #expect(try await stage.phone.calls.next().contentType.lowercased() == "message/cpim")
                try await stage.recorded(.accepted, 2)
                #expect(try stage.records(.accepted).map(\.generation) == [before, stage.generation.identifier])
                let record = try #require(try stage.records(.activated).last)
                #expect(record.generation == stage.generation.identifier)
                #expect(record.outcome?["before"] == before)
            }
        }

        /// Tables in which nobody is told of a failure, and a 404 is another condition.
        private let others: [SiteTable] = [
            .row("loss", "loss", "id: message.undelivered, overrides: message.undelivered, do: note"),
            .row(
                "errors",
                "errors",
                "id: other-404, overrides: sip-404, sip: {status: 404}, "
                    + "xmpp: {condition: gone, type: cancel}, retry: never, way: to-xmpp"
            ),
        ]

        @Test("A late error of a delivered message is judged by the tables of its acceptance")
        func lateError() async throws {
            try await Stage.play { stage in
                #expect(try await stage.ask(Note("old", call: "c1")) == 202)
                let old = try await stage.server.stanzas.next()
                try await stage.recorded(.delivered)
                try await stage.activate(others)
                #expect(try await stage.ask(Note("new", call: "c2")) == 202)
                let new = try await stage.server.stanzas.next()
                try await stage.recorded(.delivered, 2)
                try await stage.bounce(new)
                try await stage.recorded(.reopened)
                try await stage.bounce(old)
                // Only the old one is told.
                #expect(try await stage.phone.calls.next().callID == "c1")
                #expect(try stage.balance()[.failedUntold] == 1)
            }
        }

        @Test("A request on its way fails by the tables of its acceptance, also one of before a restart")
        func openRequest() async throws {
            try await Stage.play { stage in
                try await stage.write("old", id: "m1")
                _ = try await stage.phone.calls.next()
                try await stage.restart()
                let old = try await stage.phone.calls.next()
                try await stage.activate(others)
                try await stage.write("new", id: "m2", to: "mercutio@example.net")
                let new = try await stage.phone.calls.next()
                try await stage.phone.answer(new, 404)
                #expect(try await stage.server.stanzas.next().condition == "gone")
                try await stage.phone.answer(old, 404)
                #expect(try await stage.server.stanzas.next().condition == "item-not-found")
            }
        }

        @Test("Earlier tables are dropped after their last open crossing")
        func dropped() async throws {
            try await Stage.play { stage in
                let first = stage.generation.identifier
                #expect(try await stage.ask(Note("old", call: "c1")) == 202)
                try await stage.recorded(.delivered)
                try await stage.activate(others)
                let isKept = { try await stage.gateway.onLoop { $0.generations[first].identifier == first } }
                let before = try await isKept()
                #expect(before)
                stage.time.advance(milliseconds: 31_000)
                try await stage.eventually("the tables are dropped") { try await !isKept() }
            }
        }

        @Test("Faulty tables give no generation, and every fault is named")
        func faulty() throws {
            let directory = FileManager.default.temporaryDirectory.appending(path: "isthmus-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: directory) }
            // A link would be copied as such, and the row below would go to the shipped tables.
            let shipped = URL(filePath: Tables.directory).resolvingSymlinksInPath()
            try FileManager.default.copyItem(at: shipped, to: directory)
            let site = directory.appending(path: "50-site")
            try FileManager.default.createDirectory(at: site, withIntermediateDirectories: true)
            let text = SiteTable.switches("msg.carrier: pigeon").text
            try Data(text.utf8).write(to: site.appending(path: "routes.yaml"))
            let loaded = MappingLoader.load(directory: directory.path)
            #expect(loaded.generation == nil)
            #expect(loaded.diagnostics.contains { "\($0)".contains("pigeon") })
        }
    }
}
