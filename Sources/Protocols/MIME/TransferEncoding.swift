/// A Content-Transfer-Encoding.
///
/// Source: RFC 2045 §6.
public enum TransferEncoding: String, Sendable, CaseIterable {
    /// US-ASCII lines of at most 998 octets; nothing is transformed.
    case sevenBit = "7bit"
    /// Lines of at most 998 octets; nothing is transformed.
    case eightBit = "8bit"
    /// Any octets; nothing is transformed.
    case binary
    /// Base64 text.
    case base64
    /// Quoted-printable text.
    case quotedPrintable = "quoted-printable"

    /// Reads the value of a Content-Transfer-Encoding header field; comments and case are ignored.
    ///
    /// - Parameter bytes: the value without the header name.
    /// - Throws: ``MIMEError`` with `.unknownEncoding` or `.unterminatedComment`.
    public init(bytes: ArraySlice<UInt8>) throws(MIMEError) {
        var cursor = ValueCursor(bytes)
        try cursor.skipBlanks()
        let start = cursor.offset
        let name = cursor.token().loweredText
        try cursor.skipBlanks()
        guard cursor.isAtEnd, let known = TransferEncoding(rawValue: name) else {
            throw MIMEError(.unknownEncoding, "The transfer encoding '\(name.prefix(64))' is not known.", at: start)
        }
        self = known
    }

    /// Undoes the encoding.
    ///
    /// `7bit`, `8bit` and `binary` are identity: what the content really holds is for the charset to judge.
    ///
    /// - Parameters:
    ///   - content: the content as it stands in the carrier.
    ///   - limit: the largest number of decoded octets; encoded text may be four times as long.
    /// - Returns: the plain octets.
    /// - Throws: ``MIMEError`` with `.contentTooLong`, `.invalidBase64` or `.invalidQuotedPrintable`.
    public func decode(_ content: ArraySlice<UInt8>, limit: Int = 1 << 20) throws(MIMEError) -> ArraySlice<UInt8> {
        // Quoted-printable may triple the octets and adds soft line breaks; base64 widens less.
        let isWidened = self == .base64 || self == .quotedPrintable
        let encodedLimit = isWidened && limit < Int.max / 4 ? limit * 4 : limit
        guard content.count <= encodedLimit else {
            throw MIMEError(.contentTooLong, "The content is longer than \(encodedLimit) octets.", at: encodedLimit)
        }
        let decoded: ArraySlice<UInt8>
        switch self {
        case .sevenBit, .eightBit, .binary: decoded = content
        case .base64: decoded = try Base64.decode(content)[...]
        case .quotedPrintable: decoded = try QuotedPrintable.decode(content)[...]
        }
        guard decoded.count <= limit else {
            throw MIMEError(.contentTooLong, "The decoded content is longer than \(limit) octets.", at: content.count)
        }
        return decoded
    }

    /// Applies the encoding.
    ///
    /// - Parameter content: any octets.
    /// - Returns: the text for the carrier; base64 and quoted-printable in lines of at most 76 octets ended by CRLF.
    /// - Throws: ``MIMEError`` with `.octetOutsideEncoding` when `7bit` or `8bit` cannot carry the octets (RFC 2045 §2.7, §2.8).
    public func encode(_ content: ArraySlice<UInt8>) throws(MIMEError) -> [UInt8] {
        switch self {
        case .base64: return Base64.encode(content)
        case .quotedPrintable: return QuotedPrintable.encode(content)
        case .binary: return Array(content)
        case .sevenBit, .eightBit:
            if let fault = firstOctetOutside(content) {
                throw MIMEError(.octetOutsideEncoding, "'\(rawValue)' cannot carry the content.", at: fault)
            }
            return Array(content)
        }
    }

    /// The offset of the first octet that `7bit` or `8bit` excludes: NUL, a lone CR or LF, a line of more than 998 octets, and for
    /// `7bit` an octet above 127.
    private func firstOctetOutside(_ content: ArraySlice<UInt8>) -> Int? {
        var line = 0
        var previous: UInt8 = 0
        for (offset, octet) in content.enumerated() {
            if octet == 0 || (octet > 0x7F && self == .sevenBit) { return offset }
            if previous == 0x0D, octet != 0x0A { return offset - 1 }
            if octet == 0x0A {
                if previous != 0x0D { return offset }
                line = 0
            } else if octet != 0x0D {
                line += 1
                if line > 998 { return offset }
            }
            previous = octet
        }
        return previous == 0x0D ? content.count - 1 : nil
    }
}
