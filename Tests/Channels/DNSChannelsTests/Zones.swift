import Loopback
import NameServers

extension NameServer {
    /// What `live.signed.example` names.
    static let listener = Task { try await PeerListener.bind() }

    /// The one server of all tests.
    static let shared = Task { try start(Zones.all(try await listener.value.port)) }

    /// The DNSKEY record of the signed zone.
    func anchor() async throws -> String { try await anchor(of: "signed.example") }
}

/// What the server serves.
enum Zones {
    static func all(_ port: Int) -> [NameServer.Zone] {
        [
            .init("signed.example", signed + live(port), isSigned: true), .init("plain.signed.example", delegated),
            .init("plain.example", plain), .init("lab.test", "www A 192.0.2.9\n"),
        ]
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

    private static let signed =
        """
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

    private static let delegated = "www A 192.0.2.7\n"

    private static let plain =
        """
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
