public import Addressing

/// Whom a resolver asks, and what it trusts.
public struct ResolverConfiguration: Sendable, Equatable {
    /// A DNS server.
    public struct Server: Sendable, Hashable, CustomStringConvertible {
        /// Its address.
        public var address: IPAddress
        /// Its port.
        public var port: UInt16

        /// Names a server.
        public init(_ address: IPAddress, port: UInt16 = 53) {
            self.address = address
            self.port = port
        }

        /// Reads `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1` or `[2001:db8::1]:5353`; anything else is nil.
        public init?(_ text: String) {
            if let address = try? IPAddress(text) {
                self.init(address)
                return
            }
            guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")),
                let port = UInt16(text[text.utf8.index(after: colon)...]), port > 0
            else { return nil }
            let host = String(text[..<colon])
            guard let address = try? IPAddress(host) else { return nil }
            // An IPv6 address with a port has brackets, so that its last group is none.
            if case .v6 = address, !host.hasPrefix("[") { return nil }
            self.init(address, port: port)
        }

        /// Address and port.
        public var description: String {
            if case .v6 = address { "[\(address)]:\(port)" } else { "\(address):\(port)" }
        }
    }

    /// The servers; those of the system's resolv.conf when there are none.
    public var servers: [Server] = []
    /// The file that names the servers when ``servers`` is empty.
    public var systemFile = "/etc/resolv.conf"
    /// DS or DNSKEY records as in zone files, one each; nothing is secure without an anchor.
    public var trustAnchors: [String] = []
    /// A file of such records; none when nil.
    public var trustAnchorFile: String?
    /// Questions that the library works on at once; others wait.
    ///
    /// One that nobody waits for any more keeps its place until the library is done with it.
    public var openQuestions = 256
    /// Questions that were asked and have no answer; beyond them ``ResolverFailure/overloaded`` is the answer at once.
    public var pendingQuestions = 4_096
    /// Bytes that the library's cache of records and messages may take.
    public var cacheBytes = 8 << 20
    /// Bounds of one answer.
    public var limits = DNSLimits()

    /// The defaults: the system's servers, no anchors.
    public init() {}

    /// The settings of the library, in the order in which they are made.
    ///
    /// The cache is the library's own: it has bounds in bytes, keeps nothing longer than its TTL and the bounds here,
    /// and keeps what is insecure or bogus apart, which a second cache above it could only get wrong.
    var options: [(name: String, value: String)] {
        let half = String(max(64 << 10, cacheBytes / 2))
        return [
            // Servers on loopback are what resolv.conf names on many systems.
            ("do-not-query-localhost:", "no"),
            // Names under test. are answered by whoever is configured, and not by the library. It takes `nodefault` here
            // without a complaint and without an effect.
            ("local-zone:", "test. transparent"),
            ("msg-cache-size:", half),
            ("rrset-cache-size:", half),
            ("key-cache-size:", "1m"),
            ("neg-cache-size:", "1m"),
            ("infra-cache-numhosts:", "1000"),
            ("cache-max-ttl:", String(limits.positiveSeconds)),
            ("cache-max-negative-ttl:", String(limits.negativeSeconds)),
            ("val-bogus-ttl:", String(limits.negativeSeconds)),
            ("serve-expired:", "no"),
            // A server that was silent is tried again soon.
            ("infra-host-ttl:", "30"),
            ("infra-keep-probing:", "yes"),
            ("infra-cache-max-rtt:", "2000"),
            ("outbound-msg-retry:", "3"),
            ("num-queries-per-thread:", String(max(1, openQuestions))),
            ("outgoing-range:", String(max(1, openQuestions) * 2)),
            ("edns-buffer-size:", "1232"),
            ("use-syslog:", "no"),
        ]
    }
}

/// Why a resolver cannot start.
public enum ResolverFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// The library refuses a setting, for this reason.
    case setting(String, reason: String)
    /// A trust anchor is no DS or DNSKEY record.
    case trustAnchor(String)
    /// A file cannot be read.
    case unreadable(file: String)
    /// The system gives no memory or descriptors.
    case noResources

    /// A sentence for operators.
    public var description: String {
        switch self {
        case .setting(let name, let reason): "the resolver takes no \(name): \(reason)"
        case .trustAnchor(let text): "\"\(text.prefix(80))\" is no DS or DNSKEY record"
        case .unreadable(let file): "\(file) cannot be read"
        case .noResources: "the system gives no memory or descriptors for the resolver"
        }
    }
}
