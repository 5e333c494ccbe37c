import Foundation
import Logging
import MappingTables
import OperatorFiles
import Synchronization
import TestAuthority
import Testing

@testable import GatewayDaemon

/// Certificates of an authority for tests, made once, and the configurations that name them.
struct ServerStock: Sendable {
    static let shared = Result { try ServerStock() }

    /// 2026-03-01T12:00:00Z, within the validity of every certificate that is not meant to be invalid.
    static let now: Int64 = 1_772_366_400

    let authority: Authority
    /// For example.net.
    let server: Issued
    /// For example.net too, to take its place.
    let renewed: Issued

    private init() throws {
        authority = try Authority("server-files")
        server = try authority.issue("server", names: ["DNS:example.net"])
        renewed = try authority.issue("renewed", names: ["DNS:example.net"])
    }

    /// The section of a configuration that leads to other servers by them.
    static func configuration(
        certificate: String,
        key: String,
        more: String = "",
        limits: String = "{}",
        others: String = ""
    ) throws -> GatewayConfiguration {
        let text = """
            gateway: {name: gw.example.net, state: ./state, mappings: ./Mappings}
            domains:
              xmpp: {example.com: {}, bücher.example: {}}
              cpim: {example.net: {next-hop: "sip:127.0.0.1:5070"}}
            xmpp:
              server:
                {listen: ["127.0.0.1:5269"], direct-tls: ["[::]:5270"], certificate: "\(certificate)", key: "\(key)"\(more)}
            sip: {listen: ["tcp:127.0.0.1:5060"]}
            limits: \(limits)
            \(others)

            """
        let (root, faults) = YAMLFile.read(Array(text.utf8), name: "gateway.yaml")
        #expect(faults == [])
        let (configuration, diagnostics) = ConfigFile.read(try #require(root), directory: ".")
        return try #require(configuration, "\(diagnostics)")
    }

    func configuration(
        _ issued: Issued? = nil,
        more: String = "",
        limits: String = "{}",
        others: String = ""
    ) throws -> GatewayConfiguration {
        let issued = issued ?? server
        return try Self.configuration(
            certificate: issued.file,
            key: issued.keyFile,
            more: ", trust: \"\(authority.root.file)\"" + more,
            limits: limits,
            others: others
        )
    }
}

/// Lines that a logger wrote.
final class LoggedLines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    var logger: Logger { Logger(label: "isthmus.test") { _ in Handler(lines: self) } }

    private func add(_ line: String) { lines.withLock { $0.append(line) } }

    private struct Handler: LogHandler {
        let lines: LoggedLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let values = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            lines.add((["\(event.level): \(event.message)"] + values).joined(separator: " | "))
        }
    }
}
