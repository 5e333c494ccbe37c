import Logging
import OperatorFiles

/// Where the daemon's own log goes: standard error, as text or JSON.
enum LogOutput {
    static func logger(_ configuration: GatewayConfiguration) -> Logger {
        var logger = Logger(label: "isthmus") { label in
            if configuration.logsJSON { return JSONLogHandler(label: label) }
            return StreamLogHandler.standardError(label: label)
        }
        logger.logLevel = Logger.Level(rawValue: configuration.logLevel) ?? .notice
        return logger
    }
}
