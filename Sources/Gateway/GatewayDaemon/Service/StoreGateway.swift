import BridgeCore
import Ledger
import Logging
import NIOCore
import NIOPosix
public import OperatorFiles
import SIMPLELegs
import XMPPLegs

/// A gateway that serves nobody, over a store that nobody serves: what commands ask of a running one is done by the same
/// code, and what is to be sent goes out after the next start.
public enum StoreGateway {
    /// Does what a command asks.
    ///
    /// - Parameters:
    ///   - request: what is asked.
    ///   - configuration: whose store it is.
    ///   - user: who asks.
    /// - Returns: the reply, once all is stored.
    /// - Throws: `LedgerError` when the store is owned or cannot be opened, ``StartFault`` when a file of the
    ///   configuration cannot be read, or the tables have faults and no earlier ones are kept.
    public static func ask(
        _ request: ControlRequest,
        _ configuration: GatewayConfiguration,
        user: String
    ) async throws -> ControlReply {
        let clock = GatewayClock.system
        let logger = Logger(label: "isthmus.store") { _ in SwiftLogNoOpLogHandler() }
        var xmpp = try LegSettings.xmpp(configuration)
        let server = try ServerResources(configuration, now: clock.read().wall / 1_000)
        defer { server?.stop() }
        let state = try StateDirectory(path: configuration.state)
        let secrets = StoreSecrets(try SecretFile.ofStore(in: configuration.state))
        xmpp.server = try server?.settings(secrets)
        let xmppSettings = xmpp
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let reply: ControlReply
        do {
            let writer = try LedgerWriter(path: state.databasePath) { delivery in loop.execute { delivery.run() } }
            let reader = try LedgerReader(path: state.databasePath)
            let recovery = try Recovery(reader, now: clock.read().wall)
            // The tables are those that the next start would take, and come into force here.
            let tables = try StartTables(
                given: nil,
                configuration,
                reader,
                open: Set(recovery.rows.map(\.generation)),
                clock: clock,
                logger
            )
            if !tables.operations.isEmpty { try writer.perform(tables.operations) }
            var prepared = LegSettings.simple(configuration)
            prepared.sequenceLead = recovery.lead
            let simpleSettings = prepared
            let core = try await loop.submit {
                let gateway = Gateway(
                    eventLoop: loop,
                    configuration: configuration,
                    tables: tables,
                    writer: writer,
                    secrets: secrets,
                    recovery: recovery,
                    clock: clock,
                    logger: logger,
                    isServing: false
                )
                let simple = SIMPLELeg(eventLoop: loop, settings: simpleSettings, host: gateway, logger: logger)
                simple.nameListeners()
                let now = clock.read()
                let xmpp = XMPPLeg(eventLoop: loop, settings: xmppSettings, host: gateway, logger: logger, now: now)
                gateway.attach(xmpp: xmpp, simple: simple)
                return NIOLoopBound(gateway, eventLoop: loop)
            }.get()
            reply = try await loop.flatSubmit {
                ControlDispatcher(host: core.value, eventLoop: loop, node: configuration.name)
                    .answer(request, user: user)
            }.get()
            try await loop.submit {
                core.value.submit()
                core.value.disconnect()
            }.get()
            // The writer blocks until all is stored.
            try await NIOThreadPool.singleton.runIfActive { writer.close() }
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
        try await group.shutdownGracefully()
        withExtendedLifetime(state) {}
        return reply
    }
}
