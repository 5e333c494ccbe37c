public import Addressing

/// A server that may be connected to.
public struct ServerCandidate: Sendable, Hashable, CustomStringConvertible {
    /// How TLS begins there.
    public enum Mode: Sendable, Hashable {
        /// The stream begins in the clear and negotiates TLS.
        case startTLS
        /// TLS begins with the first byte.
        case directTLS
    }

    /// Where it is.
    public enum Host: Sendable, Hashable, CustomStringConvertible {
        /// A name that has addresses.
        case name(DNSName)
        /// An address.
        case address(IPAddress)

        /// The name or the address.
        public var description: String {
            switch self {
            case .name(let name): name.description
            case .address(let address): address.description
            }
        }
    }

    /// Where it is.
    public var host: Host
    /// Its port.
    public var port: UInt16
    /// How TLS begins.
    public var mode: Mode
    /// Whether DNSSEC proves that the domain names this server.
    ///
    /// Source: RFC 7673 §3.1.
    public var isProved: Bool
    /// Whether an operator named it, so that the rules for addresses of strangers do not apply.
    public var isConfigured: Bool

    /// Makes a candidate.
    public init(
        _ host: Host,
        port: UInt16,
        mode: Mode,
        isProved: Bool = false,
        isConfigured: Bool = false
    ) {
        self.host = host
        self.port = port
        self.mode = mode
        self.isProved = isProved
        self.isConfigured = isConfigured
    }

    /// Host and port.
    public var description: String {
        if case .address(.v6(let address)) = host { "[\(address)]:\(port)" } else { "\(host):\(port)" }
    }
}
