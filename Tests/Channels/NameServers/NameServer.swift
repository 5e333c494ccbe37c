import Addressing
import DNSChannels
import Foundation
import Loopback
import NIOPosix

/// A real DNS server on loopback: Debian's knot, with zones of a test's own, signed or not.
public final class NameServer: Sendable {
    public struct Absent: Error {}

    /// What the server serves.
    public struct Zone: Sendable {
        let name: String
        let text: String
        let isSigned: Bool

        /// - Parameters:
        ///   - name: the zone.
        ///   - text: its records behind those that each zone has: the servers, and `ns A 127.0.0.1`.
        ///   - isSigned: whether the server signs it.
        public init(_ name: String, _ text: String, isSigned: Bool = false) {
            self.name = name
            self.text = text
            self.isSigned = isSigned
        }

        static let head = """
            $TTL 300
            @ SOA ns hostmaster 1 3600 600 86400 300
            @ NS ns
            ns A 127.0.0.1

            """
    }

    /// Whether the program is there; in continuous integration its lack is a failure of each test.
    public static let isAvailable: Bool = {
        if program != nil || ProcessInfo.processInfo.environment["CI"] == "true" { return true }
        print("skipped: the tests against a real DNS server, since there is no knotd (Debian package knot)")
        return false
    }()

    private static let program = ["/usr/sbin/knotd", "/usr/local/sbin/knotd", "/usr/bin/knotd"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    private let process: ServerProcess

    public var port: Int { process.port }

    private init(_ process: ServerProcess) { self.process = process }

    /// Starts a server.
    public static func start(_ zones: [Zone]) throws -> NameServer {
        guard let program else { throw Absent() }
        let process = try ServerProcess([program, "-c", "%/knot.conf"], ready: "server started") { folder, port in
            for zone in zones {
                let text = Zone.head + zone.text
                try text.write(to: folder.appending(path: zone.name + ".zone"), atomically: true, encoding: .utf8)
            }
            try settings(for: zones, folder: folder.path(percentEncoded: false), port: port)
                .write(to: folder.appending(path: "knot.conf"), atomically: true, encoding: .utf8)
        }
        return NameServer(process)
    }

    private static func settings(for zones: [Zone], folder: String, port: Int) -> String {
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

        """
            + zones.map { zone in
                "  - domain: \(zone.name)\n"
                    + (zone.isSigned ? "    dnssec-signing: on\n    dnssec-policy: single\n" : "")
            }.joined()
    }
}

extension NameServer {
    /// The DNSKEY record of a signed zone, as an operator would write it down.
    public func anchor(of zone: String) async throws -> String {
        var configuration = ResolverConfiguration()
        configuration.servers = [.init(try IPAddress("127.0.0.1"), port: UInt16(port))]
        let resolver = try UnboundResolver(configuration)
        defer { resolver.stop() }
        let answer = await resolver.answer(
            to: DNSQuestion(try DNSName(ascii: zone), RecordType(rawValue: 48)),
            on: MultiThreadedEventLoopGroup.singleton.next()
        )
        for case .other(_, let bytes) in answer.records.map(\.data) where bytes.count > 4 && bytes[1] == 1 {
            let key = Data(bytes[4...]).base64EncodedString()
            return "\(zone). DNSKEY \(UInt16(bytes[0]) << 8 | UInt16(bytes[1])) \(bytes[2]) \(bytes[3]) \(key)"
        }
        throw Absent()
    }
}
