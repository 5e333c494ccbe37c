/// An XMPP address without resource: `localpart@domainpart` or a domain alone.
///
/// Every value is enforced: localpart by UsernameCaseMapped, domainpart by IDNA2008 in U-labels.
///
/// Source: RFC 7622 §3.
public struct BareJID: Hashable, Sendable, CustomStringConvertible {
    /// The enforced localpart, 1 to 1023 bytes; nil for a domain alone.
    public let local: String?

    /// The enforced domainpart: lower-case U-labels without trailing dot, or an IP literal.
    public let domain: String

    /// For parts that were enforced before.
    init(enforcedLocal local: String?, domain: String) {
        self.local = local
        self.domain = domain
    }

    /// Reads and enforces an address that has no resource.
    ///
    /// - Throws: ``AddressError``; an address with a resource is `.disallowed` at the `/`.
    public init(_ text: String) throws(AddressError) {
        self = try JID(text).requiringBare()
    }

    /// Reads and enforces an address from UTF-8 bytes.
    ///
    /// - Throws: ``AddressError``, with `.malformedUTF8` for bytes that are not UTF-8.
    public init(bytes: ArraySlice<UInt8>) throws(AddressError) {
        self = try JID(bytes: bytes).requiringBare()
    }

    /// Enforces the parts and joins them.
    ///
    /// - Throws: ``AddressError`` with the offset in the faulty part.
    public init(local: String?, domain: String) throws(AddressError) {
        self = try JID(local: local, domain: domain, resource: nil).bare
    }

    /// The same address as a JID without resource.
    public var jid: JID { JID(enforced: self, resource: nil) }

    /// The full address with the given resource.
    ///
    /// - Throws: ``AddressError`` when the resource is empty, longer than 1023 bytes or breaks OpaqueString.
    public func with(resource: String) throws(AddressError) -> JID {
        JID(enforced: self, resource: try JID.enforcedResource(resource))
    }

    /// The address as it is written in XML attributes, before XML escaping.
    public var description: String { UTF8Text.address(local, domain) }
}
