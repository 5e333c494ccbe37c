/// A place on a web server that takes checkpoints of the audit log.
///
/// Source: RFC 9110 §4.2.
public struct WitnessURL: Sendable, Hashable, CustomStringConvertible {
    /// The longest URL that is read, in bytes.
    static let longest = 2048

    /// Whether it is reached by TLS.
    public let isSecure: Bool
    /// The web server: a name or an address, IPv6 without brackets.
    public let host: String
    /// Its port.
    public let port: Int
    /// Path and query, from the first slash on.
    public let path: String

    /// Reads a URL with the scheme http or https, without a user and without a fragment.
    ///
    /// - Parameter text: the URL; nil comes back when it is another one, or none.
    public init?(_ text: String) {
        guard text.utf8.count <= Self.longest, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x23 }) else {
            return nil
        }
        let scheme = text.prefix { $0 != ":" }
        guard ["http", "https"].contains(scheme.lowercased()), text.dropFirst(scheme.count).hasPrefix("://") else {
            return nil
        }
        isSecure = scheme.count == 5
        let rest = text.dropFirst(scheme.count + 3)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let place = rest.dropFirst(authority.count)
        let hasPort = authority.last != "]" && authority.contains(":")
        let standard = isSecure ? 443 : 80
        guard let server = Endpoint(hasPort ? String(authority) : "\(authority):\(standard)"), server.port > 0 else {
            return nil
        }
        host = server.host
        port = server.port
        path = place.hasPrefix("/") ? String(place) : "/" + place
    }

    /// Host and port as a request names them, without the port that the scheme implies.
    public var authority: String {
        let host = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? host : "\(host):\(port)"
    }

    /// The URL.
    public var description: String { (isSecure ? "https://" : "http://") + authority + path }
}
