/// A URI of any scheme, as it may stand in SIP and CPIM headers, documents and error conditions.
///
/// What it holds lies behind one reference, since the addresses of an item go through many hands.
public indirect enum AddressURI: Hashable, Sendable, CustomStringConvertible {
    /// The largest URI that is read, in bytes.
    public static let textLimit = 8192

    /// A sip: or sips: URI.
    case sip(SIPURI)
    /// An im: URI.
    case im(InstantURI)
    /// A pres: URI.
    case pres(PresenceURI)
    /// A tel: URI.
    case tel(TelURI)
    /// The address that an xmpp: URI or IRI names.
    case xmpp(JID)
    /// A URI of another scheme: the scheme in lower case and the whole URI as it was given.
    case other(scheme: String, text: String)

    /// Reads a whole URI.
    ///
    /// - Parameters:
    ///   - text: at most ``textLimit`` bytes.
    ///   - lenient: in sip:, im: and pres: URIs, takes a `%` that starts no escape as a percent sign.
    /// - Throws: ``AddressError`` of the scheme's own type, or `.missingScheme`, `.tooLong`, `.disallowed`.
    public init(_ text: String, lenient: Bool = false) throws(AddressError) {
        try self.init(span: text.utf8.span, lenient: lenient)
    }

    /// Reads a whole URI from bytes, as from text.
    public init(bytes: ArraySlice<UInt8>, lenient: Bool = false) throws(AddressError) {
        try self.init(span: bytes.span, lenient: lenient)
    }

    init(span: Span<UInt8>, lenient: Bool) throws(AddressError) {
        guard span.count <= AddressURI.textLimit else {
            throw AddressError(
                .tooLong,
                "The URI is longer than \(AddressURI.textLimit) bytes.",
                at: AddressURI.textLimit
            )
        }
        let scheme = try URIScheme(span)
        switch scheme.kind {
        case .sip, .sips: self = .sip(try SIPURI(span: span, lenient: lenient))
        case .im: self = .im(try InstantURI(span: span, lenient: lenient))
        case .pres: self = .pres(try PresenceURI(span: span, lenient: lenient))
        case .tel: self = .tel(try TelURI(span: span))
        case .xmpp: self = .xmpp(try XMPPURI.jid(span, after: scheme.length))
        case .other:
            let name = ASCII.lowercased(try UTF8Text.copy(span, 0..<scheme.length))
            self = .other(scheme: name, text: try AddressURI.opaque(span, after: scheme.length))
        }
    }

    private static let opaqueBytes = ByteSet.unreserved.union(ByteSet("!$&'()*+,;=:/?#[]@"))

    private static func opaque(_ span: Span<UInt8>, after schemeLength: Int) throws(AddressError) -> String {
        guard schemeLength + 1 < span.count else {
            throw AddressError(.empty, "Nothing follows the scheme.", at: span.count)
        }
        return try EscapedText.copy(span, 0..<span.count, allowed: opaqueBytes, lenient: false)
    }

    /// The scheme in lower case, without colon.
    public var scheme: String {
        switch self {
        case .sip(let uri): uri.isSecure ? "sips" : "sip"
        case .im: "im"
        case .pres: "pres"
        case .tel: "tel"
        case .xmpp: "xmpp"
        case .other(let scheme, _): scheme
        }
    }

    /// The URI as it is written, ASCII only.
    public var description: String {
        switch self {
        case .sip(let uri): uri.description
        case .im(let uri): uri.description
        case .pres(let uri): uri.description
        case .tel(let uri): uri.description
        case .xmpp(let jid): XMPPURI.text(jid)
        case .other(_, let text): text
        }
    }
}
