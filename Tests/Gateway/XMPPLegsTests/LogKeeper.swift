import Logging
import Synchronization

/// Keeps what is logged at `notice` and above.
struct LogKeeper: LogHandler {
    /// One line.
    struct Line: Sendable, Equatable {
        let level: Logger.Level
        let message: String
        let details: Logger.Metadata
    }

    private final class Lines: Sendable {
        let kept = Mutex<[Line]>([])
    }

    private let lines = Lines()
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.notice

    var all: [Line] { lines.kept.withLock { $0 } }

    /// Text that some line's details hold under a key.
    func details(_ key: String) -> [String] { all.compactMap { $0.details[key].map { "\($0)" } } }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let line = Line(level: event.level, message: "\(event.message)", details: event.metadata ?? [:])
        lines.kept.withLock { $0.append(line) }
    }
}
