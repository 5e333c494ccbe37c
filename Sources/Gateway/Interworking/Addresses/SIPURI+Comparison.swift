public import Addressing

extension SIPURI {
    /// The domain in the normal form of facts and settings.
    public var userDomain: String { DomainName.toUnicode(host.canonical) }

    /// The bare address in compared form.
    public var comparedAddress: String { canonicalAddress }
}
