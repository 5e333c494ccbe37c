import Foundation
import Logging
import OperatorFiles
import Synchronization
import Testing

@testable import GatewayDaemon

/// The level of the log, which a reload may change.
@Suite("Level of the log")
struct LogThresholdTests {
    /// Where lines of a log go in a test.
    private final class Sink: Sendable {
        private let text = Mutex("")

        /// What was written since it was last asked for.
        func take() -> String {
            text.withLock { text in
                defer { text = "" }
                return text
            }
        }

        func logger(_ threshold: LogThreshold) -> Logger {
            let lines = LogLines { written in self.text.withLock { $0 += written } }
            return Logger(label: "isthmus") {
                ThresholdLogHandler(threshold: threshold, base: StreamLogHandler(label: $0, stream: lines))
            }
        }
    }

    private static func text(_ log: String, name: String = "gw.example.net") -> String {
        """
        gateway: {name: \(name), state: ./state, mappings: ./Mappings}
        domains:
          xmpp: {example.com: {}}
          cpim: {example.net: {next-hop: "sip:127.0.0.1:5070;transport=tcp"}}
        xmpp:
          components: [{domain: example.net, connect: "127.0.0.1:5347", secret-file: secret}]
        sip:
          listen: ["tcp:127.0.0.1:5060"]
          trusted: [{address: 127.0.0.1, domains: [example.net]}]
        log: \(log)

        """
    }

    @Test("A reload puts the level of the file in force for loggers that exist, and a faulty file leaves it")
    func reload() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "isthmus-log-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "gateway.yaml")
        func write(_ text: String) throws { try Data(text.utf8).write(to: file) }
        try write(Self.text("{}"))
        let loaded = ConfigFile.load(path: file.path)
        let running = try #require(loaded.configuration, "\(loaded.diagnostics)")
        let sink = Sink()
        let threshold = LogThreshold(running)
        #expect(threshold.level == .notice)
        let logger = sink.logger(threshold)
        var copy = logger
        copy[metadataKey: "link"] = "s2s"
        func reload() -> String {
            threshold.reload(file.path, over: running, logger)
            return sink.take()
        }
        copy.debug("unseen")
        #expect(sink.take().isEmpty)

        try write(Self.text("{level: debug}"))
        var said = reload()
        #expect(said.contains("log.level=debug") && !said.contains("restart"), "\(said)")
        copy.debug("seen")
        #expect(sink.take().contains("seen"))

        // A fault in its tenth line, and a file that is no YAML, or not there.
        try write(Self.text("{level: loud}"))
        said = reload()
        #expect(said.contains("\(file.path):10:") && said.contains("error.code=wrong-value"), "\(said)")
        try write("gateway: {name: [}\n")
        said = reload()
        #expect(said.contains("\(file.path):1:") && said.contains("log.level=debug"), "\(said)")
        try FileManager.default.removeItem(at: file)
        said = reload()
        #expect(said.contains("error.code=unreadable") && said.contains("error"), "\(said)")
        #expect(threshold.level == .debug)

        // The change is told although the new level is the quieter one; what needs a restart is named.
        try write(Self.text("{level: error}", name: "other.example.net"))
        said = reload()
        #expect(said.contains("log.level=error") && said.contains("need a restart"), "\(said)")
        copy.warning("unseen")
        #expect(sink.take().isEmpty)
    }
}
