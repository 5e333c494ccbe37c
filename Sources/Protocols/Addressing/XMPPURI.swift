/// xmpp: URIs and IRIs as a spelling of JIDs.
///
/// Source: RFC 5122 §2.
public enum XMPPURI {
    /// Reads the address that a URI or IRI names; an authority, a query and a fragment are left out.
    ///
    /// - Parameter text: a whole URI with scheme, at most ``AddressURI/textLimit`` bytes.
    /// - Returns: the enforced address.
    /// - Throws: ``AddressError`` with `.wrongScheme`, `.missingScheme`, `.tooLong`, `.empty`, `.malformedPercent`,
    ///   `.malformedUTF8` or a code of ``JID``.
    public static func jid(_ text: String) throws(AddressError) -> JID {
        let span = text.utf8.span
        guard span.count <= AddressURI.textLimit else {
            throw AddressError(
                .tooLong,
                "The URI is longer than \(AddressURI.textLimit) bytes.",
                at: AddressURI.textLimit
            )
        }
        let scheme = try URIScheme(span)
        guard scheme.kind == .xmpp else { throw AddressError(.wrongScheme, "The scheme is not xmpp.") }
        return try jid(span, after: scheme.length)
    }

    static func jid(_ span: Span<UInt8>, after schemeLength: Int) throws(AddressError) -> JID {
        var start = schemeLength + 1
        let slash = UInt8(ascii: "/")
        var end = start
        while end < span.count, span[end] != UInt8(ascii: "?"), span[end] != UInt8(ascii: "#") { end += 1 }
        if end - start >= 2, span[start] == slash, span[start + 1] == slash {
            start += 2
            while start < end, span[start] != slash { start += 1 }
            start = min(start + 1, end)
        }
        guard start < end else { throw AddressError(.empty, "The URI names no address.", at: start) }
        // Separators are matched before escapes are undone, so that an escaped one belongs to its part.
        var hostEnd = start
        var at: Int?
        while hostEnd < end, span[hostEnd] != slash {
            if span[hostEnd] == UInt8(ascii: "@"), at == nil { at = hostEnd }
            hostEnd += 1
        }
        var local: String?
        if let at { local = try part(span, start..<at, JID.enforcedLocal) }
        let domain = try part(span, (at.map { $0 + 1 } ?? start)..<hostEnd, DomainName.normalized)
        var resource: String?
        if hostEnd < end { resource = try part(span, (hostEnd + 1)..<end, JID.enforcedResource) }
        return JID(enforced: BareJID(enforcedLocal: local, domain: domain), resource: resource)
    }

    /// Decodes and enforces a part; faults of the decoded text are reported at the start of the part.
    private static func part(
        _ span: Span<UInt8>,
        _ range: Range<Int>,
        _ enforce: (String) throws(AddressError) -> String
    ) throws(AddressError) -> String {
        let escaped = try UTF8Text.copy(span, range)
        do {
            return try enforce(PercentEncoding.decodeUTF8(escaped))
        } catch {
            let isInSource = error.code == .malformedPercent
            throw AddressError(error.code, error.reason, at: range.lowerBound + (isInSource ? error.offset : 0))
        }
    }

    /// The URI of an address: ASCII, domain in A-labels, other parts percent-encoded.
    public static func text(_ jid: JID) -> String {
        var text = "xmpp:"
        if let local = jid.local { text += PercentEncoding.encode(local, keeping: .xmppNode) + "@" }
        text += (try? DomainName.toASCII(jid.domain)) ?? jid.domain
        if let resource = jid.resource { text += "/" + PercentEncoding.encode(resource, keeping: .xmppResource) }
        return text
    }
}
