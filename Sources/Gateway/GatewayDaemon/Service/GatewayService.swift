import Ledger
import Logging
public import OperatorFiles
import ServiceLifecycle
import UnixSignals

/// Serves one configuration until the process is told to end.
///
/// SIGTERM and SIGINT drain and stop, SIGHUP reads the mapping tables, the certificates and the level of the log again.
public enum GatewayService {
    /// Starts the gateway and returns after it has stopped.
    ///
    /// - Parameters:
    ///   - configuration: checked.
    ///   - file: the file that it was read from; without one SIGHUP leaves the level of the log as it is.
    /// - Throws: ``StartFault`` when a file has faults, or something could not be opened or bound.
    public static func run(configuration: GatewayConfiguration, file: String? = nil) async throws {
        let threshold = LogThreshold(configuration)
        let logger = LogOutput.logger(configuration, threshold)
        let gateway = try await RunningGateway.start(configuration, nil, logger)
        ServiceNotifier.tell("READY=1")
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(service: Serving(gateway: gateway)),
            .init(
                service: Reloading(gateway: gateway, logger: logger) {
                    if let file { threshold.reload(file, over: configuration, logger) }
                }
            ),
        ]
        if let server = gateway.server { services.append(.init(service: Renewing(server: server, logger: logger))) }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services,
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "isthmus.lifecycle") { _ in SwiftLogNoOpLogHandler() }
            )
        )
        try await group.run()
    }
}

/// Runs until it is told to stop, then drains.
private struct Serving: Service {
    let gateway: RunningGateway

    func run() async throws {
        try? await gracefulShutdown()
        ServiceNotifier.tell("STOPPING=1")
        await gateway.stop()
    }
}

/// Reads files again at each SIGHUP; faulty ones, and failing tests of tables, leave in force what was.
private struct Reloading: Service {
    let gateway: RunningGateway
    let logger: Logger
    /// Reads the configuration again, for what changes without a restart.
    let configure: @Sendable () -> Void

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            ServiceNotifier.tell("RELOADING=1")
            configure()
            let report = try await gateway.activate(ActivationOrder(.signal, actor: "signal"))
            if report.result == .alreadyInForce {
                logger.notice("the mapping tables on disk are in force already")
            }
            gateway.server?.reload(now: SystemClock.wall / 1_000, logger)
            ServiceNotifier.tell("READY=1")
        }
    }
}

/// Gives later streams other keys for TLS tickets each day, for who has those keys can read what was sent under them.
private struct Renewing: Service {
    let server: ServerResources
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await server.renew(after: { try await Task.sleep(for: .seconds(86_400)) }, clock: .system, logger)
        }
    }
}
