import Addressing

/// A host and a port.
public struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    /// A name or an address, IPv6 without brackets.
    public let host: String
    /// The port, from 1; 0 asks the system for a free one.
    public let port: Int

    /// Reads `HOST:PORT`, IPv6 in brackets.
    ///
    /// - Parameter text: the text; nil comes back when it is something else.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = Self.port(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = String(text[..<colon])
        if host.hasPrefix("[") {
            guard host.hasSuffix("]") else { return nil }
            host = String(host.dropFirst().dropLast())
            guard host.contains(":"), (try? IPAddress(host)) != nil else { return nil }
        } else {
            guard (try? DomainName.normalized(host)) != nil || (try? IPAddress(host)) != nil, !host.contains(":") else {
                return nil
            }
        }
        self.host = host
        self.port = port
    }

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads the address of a DNS server, with its port or without.
    static func nameServer(_ text: String) -> Endpoint? {
        if !text.hasPrefix("["), (try? IPAddress(text)) != nil { return Endpoint(host: text, port: 53) }
        guard let endpoint = Endpoint(text), endpoint.port > 0, (try? IPAddress(endpoint.host)) != nil else {
            return nil
        }
        return endpoint
    }

    /// Digits alone: no sign, no blanks.
    private static func port(_ text: Substring) -> Int? {
        guard text.allSatisfy({ $0.isASCII && $0.isNumber }), let port = Int(text), port <= 65_535 else { return nil }
        return port
    }

    /// `HOST:PORT`, IPv6 in brackets.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
