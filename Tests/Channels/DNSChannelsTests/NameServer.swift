import DNSChannels
import Foundation
import Glibc
import Loopback
import NIOCore
import NIOPosix

/// A real DNS server on loopback: Debian's knot, with zones of its own, one of them signed.
///
/// It ends when this process does, since it reads its standard input.
final class NameServer: Sendable {
    struct Absent: Error {}

    /// Whether the program is there; in continuous integration its lack is a failure of each test.
    static let isAvailable: Bool = {
        if program != nil || ProcessInfo.processInfo.environment["CI"] == "true" { return true }
        print("skipped: the tests against a real DNS server, since there is no knotd (Debian package knot)")
        return false
    }()

    private static let program = ["/usr/sbin/knotd", "/usr/local/sbin/knotd", "/usr/bin/knotd"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// The one server of all tests.
    static let shared = Task { try start(for: try await PeerListener.bind()) }

    let port: Int
    /// What `live.signed.example` names.
    let listener: PeerListener
    private let input: Pipe

    private init(port: Int, listener: PeerListener, input: Pipe) {
        self.port = port
        self.listener = listener
        self.input = input
    }

    private static func start(for listener: PeerListener) throws -> NameServer {
        guard let program else { throw Absent() }
        let folder = FileManager.default.temporaryDirectory.appending(path: "isthmus-dns-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let port = try freePort()
        for (name, text) in Zones.all(listener.port) {
            try text.write(to: folder.appending(path: name + ".zone"), atomically: true, encoding: .utf8)
        }
        let configuration = folder.appending(path: "knot.conf")
        try Zones.configuration(folder: folder.path(percentEncoded: false), port: port)
            .write(to: configuration, atomically: true, encoding: .utf8)

        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        let script = """
            "$1" -c "$2" & server=$!
            cat >/dev/null
            kill $server; wait $server; rm -rf "$3"
            """
        let paths = [program, configuration.path(percentEncoded: false), folder.path(percentEncoded: false)]
        process.arguments = ["-c", script, "sh"] + paths
        let (input, output) = (Pipe(), Pipe())
        // Another child that had this end, too, would keep the server alive.
        _ = fcntl(input.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
        var log = ""
        while !log.contains("server started") {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw Absent() }
            log += String(decoding: more, as: UTF8.self)
        }
        // What it says later must not fill the pipe.
        output.fileHandleForReading.readabilityHandler = { _ = $0.availableData }
        return NameServer(port: port, listener: listener, input: input)
    }

    /// A port that is free for UDP and TCP.
    private static func freePort() throws -> Int {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        while true {
            let listener = try ServerBootstrap(group: eventLoop).bind(host: "127.0.0.1", port: 0).wait()
            defer { try? listener.close().wait() }
            guard let port = listener.localAddress?.port else { continue }
            if let socket = try? DatagramBootstrap(group: eventLoop).bind(host: "127.0.0.1", port: port).wait() {
                try socket.close().wait()
                return port
            }
        }
    }
}

/// What the server serves.
enum Zones {
    static func all(_ port: Int) -> [String: String] {
        ["signed.example": signed + live(port), "plain.signed.example": delegated, "plain.example": plain]
    }

    /// A domain whose last server listens on a port of loopback.
    private static func live(_ port: Int) -> String {
        """
        _xmpp-server._tcp.live SRV 1 0 \(port) none
        _xmpp-server._tcp.live SRV 2 0 \(port) host
        host A 127.0.0.1
        _\(port)._tcp.host TLSA 3 1 1 \(String(repeating: "cd", count: 32))

        """
    }

    static func configuration(folder: String, port: Int) -> String {
        """
        server:
            rundir: "\(folder)"
            listen: 127.0.0.1@\(port)
            udp-max-payload: 1232
        database:
            storage: "\(folder)"
        log:
          - target: stdout
            any: info
        policy:
          - id: single
            single-type-signing: on
        template:
          - id: default
            storage: "\(folder)"
            semantic-checks: off
            zonefile-sync: -1
        zone:
          - domain: signed.example
            dnssec-signing: on
            dnssec-policy: single
          - domain: plain.signed.example
          - domain: plain.example

        """
    }

    private static let head = """
        $TTL 300
        @ SOA ns hostmaster 1 3600 600 86400 300
        @ NS ns
        ns A 127.0.0.1

        """

    private static let signed =
        head + """
            _xmpp-server._tcp SRV 10 0 5269 xmpp
            _xmpps-server._tcp SRV 5 0 5270 xmpp
            xmpp A 192.0.2.1
            xmpp AAAA 2001:db8::1
            _5270._tcp.xmpp TLSA 3 1 1 \(String(repeating: "ab", count: 32))
            alias CNAME xmpp
            away CNAME www.plain.example.
            plain NS ns.plain
            ns.plain A 127.0.0.1

            """

    private static let delegated = head + "www A 192.0.2.7\n"

    private static let plain =
        head + """
            www A 192.0.2.1
            www TXT "one" "two words" ""
            six AAAA 2001:db8::6
            one CNAME two
            two CNAME www
            short 2 A 192.0.2.2
            long 604800 A 192.0.2.3
            *.many A 192.0.2.4
            *.silent A 192.0.2.5
            rule NAPTR 50 60 "s" "SIP+D2T" "" _sip._tcp.plain.example.
            _xmpp-server._tcp.none SRV 0 0 0 .

            """ + (0..<60).map { "_xmpp-server._tcp.big SRV \($0) 0 5269 a-server-with-a-long-name-\($0)\n" }.joined()
}

extension NameServer {
    /// The DNSKEY record of the signed zone, as an operator would write it down.
    func anchor() async throws -> String {
        var configuration = ResolverConfiguration()
        configuration.servers = [.init(Samples.address("127.0.0.1"), port: UInt16(port))]
        let resolver = try UnboundResolver(configuration)
        defer { resolver.stop() }
        let answer = await resolver.answer(
            to: Samples.question("signed.example", RecordType(rawValue: 48)),
            on: MultiThreadedEventLoopGroup.singleton.next()
        )
        for case .other(_, let bytes) in answer.records.map(\.data) where bytes.count > 4 && bytes[1] == 1 {
            let key = Data(bytes[4...]).base64EncodedString()
            return "signed.example. DNSKEY \(UInt16(bytes[0]) << 8 | UInt16(bytes[1])) \(bytes[2]) \(bytes[3]) \(key)"
        }
        throw Absent()
    }
}
