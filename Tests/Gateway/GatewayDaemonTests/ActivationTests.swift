import Foundation
import Ledger
import Loopback
import MappingTables
import NIOCore
import SIPMessages
import Testing
import XMLStreams

@testable import GatewayDaemon

extension GatewayTests {
    /// Files come into force whole or not at all, and there is a way back.
    @Suite("Activation")
    struct ActivationTests {
        private let order = ActivationOrder(.apply, actor: "uid 7", reason: "ticket 4711")

        private static let cpim = SiteTable.switches("msg.carrier: cpim")
        /// A 404 is another condition.
        private static let gone = SiteTable.row(
            "errors",
            "errors",
            "id: other-404, overrides: sip-404, sip: {status: 404}, "
                + "xmpp: {condition: gone, type: cancel}, retry: never, way: to-xmpp"
        )

        @Test("The files come into force with who asked and why; the first start of a store is an activation too")
        func applied() async throws {
            let files = try MappingsCopy()
            try await Stage.play(mappings: files) { stage in
                try await stage.phone.answersAll(200)
                let first = try #require(try stage.reader().activations().first)
                #expect(first.cause == .start && first.actor == "start" && first.before == nil)
                try files.site(Self.cpim)
                try await stage.write("one", id: "m1")
                #expect(try await stage.phone.calls.next().contentType.lowercased().hasPrefix("text/plain"))
                let report = try await stage.gateway.activate(order)
                #expect(report.result == .inForce && report.code == 0)
                #expect(report.stages.map(\.name) == ["read", "check", "test", "shadow", "store", "swap"])
                #expect(report.before == first.generation)
                try await stage.write("two", id: "m2")
                #expect(try await stage.phone.calls.next().contentType.lowercased() == "message/cpim")

                let rows = try stage.reader().activations()
                #expect(rows.map(\.generation) == [report.generation, first.generation])
                #expect(rows[0].actor == "uid 7" && rows[0].reason == "ticket 4711" && rows[0].cause == .apply)
                #expect(try stage.reader().files(of: rows[0].generation).last?.path == "50-site/site.yaml")
                let record = try #require(try stage.records(.activated).last)
                #expect(record.actor == "uid 7" && record.reason == "ticket 4711")
                #expect(
                    record.outcome == [
                        "before": first.generation, "cause": "apply",
                        "route.otherwise": "default, msg.carrier=auto, cpim.uri=mirror",
                        "route.example.net": "default, msg.carrier=cpim, cpim.uri=mirror",
                    ]
                )
                #expect(try stage.balance()[.activations] == 2)
            }
        }

        @Test("SVC-017: the record lists profiles and single switches as far as there is room, and counts the rest")
        func listed() throws {
            let routes = (1...1_000).map {
                "  - {id: r\($0), match: {domain: d\($0).example}, set: {sips.allow: a.example}}\n"
            }
            let head = "format: isthmus-mapping/1\ntable: routes\nkind: routes\nrows:\n"
            let candidate = try Tables.candidate([SiteTable(text: head + routes.joined())])
            let act = ActivationAct(node: "gw.example.net", order: order, before: nil)
            let entries = act.operations(candidate, now: 0).compactMap { operation -> AuditEntry? in
                if case .audit(let entry) = operation { entry } else { nil }
            }
            let bytes = try #require(entries.first).body
            let record = try JSONDecoder().decode(Listed.self, from: Data(bytes))
            let listed = record.outcome.filter { $0.key.hasPrefix("route.") }
            #expect(listed["route.d1.example"] == "default, sips.allow=a.example, msg.carrier=auto, cpim.uri=mirror")
            let sum = listed.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
            #expect(sum <= ActivationAct.mostListed && sum > ActivationAct.mostListed - 200)
            #expect(listed.count + (record.outcome["routes-unlisted"].flatMap(Int.init) ?? 0) == 1_001)
        }

        /// What a record says beside others.
        private struct Listed: Decodable {
            var outcome: [String: String]
        }

        @Test("Files that are in force already change nothing")
        func identical() async throws {
            let files = try MappingsCopy()
            try await Stage.play(mappings: files) { stage in
                let report = try await stage.gateway.activate(order)
                #expect(report.result == .alreadyInForce && report.code == 0)
                #expect(report.generation == report.before)
                #expect(try stage.reader().activations().count == 1)
            }
        }

        @Test("A fault in a file leaves the tables in force, and is in report, records, counters and status")
        func faulty() async throws {
            let files = try MappingsCopy()
            try await Stage.play(mappings: files) { stage in
                let before = try stage.reader().activations().first?.generation
                try files.site(.switches("msg.carrier: pigeon"))
                let report = try await stage.gateway.activate(order)
                #expect(report.result == .refused && report.code == 1)
                #expect(report.failure?.name == "check")
                let fault = try #require(report.faults.first)
                #expect(fault.file == "50-site/site.yaml" && fault.line == 5 && fault.message.contains("pigeon"))
                try await stage.recorded(.activationRefused)
                let record = try #require(try stage.records(.activationRefused).first)
                #expect(record.actor == "uid 7" && record.outcome?["stage"] == "check")
                #expect(record.reason?.contains("50-site/site.yaml:5") == true, "\(record.reason ?? "")")
                #expect(record.identifiers?["asked"] == "ticket 4711")
                #expect(try stage.balance()[.refusedActivations] == 1)
                let generation = try await stage.gateway.onLoop { $0.generation.identifier }
                #expect(generation == before)
                let status = try await stage.command(ControlRequest.status, [:])
                let row = status.rows.first { $0["name"] == "last activation" }
                #expect(row?["value"]?.contains("1 fault in the files") == true, "\(row ?? [:])")
            }
        }

        @Test("Tests run at every activation, and one that fails stops it")
        func failingTest() async throws {
            let files = try MappingsCopy()
            try await Stage.play(mappings: files) { stage in
                var table = Self.cpim.text
                table += "tests:\n  - {name: wrong, given: {domain: example.net}, expect: {profile: stox}}\n"
                try files.site(SiteTable(text: table))
                let report = try await stage.gateway.activate(ActivationOrder(.signal, actor: "signal"))
                #expect(report.failure?.name == "test" && report.code == 1)
                #expect(report.faults.map(\.code) == ["test-failed"])
                #expect(report.faults.first?.line == 7)
                #expect(try stage.reader().activations().count == 1)
            }
        }

        @Test("A shipped test that fails by the rows of the site alone is a warning: the operator has decided")
        func decidedOtherwise() async throws {
            let files = try MappingsCopy()
            try await Stage.play(mappings: files) { stage in
                let head = "format: isthmus-mapping/1\ntable: routes\nkind: routes\nrows: []\n"
                try files.site(SiteTable(text: head + "otherwise: {profile: stox}\n"))
                let report = try await stage.gateway.activate(order)
                #expect(report.result == .inForce)
                #expect(report.stages.first { $0.name == "test" }?.mark == .warn)
                #expect(report.faults.map(\.severity) == ["warning"])
                #expect(report.faults.first?.file == "00-standard/routes.yaml")
            }
        }

        @Test("Only what was reviewed comes into force where that is asked for")
        func expected() async throws {
            let files = try MappingsCopy()
            try await Stage.play(mappings: files) { stage in
                try files.site(Self.cpim)
                var order = order
                order.expected = "0000"
                let refused = try await stage.gateway.activate(order)
                #expect(refused.failure?.name == "expect" && refused.result == .refused)
                let identifier = try #require(refused.generation)
                order.expected = String(identifier.prefix(6))
                #expect(try await stage.gateway.activate(order).result == .inForce)
            }
        }

        @Test("Files that are edited while they are read are not put in force")
        func edited() async throws {
            let files = try MappingsCopy()
            try await Stage.play(mappings: files) { stage in
                let order = order
                let bound = try await stage.gateway.onLoop { NIOLoopBound($0, eventLoop: $0.eventLoop) }
                let loop = try await stage.gateway.onLoop { $0.eventLoop }
                let report = try await loop.flatSubmit {
                    bound.value.activate(order) { try? files.site(Self.cpim) }
                }.get()
                #expect(report.failure?.text.hasPrefix("50-site/site.yaml was edited") == true, "\(report.stages)")
                #expect(try stage.reader().activations().count == 1)
            }
        }

        @Test("Orders are carried out one at a time, and beyond the bound they are refused")
        func concurrent() async throws {
            let files = try MappingsCopy()
            try await Stage.play(mappings: files) { stage in
                try files.site(Self.cpim)
                let order = order
                let bound = try await stage.gateway.onLoop { NIOLoopBound($0, eventLoop: $0.eventLoop) }
                let loop = try await stage.gateway.onLoop { $0.eventLoop }
                let reports = try await loop.flatSubmit {
                    let futures = (0...Gateway.mostActivations).map { _ in bound.value.activate(order) }
                    return EventLoopFuture.whenAllSucceed(futures, on: loop)
                }.get()
                let results = reports.map(\.result)
                #expect(results.first == .inForce)
                #expect(results.dropFirst().dropLast().allSatisfy { $0 == .alreadyInForce })
                #expect(results.last == .refused && results.count == 9)
                #expect(try stage.reader().activations().count == 2)
            }
        }

        @Test("A store that takes nothing leaves the tables in force, and the next attempt succeeds")
        func storeFails() async throws {
            let files = try MappingsCopy()
            try await Stage.play(mappings: files) { stage in
                try files.site(Self.cpim)
                let before = try stage.reader().activations().first?.generation
                let lock = try WriteLock(stage.databasePath)
                let report = try await stage.gateway.activate(order)
                #expect(report.failure?.name == "store" && report.code == 3 && report.result == .refused)
                let generation = try await stage.gateway.onLoop { $0.generation.identifier }
                #expect(generation == before)
                lock.release()
                // The refusal is written as soon as the store works.
                try await stage.recorded(.activationRefused)
                #expect(try await stage.gateway.activate(order).result == .inForce)
            }
        }

        @Test("Going back needs no files, and a start does not undo it; files that are edited since come into force")
        func rollback() async throws {
            let files = try MappingsCopy()
            try await Stage.play(mappings: files) { stage in
                let first = try #require(try stage.reader().activations().first?.generation)
                try files.site(Self.cpim)
                let second = try #require(try await stage.gateway.activate(order).generation)
                let back = ActivationOrder(.rollback, actor: "uid 7", reason: "broken", generation: first)
                let report = try await stage.gateway.activate(back)
                #expect(report.result == .inForce && report.generation == first && report.before == second)
                #expect(try stage.reader().activations().first?.onDisk == second)
                try await stage.restartFromFiles()
                let generation = { try await stage.gateway.onLoop { $0.generation.identifier } }
                #expect(try await generation() == first)
                #expect(try stage.reader().activations().count == 3)
                try files.site(Self.gone)
                try await stage.restartFromFiles()
                let third = try await generation()
                #expect(third != first && third != second)
                #expect(try stage.reader().activations().first?.cause == .start)
                let unknown = ActivationOrder(.rollback, actor: "uid 7", reason: "x", generation: "abcd")
                #expect(try await stage.gateway.activate(unknown).failure?.name == "read")
            }
        }

        @Test("A start with faulty files takes the tables that were in force, and says so in the records")
        func faultyStart() async throws {
            let files = try MappingsCopy()
            try await Stage.play(mappings: files) { stage in
                try files.site(Self.cpim)
                let before = try await stage.gateway.activate(order).generation
                try files.site(.switches("msg.carrier: pigeon"))
                try await stage.restartFromFiles()
                let generation = try await stage.gateway.onLoop { $0.generation.identifier }
                #expect(generation == before)
                #expect(try stage.records(.activationRefused).map(\.actor) == ["start"])
            }
        }

        @Test("A first start with faulty files, or a failing test, is none")
        func faultyFirstStart() async throws {
            let files = try MappingsCopy()
            try files.site(.switches("msg.carrier: pigeon"))
            let fault = await #expect(throws: StartFault.self) { try await Stage.play(mappings: files) { _ in } }
            #expect(fault?.kind == .files)
            #expect(fault?.diagnostics.first?.message.contains("pigeon") == true)
        }

        @Test("After a restart an open crossing still goes by the tables that it was accepted under; then they retire")
        func openOverRestart() async throws {
            try await Stage.play { stage in
                try await stage.write("old", id: "m1")
                _ = try await stage.phone.calls.next()
                let before = stage.generation.identifier
                try await stage.activate([Self.gone])
                #expect(try stage.reader().activations().map(\.retired) == [nil, nil])
                try await stage.restart()
                let old = try await stage.phone.calls.next()
                try await stage.phone.answer(old, 404)
                #expect(try await stage.server.stanzas.next().condition == "item-not-found")
                try await stage.recorded(.retired)
                #expect(try stage.records(.retired).map(\.generation) == [before])
                let retired = try stage.reader().activations().map { $0.retired != nil }
                #expect(retired == [false, true])
            }
        }

        @Test("Another rendering of an item is made under the tables of its acceptance")
        func rendering() async throws {
            let tables: [SiteTable] = [Self.cpim]
            try await Stage.play(tables: tables) { stage in
                try await stage.write("hello", id: "m1")
                let first = try await stage.phone.calls.next()
                #expect(first.contentType.lowercased() == "message/cpim")
                // Without this row no text would cross.
                try await stage.activate(
                    tables + [.row("message.xmpp", "fields", "id: body, overrides: body, xmpp: subject, cpim: content")]
                )
                try await stage.phone.answer(first, 415)
                let again = try await stage.phone.calls.next()
                #expect(again.contentType.lowercased().hasPrefix("text/plain"))
                #expect(again.text == "hello")
            }
        }

        @Test("Under load each message crosses once, by the tables of its acceptance alone")
        func underLoad() async throws {
            let body = SiteTable.row(
                "message.xmpp",
                "fields",
                "id: mine, overrides: body, xmpp: body, cpim: content, convert: text"
            )
            let sets: [[SiteTable]] = [[], [body, Self.cpim]]
            let count = 200
            try await Stage.play { stage in
                try await stage.phone.answersAll(200)
                var identifiers = [stage.generation.identifier]
                for number in 1...count {
                    try await stage.write("text \(number).", id: "m\(number)", to: "user\(number % 7)@example.net")
                    guard number % 10 == 0 else { continue }
                    try await stage.activate(sets[number / 10 % 2])
                    identifiers.append(stage.generation.identifier)
                }
                var types: [String: String] = [:]
                for _ in 1...count {
                    let call = try await stage.phone.calls.next()
                    types[call.callID] = call.contentType.lowercased()
                }
                try await stage.recorded(.delivered, count)
                #expect(try await stage.phone.calls.rest().isEmpty)
                let records = try stage.records(.accepted)
                #expect(records.count == count)
                #expect(Set(records.map(\.generation)).count == 2)
                for record in records {
                    let isOther = record.generation == identifiers[1]
                    #expect(record.generation == identifiers[isOther ? 1 : 2])
                    #expect(record.rules?.contains("message.xmpp.mine") == isOther)
                    #expect(record.rules?.contains("message.xmpp.body") == !isOther)
                    let type = types[record.identifiers?["sip.callID"] ?? ""] ?? "none"
                    #expect(type.hasPrefix(isOther ? "message/cpim" : "text/plain"), "\(type)")
                }
                #expect(try stage.balance().balances)
                #expect(try stage.records(.activated).count == count / 10 + 1)
            }
        }
    }
}
