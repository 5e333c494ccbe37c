import BridgeCore
import Ledger
import Logging
import MappingTables
import NIOCore
import NIOPosix
import OperatorFiles
import SIMPLELegs
import XMPPLegs

/// A whole gateway that has started: its store, its event loop, its legs and its control socket.
final class RunningGateway: Sendable {
    /// The addresses of the SIP listeners, in the order of the configuration.
    let sipAddresses: [SocketAddress]
    /// The only writer of the store.
    let writer: LedgerWriter
    /// What streams between servers hold; nil where there are none.
    let server: ServerResources?
    private let pictures: WebPictures
    private let trail: TrailService
    private let state: StateDirectory
    private let group: MultiThreadedEventLoopGroup
    private let core: NIOLoopBound<Core>
    private let logger: Logger

    /// What lives on the loop.
    private final class Core {
        let gateway: Gateway
        let simple: SIMPLELeg
        let xmpp: XMPPLeg
        let control: ControlServer

        init(gateway: Gateway, simple: SIMPLELeg, xmpp: XMPPLeg, control: ControlServer) {
            self.gateway = gateway
            self.simple = simple
            self.xmpp = xmpp
            self.control = control
        }
    }

    /// Opens the store, binds the sockets and begins to connect.
    ///
    /// - Parameters:
    ///   - configuration: checked.
    ///   - given: tables that are put in force whatever the files say; nil for the files.
    ///   - logger: the log.
    ///   - clock: both clocks.
    /// - Returns: the gateway, which serves.
    /// - Throws: ``StartFault`` naming what could not be opened or bound, or the faults of files.
    static func start(
        _ configuration: GatewayConfiguration,
        _ given: Candidate? = nil,
        _ logger: Logger,
        clock: GatewayClock = .system
    ) async throws -> RunningGateway {
        // A first start with faulty files leaves nothing behind.
        let store = StateDirectory.databasePath(in: configuration.state)
        if given == nil, (try? LedgerReader(path: store)) == nil {
            let loaded = MappingLoader.load(directory: configuration.mappings)
            guard loaded.generation != nil else { throw StartFault.files(loaded.diagnostics) }
        }
        var xmpp = try LegSettings.xmpp(configuration)
        let server = try ServerResources(configuration, now: clock.read().wall / 1_000)
        let state: StateDirectory
        do throws(LedgerError) { state = try StateDirectory(path: configuration.state) } catch {
            throw Self.fault(error)
        }
        let secrets = StoreSecrets(try SecretFile.ofStore(in: configuration.state))
        xmpp.server = try server?.settings(secrets)
        let xmppSettings = xmpp
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let pictures = WebPictures(configuration.dns, shared: server?.resolver)
        do {
            let writer: LedgerWriter
            let recovery: Recovery
            let reader: LedgerReader
            do throws(LedgerError) {
                writer = try LedgerWriter(path: state.databasePath) { delivery in loop.execute { delivery.run() } }
                reader = try LedgerReader(path: state.databasePath)
                recovery = try Recovery(reader, now: clock.read().wall)
            } catch { throw Self.fault(error) }
            let tables = try await Self.tables(given, configuration, writer, reader, recovery, clock, logger)
            // Ends with the last reference to it, where something below cannot be opened.
            let trail = try await Self.trail(configuration, writer, state, logger)
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
                    logger: logger
                )
                let simple = SIMPLELeg(eventLoop: loop, settings: simpleSettings, host: gateway, logger: logger)
                let xmpp = XMPPLeg(
                    eventLoop: loop,
                    settings: xmppSettings,
                    host: gateway,
                    logger: logger,
                    now: clock.read()
                )
                let dispatcher = ControlDispatcher(host: gateway, eventLoop: loop, node: configuration.name)
                let control = ControlServer(eventLoop: loop) { dispatcher.answer($0, user: $1) }
                gateway.pictureSource = { pictures.fetch($0, on: loop, deliver: $1) }
                gateway.connect(xmpp: xmpp, simple: simple)
                return NIOLoopBound(
                    Core(gateway: gateway, simple: simple, xmpp: xmpp, control: control),
                    eventLoop: loop
                )
            }.get()
            let addresses: [SocketAddress]
            do {
                addresses = try await loop.flatSubmit { core.value.simple.start() }.get()
                let socket = ControlSocket.path(in: configuration.state)
                try await loop.flatSubmit { core.value.control.listen(path: socket) }.get()
            } catch {
                throw StartFault.unbound(error, orElse: ControlSocket.path(in: configuration.state))
            }
            do {
                _ = try await loop.flatSubmit {
                    core.value.xmpp.listen() ?? loop.makeSucceededFuture([])
                }.get()
            } catch {
                throw StartFault.unbound(error, orElse: "xmpp: server")
            }
            try await loop.submit { core.value.xmpp.start(now: clock.read()) }.get()
            logger.notice(
                "the gateway serves",
                metadata: [
                    "generation": "\(tables.generation.identifier)",
                    "waiting": "\(recovery.rows.count)",
                    // The writer refuses a database that answers otherwise.
                    "synchronous": "FULL",
                ]
            )
            if let server { server.log(server.warnings, logger) }
            try await loop.submit { core.value.gateway.trail = { trail.statistics() } }.get()
            return RunningGateway(addresses, state, writer, trail, server, pictures, group, core, logger)
        } catch {
            server?.stop()
            pictures.stop()
            try? await group.shutdownGracefully()
            throw error
        }
    }

    private init(
        _ sipAddresses: [SocketAddress],
        _ state: StateDirectory,
        _ writer: LedgerWriter,
        _ trail: TrailService,
        _ server: ServerResources?,
        _ pictures: WebPictures,
        _ group: MultiThreadedEventLoopGroup,
        _ core: NIOLoopBound<Core>,
        _ logger: Logger
    ) {
        self.sipAddresses = sipAddresses
        self.state = state
        self.writer = writer
        self.trail = trail
        self.server = server
        self.pictures = pictures
        self.group = group
        self.core = core
        self.logger = logger
    }

    /// Does something with the gateway on its loop.
    func onLoop<Value: Sendable>(_ body: @escaping @Sendable (Gateway) -> Value) async throws -> Value {
        let core = core
        return try await group.next().submit { body(core.value.gateway) }.get()
    }

    /// Decides which tables hold, and stores that; the writer is closed when there are none.
    private static func tables(
        _ given: Candidate?,
        _ configuration: GatewayConfiguration,
        _ writer: LedgerWriter,
        _ reader: LedgerReader,
        _ recovery: Recovery,
        _ clock: GatewayClock,
        _ logger: Logger
    ) async throws -> StartTables {
        let open = Set(recovery.rows.map(\.generation))
        do {
            let tables = try await NIOThreadPool.singleton.runIfActive {
                try StartTables(given: given, configuration, reader, open: open, clock: clock, logger)
            }
            if !tables.operations.isEmpty { try await writer.store(tables.operations) }
            return tables
        } catch {
            try? await NIOThreadPool.singleton.runIfActive { writer.close() }
            throw (error as? LedgerError).map { fault($0) } ?? error
        }
    }

    /// Opens the audit log, which blocks until its end is compared with the store.
    private static func trail(
        _ configuration: GatewayConfiguration,
        _ writer: LedgerWriter,
        _ state: StateDirectory,
        _ logger: Logger
    ) async throws -> TrailService {
        let database = state.databasePath
        return try await NIOThreadPool.singleton.runIfActive {
            try AuditExport.start(configuration, writer, database: database, logger)
        }
    }

    /// Puts other tables in force; crossings on their way keep theirs.
    func activate(_ order: ActivationOrder) async throws -> ActivationReport {
        let core = core
        return try await group.next().flatSubmit { core.value.gateway.activate(order) }.get()
    }

    /// Puts tables in force that are not on disk.
    func activate(_ candidate: Candidate, _ order: ActivationOrder) async throws -> ActivationReport {
        let core = core
        return try await group.next().flatSubmit { core.value.gateway.activate(candidate, order) }.get()
    }

    /// Whether every component's stream is open.
    func isConnected() async throws -> Bool {
        try await onLoop { $0.xmpp?.status.allSatisfy(\.isOpen) ?? false }
    }

    /// Refuses new items, gives those on their way a while to end, and closes everything in order.
    ///
    /// - Parameter patience: how long items on their way are waited for; what is stored goes on after the next start.
    func stop(patience: Duration = .seconds(5)) async {
        let core = core
        let loop = group.next()
        let clock = ContinuousClock()
        let end = clock.now + patience
        try? await loop.submit { core.value.gateway.bridge.stop() }.get()
        while clock.now < end {
            let open =
                (try? await loop.submit {
                    core.value.gateway.bridge.balance.sent + core.value.gateway.bridge.balance.committing
                        + core.value.simple.publishesOpen
                }.get()) ?? 0
            if open == 0 { break }
            try? await Task.sleep(for: .milliseconds(20))
        }
        try? await loop.submit {
            let core = core.value
            core.control.close()
            core.gateway.handle(PresenceEvent.stopping)
            core.gateway.submit()
            core.xmpp.stop()
        }.get()
        // The last confirmations come behind the end of the stream.
        while clock.now < end + .seconds(5) {
            if (try? await loop.submit { core.value.xmpp.isStopped }.get()) ?? true { break }
            try? await Task.sleep(for: .milliseconds(20))
        }
        // Open questions end while there is a loop to answer on.
        server?.stop()
        pictures.stop()
        try? await loop.submit {
            let core = core.value
            core.simple.stop()
            core.gateway.submit()
            core.gateway.disconnect()
        }.get()
        if let rest = try? await onLoop({ $0.bridge.balance }) {
            logger.notice(
                "the gateway has stopped; what it still has is sent after the next start",
                metadata: ["waiting": "\(rest.waiting)", "unconfirmed": "\(rest.sent)", "held": "\(rest.held)"]
            )
        }
        await close()
    }

    /// The writer blocks until all is stored, so that it is closed outside the loop and the cooperative pool.
    private func close() async {
        let (writer, trail) = (writer, trail)
        try? await NIOThreadPool.singleton.runIfActive {
            trail.close()
            writer.close()
        }
        try? await group.shutdownGracefully()
    }

    private static func fault(_ error: LedgerError) -> StartFault {
        .unreachable("\(error.reason)" + (error.remedy.isEmpty ? "" : "; \(error.remedy)"))
    }
}
