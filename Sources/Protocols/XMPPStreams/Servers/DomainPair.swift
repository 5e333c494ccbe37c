public import Addressing

/// Two domains between which stanzas flow, seen from the gateway.
///
/// Both are in the form of `DomainName.normalized`: lower-case U-labels without a final dot.
///
/// Source: XEP-0220 §1.3.
public struct DomainPair: Hashable, Sendable, CustomStringConvertible {
    /// The domain that the gateway speaks for.
    public let local: String
    /// The domain that the peer speaks for.
    public let remote: String

    /// Makes a pair.
    ///
    /// - Parameters:
    ///   - local: the domain that the gateway speaks for.
    ///   - remote: the domain that the peer speaks for.
    /// - Throws: `AddressError` when one of them is no domain.
    public init(local: String, remote: String) throws(AddressError) {
        self.local = try DomainName.normalized(local)
        self.remote = try DomainName.normalized(remote)
    }

    init(normalized local: String, _ remote: String) {
        self.local = local
        self.remote = remote
    }

    /// Both domains, for people.
    public var description: String { "\(local) <-> \(remote)" }
}

/// The domain that an attribute holds and nothing else; nil for what is no bare domain.
///
/// Source: RFC 7622 §3.2.
enum BareDomain {
    static func read(_ text: String?) -> String? {
        guard let text, !text.utf8.contains(where: { $0 == 0x40 || $0 == 0x2F }) else { return nil }
        return try? DomainName.normalized(text)
    }
}
