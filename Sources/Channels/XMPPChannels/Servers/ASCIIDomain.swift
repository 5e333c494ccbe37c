import Addressing

/// A domain as the DNS and certificates write it.
enum ASCIIDomain {
    /// The A-labels; the name as it is where it has none.
    static func of(_ domain: String) -> String { (try? DomainName.toASCII(domain)) ?? domain }
}
