/// A pres: URI: whose presence is meant.
///
/// Headers after `?` are left out when it is read. The local part keeps its escaped spelling; two URIs are equal when
/// their domains are and their local parts differ only in how unreserved characters are escaped.
///
/// Source: RFC 3859 §A.2, RFC 3986 §6.2.2.
public struct PresenceURI: Hashable, Sendable, CustomStringConvertible {
    private let mailbox: MailboxURI

    /// The escaped local part, ASCII, at least one byte.
    public var local: String { mailbox.local }

    /// The domain in lower-case A-labels without trailing dot, or an IP literal.
    public var domain: String { mailbox.domain }

    /// Makes a URI from an escaped local part and a domain in any form.
    ///
    /// - Parameters:
    ///   - local: escaped text, as from ``PercentEncoding`` with ``ByteSet/imSafe``.
    ///   - domain: A-labels or U-labels.
    ///   - lenient: takes a `%` that starts no escape as a percent sign (`%25`) instead of refusing it.
    /// - Throws: ``AddressError``; the offset counts in the faulty part.
    public init(local: String, domain: String, lenient: Bool = false) throws(AddressError) {
        mailbox = try MailboxURI(local: local, domain: domain, lenient: lenient)
    }

    /// Reads a whole URI.
    ///
    /// - Parameters:
    ///   - text: at most 8192 bytes.
    ///   - lenient: takes a `%` that starts no escape as a percent sign (`%25`) instead of refusing it.
    /// - Throws: ``AddressError`` with `.wrongScheme`, `.missingScheme`, `.missingAt`, `.empty`, `.tooLong`,
    ///   `.disallowed`, `.malformedPercent`, `.malformedUTF8`, `.malformedDomain` or `.malformedLiteral`.
    public init(_ text: String, lenient: Bool = false) throws(AddressError) {
        try self.init(span: text.utf8.span, lenient: lenient)
    }

    /// Reads a whole URI from bytes, as from text.
    public init(bytes: ArraySlice<UInt8>, lenient: Bool = false) throws(AddressError) {
        try self.init(span: bytes.span, lenient: lenient)
    }

    init(span: Span<UInt8>, lenient: Bool) throws(AddressError) {
        guard span.count <= MailboxURI.textLimit else {
            throw AddressError(
                .tooLong,
                "The URI is longer than \(MailboxURI.textLimit) bytes.",
                at: MailboxURI.textLimit
            )
        }
        let scheme = try URIScheme(span)
        guard scheme.kind == .pres else { throw AddressError(.wrongScheme, "The scheme is not pres.") }
        mailbox = try MailboxURI(span: span, after: scheme.length, lenient: lenient)
    }

    /// The local part with escapes undone once, read as UTF-8.
    ///
    /// - Throws: ``AddressError`` with `.malformedUTF8`.
    public func decodedLocal() throws(AddressError) -> String {
        try mailbox.decodedLocal()
    }

    /// The URI with scheme, without headers.
    public var description: String { UTF8Text.address(scheme: "pres:", local, domain) }
}
