/// An XMPP address, split and enforced.
///
/// The text is split at the first `/`, then at the first `@` before it, and each part is brought into its one
/// valid form, so that two addresses of one entity are equal values. Plain lower-case ASCII passes through without
/// conversion.
///
/// Source: RFC 7622 §3.
public struct JID: Hashable, Sendable, CustomStringConvertible {
    /// The largest size of each part after enforcement, in bytes.
    public static let partLimit = 1023

    /// The largest size of a text that is looked at, in bytes; enforcement may shorten a text to the limits.
    public static let textLimit = 8192

    /// The address without its resource.
    public let bare: BareJID

    /// The enforced resourcepart, 1 to 1023 bytes; nil when there is none.
    public let resource: String?

    /// The enforced localpart, 1 to 1023 bytes; nil when there is none.
    public var local: String? { bare.local }

    /// The enforced domainpart: lower-case U-labels without trailing dot, or an IP literal.
    public var domain: String { bare.domain }

    /// For parts that were enforced before.
    init(enforced bare: BareJID, resource: String?) {
        self.bare = bare
        self.resource = resource
    }

    /// Reads and enforces an address.
    ///
    /// - Parameter text: at most ``textLimit`` bytes, no escaping of any kind undone.
    /// - Throws: ``AddressError``; the offset counts UTF-8 bytes of `text`.
    ///
    /// Source: RFC 7622 §3.2, §3.3, §3.4.
    public init(_ text: String) throws(AddressError) {
        try self.init(span: text.utf8.span)
    }

    /// Reads and enforces an address from UTF-8 bytes.
    ///
    /// - Throws: ``AddressError``, with `.malformedUTF8` for bytes that are not UTF-8.
    public init(bytes: ArraySlice<UInt8>) throws(AddressError) {
        try self.init(span: bytes.span)
    }

    /// Enforces the parts and joins them; separators inside a part are faults of that part.
    ///
    /// - Throws: ``AddressError`` with the offset in the faulty part.
    public init(local: String?, domain: String, resource: String?) throws(AddressError) {
        var enforcedLocal: String?
        if let local { enforcedLocal = try JID.enforcedLocal(local) }
        let enforcedDomain = try DomainName.normalized(domain)
        var enforcedResource: String?
        if let resource { enforcedResource = try JID.enforcedResource(resource) }
        self.init(enforced: BareJID(enforcedLocal: enforcedLocal, domain: enforcedDomain), resource: enforcedResource)
    }

    private init(span: Span<UInt8>) throws(AddressError) {
        let count = span.count
        guard count <= JID.textLimit else {
            throw AddressError(.tooLong, "The address is longer than \(JID.textLimit) bytes.", at: JID.textLimit)
        }
        // One pass finds both separators: the first slash ends the search, the first at sign before it counts.
        var at = -1
        var end = 0
        while end < count, span[end] != UInt8(ascii: "/") {
            if span[end] == UInt8(ascii: "@"), at < 0 { at = end }
            end += 1
        }
        var local: String?
        if at >= 0 { local = try JID.local(in: span, 0..<at) }
        let domain = try JID.domain(in: span, (at + 1)..<end)
        var resource: String?
        if end < count { resource = try JID.resource(in: span, (end + 1)..<count) }
        self.init(enforced: BareJID(enforcedLocal: local, domain: domain), resource: resource)
    }

    /// The bare address, or an error when there is a resource.
    func requiringBare() throws(AddressError) -> BareJID {
        guard resource == nil else {
            throw AddressError(.disallowed, "The address has a resource where a bare address is wanted.")
        }
        return bare
    }

    /// The address as it is written in XML attributes, before XML escaping.
    public var description: String {
        UTF8Text.address(bare.local, bare.domain, resource)
    }
}

// MARK: - Parts

extension JID {
    /// Enforces a localpart: UsernameCaseMapped without the eight characters of RFC 7622 §3.3.1.
    static func enforcedLocal(_ text: String) throws(AddressError) -> String {
        let span = text.utf8.span
        return try local(in: span, 0..<span.count)
    }

    /// Enforces a resourcepart: OpaqueString.
    static func enforcedResource(_ text: String) throws(AddressError) -> String {
        let span = text.utf8.span
        return try resource(in: span, 0..<span.count)
    }

    private static func local(in span: Span<UInt8>, _ range: Range<Int>) throws(AddressError) -> String {
        guard !range.isEmpty else {
            throw AddressError(.empty, "The localpart before the at sign is empty.", at: range.lowerBound)
        }
        let isPlain = range.count <= partLimit && range.allSatisfy { LocalBytes.isPlain(span[$0]) }
        let text = try UTF8Text.copy(span, range)
        return isPlain ? text : try enforcedUncommonLocal(text, at: range.lowerBound)
    }

    private static func enforcedUncommonLocal(_ text: String, at start: Int) throws(AddressError) -> String {
        let enforced: String
        do {
            enforced = try PRECIS.usernameCaseMapped(text)
        } catch {
            throw error.shifted(by: start)
        }
        if let offset = LocalBytes.excludedOffset(in: text) {
            throw AddressError(.disallowed, "The localpart holds a character that must be escaped.", at: start + offset)
        }
        guard enforced.utf8.count <= partLimit else {
            throw AddressError(.tooLong, "The localpart is longer than \(partLimit) bytes.", at: start + partLimit)
        }
        return enforced
    }

    private static func domain(in span: Span<UInt8>, _ range: Range<Int>) throws(AddressError) -> String {
        let text = try UTF8Text.copy(span, range)
        if DomainName.isPlain(span.extracting(range)) { return text }
        do {
            return try DomainName.normalized(text)
        } catch {
            throw error.shifted(by: range.lowerBound)
        }
    }

    private static func resource(in span: Span<UInt8>, _ range: Range<Int>) throws(AddressError) -> String {
        guard !range.isEmpty else {
            throw AddressError(.empty, "The resource after the slash is empty.", at: range.lowerBound)
        }
        // 0x20...0x7E: OpaqueString leaves printable ASCII as it is.
        let isPlain = range.count <= partLimit && range.allSatisfy { span[$0] &- 0x20 < 0x5F }
        let text = try UTF8Text.copy(span, range)
        if isPlain { return text }
        let enforced: String
        do {
            enforced = try PRECIS.opaqueString(text)
        } catch {
            throw error.shifted(by: range.lowerBound)
        }
        guard enforced.utf8.count <= partLimit else {
            throw AddressError(
                .tooLong,
                "The resource is longer than \(partLimit) bytes.",
                at: range.lowerBound + partLimit
            )
        }
        return enforced
    }
}

/// The byte classes of the localpart, as masks over ASCII.
private enum LocalBytes {
    /// `" & ' / : < > @` (RFC 7622 §3.3.1), as bits of 0 to 63; `@` is bit 0 of the second half.
    private static let excludedLow: UInt64 =
        1 << 0x22 | 1 << 0x26 | 1 << 0x27 | 1 << 0x2F | 1 << 0x3A | 1 << 0x3C | 1 << 0x3E

    @inline(__always)
    static func isExcluded(_ byte: UInt8) -> Bool {
        byte < 64 ? excludedLow >> UInt64(byte) & 1 == 1 : byte == 0x40
    }

    /// Where the first excluded character stands, its fullwidth form included, in bytes.
    static func excludedOffset(in text: String) -> Int? {
        var offset = 0
        for scalar in text.unicodeScalars {
            let isFullwidth = 0xFF01...0xFF5E ~= scalar.value
            let point = isFullwidth ? scalar.value - 0xFEE0 : scalar.value
            if point < 0x80, isExcluded(UInt8(point)) { return offset }
            offset += UTF8.width(scalar)
        }
        return nil
    }

    /// Whether the byte is a printable ASCII character that enforcement keeps.
    @inline(__always)
    static func isPlain(_ byte: UInt8) -> Bool {
        byte &- 0x21 < 0x5E && !ASCII.isUppercase(byte) && !isExcluded(byte)
    }
}
