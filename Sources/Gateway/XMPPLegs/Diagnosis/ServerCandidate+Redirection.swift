import Addressing
import DNSChannels

extension ServerCandidate {
    /// The server that a peer names in its place; nil where that is no host with or without a port.
    ///
    /// Source: RFC 6120 §4.9.3.19.
    init?(redirection text: String) {
        var host = Substring(text)
        var port = ServerCandidates.xmppPort
        func take(_ digits: Substring) -> Bool {
            guard let number = UInt16(digits), number > 0 else { return false }
            port = number
            return true
        }
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]") else { return nil }
            let rest = host[host.index(after: end)...]
            host = host[host.index(after: host.startIndex)..<end]
            if !rest.isEmpty {
                guard rest.hasPrefix(":"), take(rest.dropFirst()) else { return nil }
            }
        } else if let colon = host.firstIndex(of: ":"), host.lastIndex(of: ":") == colon {
            guard take(host[host.index(after: colon)...]) else { return nil }
            host = host[..<colon]
        }
        if let address = try? IPAddress(String(host)) {
            self.init(.address(address), port: port, mode: .startTLS)
        } else if let name = try? DNSName(domain: String(host)) {
            self.init(.name(name), port: port, mode: .startTLS)
        } else {
            return nil
        }
    }
}
