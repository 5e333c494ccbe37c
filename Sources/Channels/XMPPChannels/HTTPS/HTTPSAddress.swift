import Addressing
import DNSChannels

/// A place on a web server that is reached by HTTPS.
///
/// Source: RFC 7711 §3.2, §10, RFC 9110 §4.2.2.
struct HTTPSAddress: Equatable {
    /// The longest address that is read, in bytes.
    static let limit = 2048

    /// The web server, with A-labels.
    let host: DNSName
    /// Path and query.
    let path: String

    /// The document of a domain's servers.
    ///
    /// - Parameter domain: the domain.
    /// - Throws: ``HTTPSFault`` with `.unusableAddress` when it is an IP address or no name of the DNS.
    ///
    /// Source: RFC 7711 §8, RFC 7712 §5.2, §9.2.
    init(domain: String) throws(HTTPSFault) {
        host = try Self.host(domain)
        path = "/.well-known/posh/xmpp-server.json"
    }

    /// Reads an address.
    ///
    /// Neither another scheme nor another port is followed, nor is an IP address, which no domain names.
    ///
    /// - Parameters:
    ///   - text: the address as a document or redirect has it.
    ///   - port: the port of web servers.
    /// - Throws: ``HTTPSFault`` with `.unusableAddress`.
    init(_ text: String, port: UInt16) throws(HTTPSFault) {
        guard text.utf8.count <= Self.limit, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw HTTPSFault(.unusableAddress, "the address is none")
        }
        guard text.prefix(8).lowercased() == "https://" else {
            throw HTTPSFault(.unusableAddress, "the address is not HTTPS")
        }
        let rest = text.dropFirst(8).prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let place = rest.dropFirst(authority.count)
        var name = authority
        if let colon = authority.lastIndex(of: ":") {
            name = authority[..<colon]
            let digits = authority[authority.index(after: colon)...]
            guard digits.isEmpty || UInt16(digits) == port else {
                throw HTTPSFault(.unusableAddress, "the address has a port that is not followed")
            }
        }
        host = try Self.host(String(name))
        path = place.hasPrefix("/") ? String(place) : "/" + place
    }

    private static func host(_ name: String) throws(HTTPSFault) -> DNSName {
        let isAddress = (try? IPAddress(name)) != nil
        let isName = name.utf8.allSatisfy { $0 != UInt8(ascii: "@") && $0 != UInt8(ascii: ":") }
        guard isName, !isAddress, let host = try? DNSName(domain: name), !host.isRoot else {
            throw HTTPSFault(.unusableAddress, "the address has no name of a web server")
        }
        return host
    }
}
