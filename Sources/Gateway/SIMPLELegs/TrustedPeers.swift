import NIOCore

/// Which domains an address may speak for.
final class TrustedPeers {
    private let domains: [String: [String]]
    private let intermediaries: Set<String>
    /// The address that was asked for last, and its domains: one request asks several times.
    private var last: (address: String, domains: [String]?) = ("", nil)

    init(_ trusted: [String: Set<String>], intermediaries: Set<String> = []) {
        var domains: [String: [String]] = [:]
        for (address, names) in trusted { domains[Self.plain(address), default: []] += names.sorted() }
        self.domains = domains
        self.intermediaries = Set(intermediaries.map { Self.plain($0) })
    }

    /// Whether an address may say who somebody else is (RFC 3325 §4).
    func isIntermediary(_ address: String) -> Bool {
        !intermediaries.isEmpty && intermediaries.contains(Self.plain(address))
    }

    /// The domains of an address; nil when it is not known.
    func domains(of address: String) -> [String]? {
        if address != last.address { last = (address, find(address)) }
        return last.domains
    }

    private func find(_ address: String) -> [String]? {
        // Nearly all come in the plain spelling.
        if let known = domains[address] { return known }
        let plain = Self.plain(address)
        return plain == address ? nil : domains[plain]
    }

    /// One spelling for each address; an IPv4 address that came over an IPv6 socket is itself.
    private static func plain(_ address: String) -> String {
        guard address.utf8.contains(UInt8(ascii: ":")) else { return address }
        let mapped = "::ffff:"
        if address.hasPrefix(mapped), address.utf8.contains(UInt8(ascii: ".")) {
            return String(address.dropFirst(mapped.utf8.count))
        }
        return (try? SocketAddress(ipAddress: address, port: 0))?.ipAddress ?? address
    }
}
