import Addressing

/// A socket that SIP requests arrive on.
public struct SIPListener: Sendable, Hashable, CustomStringConvertible {
    /// `udp` or `tcp`.
    public let transport: String
    /// An address literal, IPv6 without brackets.
    public let host: String
    /// The port; 0 asks the system for a free one.
    public let port: Int

    /// Reads `TRANSPORT:ADDRESS:PORT`, IPv6 in brackets.
    ///
    /// - Parameter text: the text; nil comes back when it is something else.
    public init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":"), ["udp", "tcp"].contains(text[..<colon]),
            let endpoint = Endpoint(String(text[text.index(after: colon)...])), (try? IPAddress(endpoint.host)) != nil
        else { return nil }
        transport = String(text[..<colon])
        host = endpoint.host
        port = endpoint.port
    }

    /// `TRANSPORT:ADDRESS:PORT`, IPv6 in brackets.
    public var description: String { "\(transport):\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}
