import Glibc
import Logging
import OperatorFiles

/// Where the daemon's own log goes: standard error, as text or JSON.
enum LogOutput {
    static func logger(_ configuration: GatewayConfiguration, _ threshold: LogThreshold) -> Logger {
        Logger(label: "isthmus") { label in
            ThresholdLogHandler(
                threshold: threshold,
                base: configuration.logsJSON
                    ? JSONLogHandler(label: label)
                    : StreamLogHandler(label: label, stream: LogLines(to: standardError))
            )
        }
    }

    /// Writes text to standard error, whole.
    static func standardError(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            // The buffer lives as long as the call.
            let written = unsafe bytes.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
            guard written > 0 else { return }
            bytes = bytes.dropFirst(written)
        }
    }
}

/// Takes events of the log, each in one piece, and lets none be more than one line.
///
/// What peers wrote stands in messages and in values beside them.
struct LogLines: TextOutputStream, Sendable {
    private let sink: @Sendable (String) -> Void

    init(to sink: @escaping @Sendable (String) -> Void) { self.sink = sink }

    func write(_ string: String) {
        // The last character may be CRLF as a whole, of which the line feed is that of the log.
        guard string.unicodeScalars.last == "\n" else { return sink(VisibleText.line(string)) }
        sink(VisibleText.line(String(string.unicodeScalars.dropLast())) + "\n")
    }
}
