import Addressing

/// A host and a port.
public struct Endpoint: Sendable, Equatable, CustomStringConvertible {
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

    /// Digits alone: no sign, no blanks.
    private static func port(_ text: Substring) -> Int? {
        guard text.allSatisfy({ $0.isASCII && $0.isNumber }), let port = Int(text), port <= 65_535 else { return nil }
        return port
    }

    /// `HOST:PORT`, IPv6 in brackets.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
