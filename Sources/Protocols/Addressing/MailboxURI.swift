/// What im: and pres: URIs share: an escaped local part and a domain.
///
/// Source: RFC 3860 §A.2, RFC 3859 §A.2.
struct MailboxURI: Sendable {
    /// The largest URI that is read, in bytes.
    static let textLimit = 8192

    /// Escaped ASCII, at least one byte.
    let local: String

    /// Lower-case ASCII name, or an IP literal.
    let domain: String

    /// Bytes that may stand unescaped in a local part.
    ///
    /// `#` and `?` are delimiters of URIs but stand before the `@` in URIs made after RFC 3922 §3.2 and
    /// RFC 7247 §6.5, as do some bytes that no URI allows; where the `@` follows, their meaning is clear.
    private static let localBytes = ByteSet.sipUnreserved.union(ByteSet("&=+$,;?/:#^`{|}"))

    /// ``localBytes`` and the bytes of UTF-8 beyond ASCII.
    private static let internationalBytes = localBytes.union(ByteSet(0x80...0xFF))

    /// What stays when those are escaped; the escapes themselves were checked before.
    private static let keptBytes = localBytes.union(ByteSet("%"))

    init(local: String, domain: String, lenient: Bool) throws(AddressError) {
        guard !local.isEmpty else { throw AddressError(.empty, "The local part is empty.") }
        let span = local.utf8.span
        self.local = try EscapedText.copy(span, 0..<span.count, allowed: MailboxURI.localBytes, lenient: lenient)
        self.domain = try MailboxURI.enforcedDomain(domain)
    }

    /// Reads a URI whose scheme was found to be the wanted one.
    ///
    /// The local part may hold UTF-8 (RFC 3987 §3.1), which is escaped. Headers and a fragment after the domain are
    /// left out.
    init(span: Span<UInt8>, after schemeLength: Int, lenient: Bool) throws(AddressError) {
        let start = schemeLength + 1
        var at = start
        while at < span.count, span[at] != UInt8(ascii: "@") { at += 1 }
        guard at < span.count else {
            throw AddressError(.missingAt, "The URI has no at sign.", at: span.count)
        }
        guard at > start, span[start] != UInt8(ascii: "?") else {
            throw AddressError(.empty, "The local part is empty.", at: start)
        }
        var end = at + 1
        while end < span.count, span[end] != UInt8(ascii: "?"), span[end] != UInt8(ascii: "#") { end += 1 }
        let domainText = try UTF8Text.copy(span, (at + 1)..<end)
        do {
            domain = try MailboxURI.enforcedDomain(domainText)
        } catch {
            throw error.shifted(by: at + 1)
        }
        local = try MailboxURI.local(in: span, start..<at, lenient: lenient)
    }

    private static func local(
        in span: Span<UInt8>,
        _ range: Range<Int>,
        lenient: Bool
    ) throws(AddressError) -> String {
        let text = try EscapedText.copy(span, range, allowed: internationalBytes, lenient: lenient)
        return PercentEncoding.encode(text, keeping: keptBytes)
    }

    private static func enforcedDomain(_ text: String) throws(AddressError) -> String {
        try DomainName.toASCII(PercentEncoding.decodeUTF8(text))
    }

    func decodedLocal() throws(AddressError) -> String {
        try PercentEncoding.decodeUTF8(local)
    }
}

extension MailboxURI: Hashable {
    static func == (left: MailboxURI, right: MailboxURI) -> Bool {
        left.domain == right.domain
            && (left.local == right.local
                || PercentEncoding.canonical(left.local) == PercentEncoding.canonical(right.local))
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(PercentEncoding.canonical(local))
        hasher.combine(domain)
    }
}
