import Logging
import MappingTables
import OperatorFiles
import Synchronization

/// The least severe level that the log takes; a reload may change it, for all loggers of the process at once.
final class LogThreshold: Sendable {
    private let value: Mutex<Logger.Level>

    init(_ level: Logger.Level) { value = Mutex(level) }

    /// What the configuration says.
    convenience init(_ configuration: GatewayConfiguration) { self.init(Self.level(configuration)) }

    /// The level in force.
    var level: Logger.Level {
        get { value.withLock { $0 } }
        set { value.withLock { $0 = newValue } }
    }

    /// The most findings that a log gets of one file.
    private static let mostLogged = 20

    /// Reads the configuration again for its `log: level`; a file with a fault leaves the level as it is.
    ///
    /// - Parameters:
    ///   - file: the configuration file.
    ///   - running: what the gateway runs with.
    ///   - logger: told what is in force, or which faults the file has.
    func reload(_ file: String, over running: GatewayConfiguration, _ logger: Logger) {
        let loaded = ConfigFile.load(path: file)
        guard var read = loaded.configuration else {
            for fault in loaded.diagnostics.filter({ $0.severity == .error }).prefix(Self.mostLogged) {
                var metadata: Logger.Metadata = [
                    "file": "\(fault.position)", "error.code": "\(fault.code)", "reason": "\(fault.message)",
                ]
                if let help = fault.help { metadata["help"] = "\(help)" }
                logger.error("the configuration has a fault", metadata: metadata)
            }
            return logger.error("the level of the log stays as it was", metadata: ["log.level": "\(level)"])
        }
        let next = Self.level(read)
        // Said where either level lets it through.
        level = min(level, next)
        logger.notice("the level of the log is that of the configuration", metadata: ["log.level": "\(next)"])
        read.logLevel = running.logLevel
        if read != running { logger.notice("other changes of the configuration need a restart") }
        level = next
    }

    private static func level(_ configuration: GatewayConfiguration) -> Logger.Level {
        Logger.Level(rawValue: configuration.logLevel) ?? .notice
    }
}

/// Passes on what the threshold of the whole log lets through.
struct ThresholdLogHandler: LogHandler {
    let threshold: LogThreshold
    var base: any LogHandler

    /// The level of all loggers over the same threshold.
    var logLevel: Logger.Level {
        get { threshold.level }
        set { threshold.level = newValue }
    }

    var metadata: Logger.Metadata {
        get { base.metadata }
        set { base.metadata = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { base[metadataKey: key] }
        set { base[metadataKey: key] = newValue }
    }

    func log(event: LogEvent) { base.log(event: event) }
}
