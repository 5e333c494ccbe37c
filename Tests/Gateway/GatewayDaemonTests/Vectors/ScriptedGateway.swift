import BridgeCore
import Foundation
import Interworking
import Ledger
import Logging
import MappingTables
import NIOCore
import NIOEmbedded
import OperatorFiles
import SIPChannels
import SIPMessages
import SIPTransactions
import Testing

@testable import GatewayDaemon
@testable import SIMPLELegs
@testable import VectorSupport
@testable import XMPPLegs

/// A whole gateway over a store of its own, between scripted neighbors, on the thread of its test.
///
/// Time stands still until the test moves it, so that nothing happens but what the inputs cause.
final class ScriptedGateway {
    /// The neighbor of the SIP shore.
    static let neighbor = SIPFlow(
        transport: .tcp,
        local: 0,
        remoteAddress: "127.0.0.1",
        remotePort: 5_070,
        connection: 1
    )

    let departures = Departures()
    let time: TestClock
    private let directory: URL
    private let loop = EmbeddedEventLoop()
    private let deliveries = KeptDeliveries()
    private let writer: LedgerWriter
    private let gateway: Gateway
    private let simple: SIMPLELeg
    private let xmpp: XMPPLeg
    private let servers = Servers()

    /// The connection of the component, once it is made.
    private final class Servers {
        var last: ScriptedServer?
    }

    /// Starts a gateway that finds rows of an earlier process.
    ///
    /// - Parameters:
    ///   - facts: domains, time and names.
    ///   - tables: rows of the site.
    ///   - rows: what the store has, made for the time of the start.
    init(_ facts: Facts, _ tables: [SiteTable], rows: (Moment) throws -> [LedgerOperation]) throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "isthmus-scripted-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        time = TestClock(at: facts.now)
        let configuration = try Self.configuration(facts, in: directory)
        let state = try StateDirectory(path: configuration.state)
        let deliveries = self.deliveries
        writer = try LedgerWriter(path: state.databasePath) { deliveries.add($0) }
        let now = time.clock.read()
        try writer.perform(rows(now))
        let logger = Logger(label: "isthmus.test") { _ in SwiftLogNoOpLogHandler() }
        gateway = Gateway(
            eventLoop: loop,
            configuration: configuration,
            tables: StartTables(try Tables.generation(tables)),
            writer: writer,
            secrets: StoreSecrets(try SecretFile.ofStore(in: configuration.state)),
            recovery: try Recovery(try LedgerReader(path: state.databasePath), now: now.wall),
            clock: time.clock,
            logger: logger
        )
        gateway.constantFacts.formalNames = facts.formalNames
        simple = SIMPLELeg(
            eventLoop: loop,
            settings: LegSettings.simple(configuration),
            host: gateway,
            logger: logger
        )
        simple.carrier = ScriptedCarrier(departures)
        simple.sentBy = ["tcp4": "\(facts.gatewayDomain):5060"]
        let (servers, departures) = (self.servers, self.departures)
        xmpp = XMPPLeg(
            settings: try LegSettings.xmpp(configuration),
            host: gateway,
            logger: logger,
            now: now,
            connector: { _, deliver in
                let server = ScriptedServer(departures, deliver: deliver)
                servers.last = server
                return server
            },
            jitter: { 0 }
        )
        gateway.connect(xmpp: xmpp, simple: simple)
        xmpp.start(now: now)
        try server.open(facts.cpimDomains.first ?? "")
        try settle()
    }

    private static func configuration(_ facts: Facts, in directory: URL) throws -> GatewayConfiguration {
        let xmpp = try #require(facts.xmppDomains.first)
        let cpim = try #require(facts.cpimDomains.first)
        let text = """
            gateway: {name: \(facts.gatewayDomain), state: ./state, mappings: "\(Tables.directory)"}
            domains:
              xmpp: {\(xmpp): {}}
              cpim: {\(cpim): {next-hop: "sip:127.0.0.1:5070;transport=tcp"}}
            xmpp:
              components: [{domain: \(cpim), connect: "127.0.0.1:5347", secret-file: secret}]
            sip:
              listen: ["tcp:127.0.0.1:5060"]
              trusted: [{address: 127.0.0.1, domains: [\(cpim)]}]

            """
        let file = directory.appending(path: "gateway.yaml")
        try Data(text.utf8).write(to: file)
        try Data(PlayedServer.secret.utf8).write(to: directory.appending(path: "secret"))
        let loaded = ConfigFile.load(path: file.path)
        return try #require(loaded.configuration, "\(loaded.diagnostics)")
    }

    /// Takes the gateway down.
    func stop() {
        gateway.disconnect()
        writer.close()
        try? loop.syncShutdownGracefully()
        try? FileManager.default.removeItem(at: directory)
    }

    private var server: ScriptedServer {
        get throws { try #require(servers.last) }
    }

    /// A stanza of the XMPP shore arrives.
    func serve(_ stanza: String) throws {
        try server.serve(stanza)
        try settle()
    }

    /// A message of the SIP shore arrives.
    func receive(_ bytes: [UInt8]) throws {
        simple.received(.message(try SIPReader.read(datagram: bytes), Self.neighbor))
        simple.received(.batchEnded)
        try settle()
    }

    /// Lets everything happen that was caused, until the store has all and nothing is owed.
    private func settle() throws {
        var isMoving = true
        while isMoving {
            loop.run()
            // A delivery may come right behind the answer to a commit, and never behind that to the next one.
            for _ in 1...2 { try writer.perform([.forgetSeen(expiredAt: 0)]) }
            let wasDelivered = deliveries.run()
            let wasAnswered = try server.answerPings()
            isMoving = wasDelivered || wasAnswered
        }
    }
}
