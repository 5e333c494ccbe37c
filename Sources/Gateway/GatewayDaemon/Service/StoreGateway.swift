import BridgeCore
import Ledger
import Logging
public import MappingTables
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
    ///   - generation: the tables.
    ///   - user: who asks.
    /// - Returns: the reply, once all is stored.
    /// - Throws: `LedgerError` when the store is owned or cannot be opened, ``StartFault`` when a file of the
    ///   configuration cannot be read.
    public static func ask(
        _ request: ControlRequest,
        _ configuration: GatewayConfiguration,
        _ generation: Generation,
        user: String
    ) async throws -> ControlReply {
        let clock = GatewayClock.system
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
            let recovery = try Recovery(try LedgerReader(path: state.databasePath), now: clock.read().wall)
            var prepared = LegSettings.simple(configuration)
            prepared.sequenceLead = recovery.lead
            let simpleSettings = prepared
            let core = try await loop.submit {
                let logger = Logger(label: "isthmus.store") { _ in SwiftLogNoOpLogHandler() }
                let gateway = Gateway(
                    eventLoop: loop,
                    configuration: configuration,
                    generation: generation,
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
