/// One MIME entity: header fields and content, undecoded.
///
/// Source: RFC 2045 §2.4.
public struct MIMEPart: Sendable, Equatable {
    /// The header fields in order.
    public var headers: HeaderList
    /// The content as it stands in the carrier, before any transfer encoding is undone.
    public var content: ArraySlice<UInt8>
    /// How many multiparts this part lies in; 0 for the outermost entity.
    public private(set) var level = 0

    /// Makes a part.
    ///
    /// - Parameters:
    ///   - headers: the fields in order.
    ///   - content: the content, encoded as the headers say.
    public init(headers: HeaderList, content: ArraySlice<UInt8>) {
        self.headers = headers
        self.content = content
    }

    /// Makes a part with a Content-Type and nothing else.
    ///
    /// - Parameters:
    ///   - type: written in its canonical form.
    ///   - content: octets that need no transfer encoding.
    public init(type: MediaType, content: ArraySlice<UInt8>) {
        headers = HeaderList()
        headers.append("Content-Type", type.description)
        self.content = content
    }

    init(headers: HeaderList, content: ArraySlice<UInt8>, level: Int) {
        self.init(headers: headers, content: content)
        self.level = level
    }

    /// The media type; nothing when there is no Content-Type field.
    ///
    /// - Parameter limits: the limits of the value.
    /// - Returns: the type with its parameters.
    /// - Throws: ``MIMEError`` as ``MediaType/init(bytes:limits:)``, with offsets in the unfolded value.
    public func mediaType(limits: MIMELimits = MIMELimits()) throws(MIMEError) -> MediaType? {
        guard let field = headers.first("Content-Type") else { return nil }
        return try MediaType(bytes: field.value, limits: limits)
    }

    /// The Content-Disposition; nothing when there is none.
    ///
    /// - Throws: ``MIMEError`` as ``ContentDisposition/init(bytes:limits:)``.
    public func disposition() throws(MIMEError) -> ContentDisposition? {
        guard let field = headers.first("Content-Disposition") else { return nil }
        return try ContentDisposition(bytes: field.value)
    }

    /// The transfer encoding; `7bit` when there is no Content-Transfer-Encoding field (RFC 2045 §6.1).
    ///
    /// - Throws: ``MIMEError`` with `.unknownEncoding`.
    public func transferEncoding() throws(MIMEError) -> TransferEncoding {
        guard let field = headers.first("Content-Transfer-Encoding") else { return .sevenBit }
        return try TransferEncoding(bytes: field.value)
    }

    /// The Content-ID without its angle brackets (RFC 2045 §7); nothing when there is none or it is empty.
    public var contentID: String? {
        guard var value = headers.first("Content-ID")?.value else { return nil }
        if value.first == UInt8(ascii: "<"), value.last == UInt8(ascii: ">"), value.count > 1 {
            value = value.dropFirst().dropLast()
        }
        return value.isEmpty ? nil : String(validating: value, as: UTF8.self)
    }

    /// The number in the Content-Length field.
    ///
    /// It is informative: the content ends where its carrier ends.
    public var declaredLength: Int? {
        guard let value = headers.first("Content-Length")?.value, !value.isEmpty, value.count <= 18 else { return nil }
        var number = 0
        for octet in value {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet) else { return nil }
            number = number * 10 + Int(octet - UInt8(ascii: "0"))
        }
        return number
    }

    /// The content with its transfer encoding undone.
    ///
    /// - Parameter limits: `contentBytes` holds for the decoded form.
    /// - Returns: the plain octets.
    /// - Throws: ``MIMEError`` with `.unknownEncoding`, `.invalidBase64`, `.invalidQuotedPrintable` or `.contentTooLong`;
    ///   offsets count in the content.
    public func decodedContent(limits: MIMELimits = MIMELimits()) throws(MIMEError) -> ArraySlice<UInt8> {
        try transferEncoding().decode(content, limit: limits.contentBytes)
    }

    /// The content as text: transfer encoding undone, charset checked.
    ///
    /// - Parameter limits: the limits of the value and the content.
    /// - Returns: the text and what had to be tolerated.
    /// - Throws: ``MIMEError`` as ``decodedContent(limits:)``, and `.unsupportedCharset` or `.invalidUTF8`.
    public func decodedText(limits: MIMELimits = MIMELimits()) throws(MIMEError) -> DecodedText {
        let charset = try mediaType(limits: limits)?.charset
        return try Charset.decode(decodedContent(limits: limits), declared: charset)
    }
}
