import Foundation
import Glibc
import NIOCore
import NIOPosix

/// A real Prosody on loopback that takes streams of other servers: prosody.example, which demands certificates.
///
/// It ends when this process does, since it reads its standard input.
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

    public let port: Int
    private let input: Pipe

    public init(certificate: Issued, root: Issued) throws {
        guard let program = Self.program else { throw Absent(description: "there is no prosody") }
        let folder = FileManager.default.temporaryDirectory.appending(path: "isthmus-prosody-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let listener = try ServerBootstrap(group: eventLoop).bind(host: "127.0.0.1", port: 0).wait()
        port = listener.localAddress?.port ?? 0
        try listener.close().wait()
        let path = folder.path(percentEncoded: false)
        let configuration = folder.appending(path: "prosody.cfg.lua")
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

        """.write(to: configuration, atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        // It keeps nothing, and its own shutdown would wait for whoever reads its log.
        let script = """
            "$1" -F --config "$2" & server=$!
            cat >/dev/null
            kill -9 $server; wait $server; rm -rf "$3"
            """
        process.arguments = ["-c", script, "sh", program, configuration.path(percentEncoded: false), path]
        let output = Pipe()
        input = Pipe()
        // Another child that had this end, too, would keep the server alive.
        _ = fcntl(input.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
        var log = ""
        while !log.contains("Activated service 's2s'") {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw Absent(description: log) }
            log += String(decoding: more, as: UTF8.self)
        }
        // What it says later must not fill the pipe.
        output.fileHandleForReading.readabilityHandler = { _ = $0.availableData }
    }
}
