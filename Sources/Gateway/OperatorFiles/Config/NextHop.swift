import Addressing

/// Where the requests of a domain go.
public struct NextHop: Sendable, Hashable, CustomStringConvertible {
    /// An address literal, IPv6 without brackets.
    public let address: String
    /// The port; 5060 when the URI has none (RFC 3261 §19.1.2).
    public let port: Int
    /// `udp` or `tcp`.
    public let transport: String
    /// Whether the URI says `lr`: a proxy that wants to find itself in Route (RFC 3261 §8.1.2).
    public let isProxy: Bool

    /// Reads a SIP URI whose host is an address.
    ///
    /// - Parameter text: the URI; nil comes back when it is something else.
    public init?(_ text: String) {
        guard let uri = try? SIPURI(text), !uri.isSecure, uri.user == nil, let address = Self.address(of: uri) else {
            return nil
        }
        let transport = Self.transport(of: uri)
        guard transport == "udp" || transport == "tcp" else { return nil }
        self.address = address
        self.port = uri.port.map(Int.init) ?? 5_060
        self.transport = transport
        isProxy = uri.parameters.contains { $0.name.lowercased() == "lr" }
    }

    static func address(of uri: SIPURI) -> String? {
        let host = "\(uri.host)"
        let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        return (try? IPAddress(bare)) == nil ? nil : bare
    }

    static func transport(of uri: SIPURI) -> String {
        (uri.parameters.first { $0.name.lowercased() == "transport" }?.value ?? "udp").lowercased()
    }

    /// `TRANSPORT:ADDRESS:PORT`, IPv6 in brackets.
    public var description: String { "\(transport):\(address.contains(":") ? "[\(address)]" : address):\(port)" }
}
