import Foundation
import Loopback

/// A real Prosody on loopback that takes streams of other servers: prosody.example, which demands certificates.
public final class ProsodyServer: Sendable {
    public struct Absent: Error, CustomStringConvertible {
        public let description: String
    }

    /// Whether the program is there; in continuous integration its lack is a failure of each test.
    public static let isAvailable: Bool = {
        if program != nil || ProcessInfo.processInfo.environment["CI"] == "true" { return true }
        print("skipped: the tests against a real XMPP server, since there is no prosody (Debian package prosody)")
        return false
    }()

    private static let program = ["/usr/bin/prosody", "/usr/local/bin/prosody"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    private let process: ServerProcess

    public var port: Int { process.port }

    public init(certificate: Issued, root: Issued) throws {
        guard let program = Self.program else { throw Absent(description: "there is no prosody") }
        process = try ServerProcess(
            [program, "-F", "--config", "%/prosody.cfg.lua"],
            ready: "Activated service 's2s'",
            refused: "Failed to open server port"
        ) { folder, port in
            let path = folder.path(percentEncoded: false)
            try """
            run_as_root = true
            pidfile = "\(path)/prosody.pid"
            data_path = "\(path)"
            plugin_paths = {}
            storage = "memory"
            modules_enabled = { "tls", "s2s", "saslauth", "s2s_auth_certs", "smacks", "disco", "ping" }
            modules_disabled = { "c2s", "offline" }
            s2s_require_encryption = true
            s2s_secure_auth = true
            interfaces = { "127.0.0.1" }
            s2s_ports = { \(port) }
            s2s_direct_tls_ports = {}
            c2s_ports = {}
            http_ports = {}
            https_ports = {}
            log = { debug = "*console" }
            ssl = { cafile = "\(root.file)" }
            VirtualHost "prosody.example"
                ssl = { certificate = "\(certificate.file)", key = "\(certificate.keyFile)", cafile = "\(root.file)" }

            """.write(to: folder.appending(path: "prosody.cfg.lua"), atomically: true, encoding: .utf8)
        }
    }
}
