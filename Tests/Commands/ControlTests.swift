import BridgeCore
import Foundation
import Glibc
import Ledger
import NIOCore
import NIOPosix
import Testing

@testable import GatewayDaemon

/// The socket between commands and a running gateway.
@Suite("Control socket")
struct ControlTests {
    /// A gateway that keeps addresses and nothing else.
    private final class Host: ControlHost {
        private let eventLoop: any EventLoop
        private let writer: LedgerWriter

        init(_ eventLoop: any EventLoop, _ writer: LedgerWriter) {
            self.eventLoop = eventLoop
            self.writer = writer
        }

        private func store(_ operations: [LedgerOperation]) -> EventLoopFuture<ControlReply> {
            let promise = eventLoop.makePromise(of: ControlReply.self)
            do {
                try writer.submit(operations) { result in
                    promise.completeWith(result.map { _ in ControlReply() }.mapError { $0 as any Error })
                }
            } catch {
                promise.fail(error)
            }
            return promise.futureResult
        }

        func addAddress(_ pair: AddressPair, record: AuditEntry) -> EventLoopFuture<ControlReply> {
            store([.addAddress(pair), .audit(record)])
        }

        func removeAddress(jid: String, record: AuditEntry) -> EventLoopFuture<ControlReply> {
            store([.removeAddress(jid: jid), .audit(record)])
        }

        func importAddresses(_ pairs: [AddressPair], record: AuditEntry) -> EventLoopFuture<ControlReply> {
            store(pairs.map { .addAddress($0) } + [.audit(record)])
        }

        func carryOut(_ act: BodyAct, as acts: OperatorActs) -> EventLoopFuture<ControlReply> { store([]) }

        func note(_ record: AuditEntry) -> EventLoopFuture<ControlReply> { store([.audit(record)]) }

        func repair(_ key: WatchKey?, record: AuditEntry) -> EventLoopFuture<ControlReply> {
            store([.audit(record)]).map { _ in ControlReply(rows: [["repaired": key == nil ? "3" : "1"]]) }
        }

        func drop(_ key: WatchKey, record: AuditEntry) -> EventLoopFuture<ControlReply> {
            let target: OutboxTarget = key.target == .xmpp ? .xmpp : .cpim
            return store([
                .forgetWatch(watcher: key.watcher, presentity: key.presentity, target: target), .audit(record),
            ])
        }

        func activate(order: ActivationOrder) -> EventLoopFuture<ControlReply> {
            var report = ActivationReport()
            report.generation = order.generation ?? order.expected
            report.result = .inForce
            report.stages = [.init(name: "swap", mark: .ok, text: "\(order.actor) \(order.reason ?? "")")]
            return eventLoop.makeSucceededFuture(ControlReply(activation: report))
        }

        func reprocess(_ ids: [CrossingID], _ act: MessageAct, isTrial: Bool) -> EventLoopFuture<ControlReply> {
            answer(ids, isTrial ? "held" : "waiting", act)
        }

        func drop(_ ids: [CrossingID], _ act: MessageAct) -> EventLoopFuture<ControlReply> {
            answer(ids, "dropped", act)
        }

        private func answer(_ ids: [CrossingID], _ result: String, _ act: MessageAct) -> EventLoopFuture<ControlReply> {
            let rows = ids.map { id in
                ["id": id.description, "result": result, "code": act.actor, "text": act.reason]
            }
            return eventLoop.makeSucceededFuture(ControlReply(rows: rows))
        }

        func links(peer: String?) -> ControlReply {
            ControlReply(rows: Host.links.filter { peer == nil || $0["peer"] == peer })
        }

        /// A component that is open, and a server that refuses the gateway.
        private static let links = [
            [
                "link": "xmpp:example.net", "direction": "component", "state": "open", "peer": "example.net",
                "proof": "component", "since": "2026-03-01T12:00:00Z", "queued": "0", "unconfirmed": "2",
                "received": "5", "sent": "7",
            ],
            [
                "link": "s2s:example.net/example.com", "direction": "out", "state": "waiting", "peer": "example.com",
                "queued": "3", "unconfirmed": "0", "received": "0", "sent": "0", "reason": "the peer does not encrypt",
                "remedy": "ask the peer's operator for TLS", "weakened": "dialback alone",
            ],
        ]

        var status: ControlReply {
            ControlReply(rows: [["section": "link", "name": "example.net", "value": "connected"]])
        }
    }

    /// What lives on the loop while a test runs.
    private struct Running {
        let host: Host
        let server: ControlServer
    }

    private func serving(_ site: Site, _ body: () async throws -> Void) async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let directory = try site.owner()
        let writer = try LedgerWriter(path: directory.databasePath) { delivery in loop.execute { delivery.run() } }
        let path = ControlSocket.path(in: directory.path)
        let running: NIOLoopBound<Running> = try await loop.flatSubmit {
            let host = Host(loop, writer)
            let dispatcher = ControlDispatcher(host: host, eventLoop: loop, node: "gw.example.net")
            let server = ControlServer(eventLoop: loop) { dispatcher.answer($0, user: $1) }
            let running = NIOLoopBound(Running(host: host, server: server), eventLoop: loop)
            return server.listen(path: path).map { running }
        }.get()
        let result: Result<Void, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        try await loop.submit { running.value.server.close() }.get()
        writer.close()
        try result.get()
        withExtendedLifetime(directory) {}
    }

    @Test("Held messages are sent and given up by the gateway that owns the store, which knows who asks and why")
    func heldMessages() async throws {
        let site = try Site()
        try site.storeHeld()
        try await serving(site) {
            let sent = try site.run("messages", "reprocess", "1", "--reason", "mended")
            #expect(sent.code == 0 && sent.output.contains("uid \(getuid()): mended"), "\(sent.errors)")
            let trial = try site.run("messages", "reprocess", "--all", "--dry-run", "--json")
            #expect(trial.code == 1)
            #expect((try trial.object()["messages"] as? [[String: Any]])?.map { $0["result"] as? String } == ["held"])
            let dropped = try site.run("messages", "drop", "1", "--reason", "by mail")
            #expect(dropped.code == 0)
            #expect(dropped.output == "message 1 is given up; it was held for uid \(getuid()): by mail\n")
        }
    }

    @Test("Changes go through the gateway that owns the store, and who asked is recorded")
    func changes() async throws {
        let site = try Site()
        try await serving(site) {
            #expect(try site.run("address", "add", "juliet@example.com", "sip:jc@example.com").code == 0)
            let refused = try site.run("address", "add", "juliet@example.com", "sip:other@example.com")
            #expect(refused.code == 1)
            #expect(refused.errors.contains("belongs to the stored pair"))
            let imported = try site.run("address", "import", "-", input: "jid,uri\na@example.com,sip:a1@example.com\n")
            #expect(imported.code == 0, "\(imported.errors)")
            #expect(try site.run("address", "remove", "sip:jc@example.com").code == 0)
            let pairs = try site.run("address", "list", "--json").objects()
            #expect(pairs.map { $0["jid"] as? String } == ["a@example.com"])
            let records = try site.run("audit", "search", "--json").objects()
            #expect(
                records.map { $0["event"] as? String } == ["address-added", "addresses-imported", "address-removed"]
            )
            #expect(records.allSatisfy { $0["actor"] as? String == "uid \(getuid())" })
        }
    }

    @Test("A read goes through the gateway that owns the store; one that names nothing is no request")
    func reads() async throws {
        let site = try Site()
        try site.storeCrossings()
        try await serving(site) {
            #expect(try site.run("audit", "show", "1").code == 0)
            let found = try site.run("audit", "search", "--event", "audit-read", "--json").objects()
            #expect(found.map { $0["actor"] as? String } == ["uid \(getuid())"])
            let told = found.first?["identifiers"] as? [String: String]
            #expect(told == ["read.command": "audit show", "read.record": "1", "read.records": "1"])
            let path = ControlSocket.path(in: site.scratch.url.appending(path: "state").path)
            let long = String(repeating: "x", count: 20_000)
            for arguments in [
                [:], ["read": "audit search"], ["read": "", "records": "1"], ["read": "audit search", "records": "-1"],
                ["read": "audit search", "records": "1", "containing": long],
            ] {
                let request = ControlRequest(command: ControlRequest.readAudit, arguments: arguments)
                #expect(try await ControlClient.ask(request, path: path).code == 2)
            }
        }
    }

    @Test("The gateway repairs and drops subscriptions, says how many, and who asked is recorded")
    func subscriptions() async throws {
        let site = try Site()
        try site.storeWatches()
        try await serving(site) {
            let pair = ["juliet@example.com", "sip:romeo@example.net"]
            let one = try site.run("subscriptions", "repair", pair[0], pair[1], "--json")
            #expect(try one.object()["repaired"] as? Int == 1, "\(one.errors)")
            #expect(try site.run("subscriptions", "repair", "--all").output == "3 subscriptions are repaired\n")
            let dropped = try site.run("subscriptions", "drop", pair[0], pair[1], "--reason", "user left")
            #expect(dropped.code == 0, "\(dropped.errors)")
            #expect(!dropped.output.contains("nobody is told"))
            #expect(try site.run("subscriptions", "show", pair[0], pair[1]).code == 1)
            let records = try site.run("audit", "search", "--json").objects()
            #expect(
                records.map { $0["event"] as? String } == [
                    "subscription-repaired", "subscription-repaired", "subscription-dropped",
                ]
            )
            #expect(records.allSatisfy { $0["actor"] as? String == "uid \(getuid())" })
            #expect((records.first?["identifiers"] as? [String: String])?["direction"] == "to-cpim")
            #expect(records[1]["identifiers"] == nil)
            #expect(records.last?["reason"] as? String == "user left")
        }
    }

    @Test("Orders about tables reach the gateway with who asks, why and what is expected")
    func tables() async throws {
        let site = try Site()
        try await serving(site) {
            let applied = try site.run("mappings", "apply", "--reason", "ticket 1", "--expect", "ABCDEF", "--json")
            #expect(applied.code == 0, "\(applied.errors)")
            let object = try applied.object()
            #expect(object["result"] as? String == "in-force")
            #expect(object["generation"] as? String == "abcdef")
            let stages = try #require(object["stages"] as? [[String: String]])
            #expect(stages.first?["text"] == "uid \(getuid()) ticket 1")
            let path = ControlSocket.path(in: site.scratch.url.appending(path: "state").path)
            for arguments in [[:], ["reason": ""], ["reason": "x", "generation": "abcd"]] {
                let order = ControlRequest(command: ControlRequest.applyMappings, arguments: arguments)
                let code = try await ControlClient.ask(order, path: path).code
                #expect(code == (arguments.count == 2 ? 0 : 2))
            }
            let back = ControlRequest(command: ControlRequest.rollBackMappings, arguments: ["reason": "x"])
            #expect(try await ControlClient.ask(back, path: path).code == 2)
        }
    }

    @Test("The gateway itself tells its status")
    func status() async throws {
        let site = try Site()
        try await serving(site) {
            let object = try site.run("status", "--json").object()
            #expect(object["running"] as? Bool == true)
            let rows = try #require(object["rows"] as? [[String: String]])
            #expect(rows.first == ["section": "link", "name": "example.net", "value": "connected"])
        }
    }

    @Test("The gateway tells what each link does, and why one is down")
    func links() async throws {
        let site = try Site()
        try await serving(site) {
            let rows = try site.run("link", "status", "--json").objects()
            #expect(rows.map { $0["link"] as? String } == ["xmpp:example.net", "s2s:example.net/example.com"])
            #expect(rows[0]["sent"] as? Int == 7)
            #expect(rows[0]["unconfirmed"] as? Int == 2)
            #expect(rows[0]["since"] as? String == "2026-03-01T12:00:00Z")
            #expect(rows[0]["reason"] == nil)
            #expect(rows[1]["remedy"] as? String == "ask the peer's operator for TLS")

            let table = try site.run("link", "status")
            #expect(table.code == 0)
            #expect(
                table.output.hasSuffix(
                    """
                    s2s:example.net/example.com
                      the peer does not encrypt
                      → ask the peer's operator for TLS
                      weakened: dialback alone

                    """
                ),
                "\(table.output)"
            )
            #expect(table.output.hasPrefix("LINK "))

            let one = try site.run("link", "status", "--peer", "Example.COM", "--json").objects()
            #expect(one.map { $0["link"] as? String } == ["s2s:example.net/example.com"])
            let none = try site.run("link", "status", "--peer", "example.org")
            #expect(none.code == 1)
            #expect(none.errors.contains("isthmus link diagnose example.org"))
        }
    }

    @Test("Only the owner of the socket can open it, and what is no request is answered")
    func strangers() async throws {
        let site = try Site()
        try await serving(site) {
            let path = ControlSocket.path(in: site.scratch.url.appending(path: "state").path)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            let unknown = try await ControlClient.ask(ControlRequest(command: "dance"), path: path)
            #expect(unknown.code == 2)
            let malformed = ControlRequest(
                command: "address.add",
                arguments: ["jid": "example.com", "uri": "sip:a@b.example"]
            )
            #expect(try await ControlClient.ask(malformed, path: path).code == 1)
            let nowhere = ControlRequest(
                command: ControlRequest.dropSubscription,
                arguments: ["watcher": "a@example.com", "presentity": "b@example.net", "target": "moon"]
            )
            #expect(try await ControlClient.ask(nowhere, path: path).code == 2)
        }
    }

    @Test("A socket that nobody serves is unreachable")
    func unreachable() async throws {
        await #expect(throws: ControlClient.Unreachable.self) {
            try await ControlClient.ask(ControlRequest(command: "status"), path: "/nonexistent/isthmus.sock")
        }
    }
}
