import Foundation
import Ledger
import Logging
import Loopback
import MappingTables
import NIOCore
import NIOPosix
import OperatorFiles
import SIPMessages
import Testing
import XMLStreams

@testable import GatewayDaemon

/// The tests of a whole gateway; one at a time, since each has threads and a store of its own.
@Suite("Gateway", .serialized)
enum GatewayTests {}

/// A whole gateway with its two neighbors, its store and a clock that the test moves.
final class Stage {
    /// A condition did not become true in time.
    struct TooLate: Error, CustomStringConvertible {
        let description: String
    }

    let server: PlayedServer
    let phone: Phone
    let time = TestClock()
    /// Branches of requests that the phone got.
    var heard: Set<String> = []
    private let directory: URL
    let configuration: GatewayConfiguration
    /// The tables that the gateway was last given.
    private var candidate: Candidate
    var generation: Generation { candidate.generation }
    /// The gateway that runs; its store is free once it was stopped and let go.
    private var running: RunningGateway?

    /// Plays with a gateway and takes it down, whatever happens.
    ///
    /// - Parameters:
    ///   - limits: the `limits` of the configuration.
    ///   - audit: its `audit`.
    ///   - trusted: the domains that the phone may speak for.
    ///   - tables: rows of the site.
    ///   - mappings: files that the gateway starts with; nil for the shipped ones with the rows of the site.
    static func play(
        limits: String = "{}",
        audit: String = "{}",
        trusted: String = "example.net",
        tables: [SiteTable] = [],
        mappings: MappingsCopy? = nil,
        _ body: (Stage) async throws -> Void
    ) async throws {
        let stage = try await Stage(limits, audit, trusted, tables, mappings)
        let result: Result<Void, any Error>
        do { result = .success(try await body(stage)) } catch { result = .failure(error) }
        await stage.stop()
        await stage.server.stop()
        await stage.phone.stop()
        try? FileManager.default.removeItem(at: stage.directory)
        try result.get()
    }

    private init(
        _ limits: String,
        _ audit: String,
        _ trusted: String,
        _ tables: [SiteTable],
        _ mappings: MappingsCopy?
    ) async throws {
        server = try await PlayedServer.start()
        phone = try await Phone.start()
        directory = FileManager.default.temporaryDirectory.appending(path: "isthmus-stage-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let port = try await Self.freePort()
        let text = """
            gateway: {name: gw.example.net, state: ./state, mappings: "\(mappings?.path ?? Tables.directory)"}
            domains:
              xmpp: {example.com: {}}
              cpim: {example.net: {next-hop: "sip:127.0.0.1:\(phone.port);transport=udp"}}
            xmpp:
              components: [{domain: example.net, connect: "127.0.0.1:\(server.port)", secret-file: secret}]
            sip:
              listen: ["udp:127.0.0.1:\(port)"]
              trusted: [{address: 127.0.0.1, domains: [\(trusted)]}]
            limits: \(limits)
            audit: \(audit)

            """
        let file = directory.appending(path: "gateway.yaml")
        try Data(text.utf8).write(to: file)
        try Data(PlayedServer.secret.utf8).write(to: directory.appending(path: "secret"))
        let loaded = ConfigFile.load(path: file.path)
        configuration = try #require(loaded.configuration, "\(loaded.diagnostics)")
        candidate = try Tables.candidate(tables)
        running = try await Self.start(configuration, mappings == nil ? candidate : nil, time)
        try await connected()
    }

    private static func start(
        _ configuration: GatewayConfiguration,
        _ candidate: Candidate?,
        _ time: TestClock
    ) async throws -> RunningGateway {
        let logger = Logger(label: "isthmus.test") { _ in SwiftLogNoOpLogHandler() }
        return try await RunningGateway.start(configuration, candidate, logger, clock: time.clock)
    }

    /// A port that nobody has for UDP and TCP, so that a restarted gateway finds its own again.
    ///
    /// It lies below those that the system gives to others meanwhile.
    private static func freePort() async throws -> Int {
        for _ in 0..<100 {
            let port = Int.random(in: 10_000..<32_000)
            let group = MultiThreadedEventLoopGroup.singleton
            guard let datagrams = try? await DatagramBootstrap(group: group).bind(host: "127.0.0.1", port: port).get()
            else { continue }
            let listener = try? await ServerBootstrap(group: group).bind(host: "127.0.0.1", port: port).get()
            try await datagrams.close()
            guard let listener else { continue }
            try await listener.close()
            return port
        }
        throw Stopped()
    }

    // MARK: The gateway

    struct Stopped: Error {}

    var gateway: RunningGateway {
        get throws {
            guard let running else { throw Stopped() }
            return running
        }
    }

    /// Lets go a gateway that a test has stopped itself.
    func letGo() { running = nil }

    /// Stops the gateway once, and lets it go.
    func stop(patience: Duration = .zero) async {
        guard let gateway = running else { return }
        running = nil
        await gateway.stop(patience: patience)
    }

    /// Stops the gateway at once, lets time pass, and starts it again over the same store.
    func restart(after milliseconds: Int64 = 0) async throws {
        await stop()
        time.advance(milliseconds: milliseconds)
        running = try await Self.start(configuration, candidate, time)
        try await connected()
    }

    /// Stops the gateway and starts it again with what its files and its store say.
    func restartFromFiles() async throws {
        await stop()
        running = try await Self.start(configuration, nil, time)
        try await connected()
    }

    /// Puts other tables in force.
    func activate(_ tables: [SiteTable]) async throws {
        candidate = try Tables.candidate(tables)
        let report = try await gateway.activate(candidate, ActivationOrder(.apply, actor: "uid 0"))
        #expect(report.failure == nil)
    }

    /// Waits until the component is open.
    func connected() async throws {
        try await eventually("the component is open") { try await self.gateway.isConnected() }
    }

    /// Waits for a condition.
    func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(10)
        while try await !condition() {
            guard ContinuousClock.now < end else { throw TooLate(description: "not in time: \(what)") }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Asks the gateway as a command does.
    func command(_ name: String, _ arguments: [String: String]) async throws -> ControlReply {
        let path = ControlSocket.path(in: configuration.state)
        // Other tests may keep the gateway of this one waiting.
        return try await ControlClient.ask(
            ControlRequest(command: name, arguments: arguments),
            path: path,
            patience: .seconds(600)
        )
    }

    // MARK: The neighbors

    /// Lets time pass, and what hangs on it happen.
    func pass(milliseconds: Int64) async throws {
        time.advance(milliseconds: milliseconds)
        try await gateway.onLoop { $0.tick() }
    }

    /// Sends a message of the SIP shore.
    func dial(_ note: Note) async throws {
        let address = try #require(try gateway.sipAddresses.first)
        try await phone.send(note.bytes(port: phone.port), to: address)
    }

    /// Sends a message of the SIP shore and waits for its answer.
    func ask(_ note: Note) async throws -> Int {
        try await dial(note)
        return try await phone.responses.next().status
    }

    /// Sends a message of the XMPP shore.
    func write(
        _ text: String,
        id: String,
        from: String = "juliet@example.com/balcony",
        to: String = "romeo@example.net",
        type: String = "chat",
        more: String = ""
    ) async throws {
        try await server.send(
            "<message type='\(type)' from='\(from)' to='\(to)' id='\(id)'><body>\(text)</body>\(more)</message>"
        )
    }

    /// Answers a stanza with an error.
    func bounce(_ stanza: XML.Element, _ condition: String = "item-not-found") async throws {
        let text = { stanza.attribute($0) ?? "" }
        try await server.send(
            "<message type='error' from='\(text("to"))' to='\(text("from"))' id='\(text("id"))'><error type='cancel'>"
                + "<\(condition) xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
        )
    }

    // MARK: The store

    var databasePath: String { StateDirectory.databasePath(in: configuration.state) }

    func reader() throws -> LedgerReader { try LedgerReader(path: databasePath) }

    func outbox() throws -> [OutboxRow] { try reader().outbox() }

    func balance() throws -> LedgerBalance { try reader().balance() }

    /// The records of an event, in order.
    func records(_ event: AuditEvent? = nil) throws -> [Record] {
        let filter = event.map { AuditFilter(events: [$0]) } ?? AuditFilter()
        return try reader().auditRecords(matching: filter, limit: 10_000).map {
            try JSONDecoder().decode(Record.self, from: Data($0.record))
        }
    }

    /// Waits until so many records of an event are stored.
    func recorded(_ event: AuditEvent, _ count: Int = 1) async throws {
        try await eventually("\(count) records of \(event.rawValue)") { try records(event).count >= count }
    }
}

/// A record as an auditor reads it.
struct Record: Decodable {
    struct Address: Decodable {
        var before: String
        var after: String?
    }

    var seq: Int64
    var time: String
    var node: String
    var event: String
    var crossing: String?
    var leg: String?
    var direction: String?
    var peer: String?
    var proof: String?
    var actor: String?
    var sender: Address?
    var recipient: Address?
    var identifiers: [String: String]?
    var generation: String?
    var rules: [String]?
    var losses: [String]?
    var outcome: [String: String]?
    var reason: String?
    var size: Int?
    var digest: String?
}
