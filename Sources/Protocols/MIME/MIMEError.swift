/// Why bytes are not the MIME construct that was asked for.
///
/// Two errors are equal when `code` and `offset` are equal; `reason` is for people.
public struct MIMEError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The closed list of faults.
    public enum Code: String, Sendable, CaseIterable {
        /// A media type is not `type/subtype`.
        case invalidMediaType = "invalid-media-type"
        /// A disposition is not a token with parameters.
        case invalidDisposition = "invalid-disposition"
        /// A parameter is not `name=value`.
        case invalidParameter = "invalid-parameter"
        /// A quoted string has no closing quote.
        case unterminatedString = "unterminated-string"
        /// A comment has no closing parenthesis.
        case unterminatedComment = "unterminated-comment"
        /// A value holds an octet that is not allowed there.
        case invalidOctet = "invalid-octet"
        /// A header line is not `name: value`.
        case invalidHeader = "invalid-header"
        /// No empty line ends the header block.
        case missingEmptyLine = "missing-empty-line"
        /// There are more header fields than the limit.
        case tooManyHeaders = "too-many-headers"
        /// The header block is longer than the limit.
        case headersTooLong = "headers-too-long"
        /// The content is longer than the limit.
        case contentTooLong = "content-too-long"
        /// A value is longer than the limit.
        case valueTooLong = "value-too-long"
        /// There are more parameters than the limit.
        case tooManyParameters = "too-many-parameters"
        /// Base64 text holds a foreign octet or a wrong length or padding.
        case invalidBase64 = "invalid-base64"
        /// Quoted-printable text holds a wrong escape or a bare control octet.
        case invalidQuotedPrintable = "invalid-quoted-printable"
        /// The Content-Transfer-Encoding is not one of RFC 2045 §6.1.
        case unknownEncoding = "unknown-encoding"
        /// Content declared `7bit` or `8bit` holds octets that the encoding excludes.
        case octetOutsideEncoding = "octet-outside-encoding"
        /// The charset is neither us-ascii nor utf-8.
        case unsupportedCharset = "unsupported-charset"
        /// Text is not valid UTF-8.
        case invalidUTF8 = "invalid-utf-8"
        /// A multipart type has no boundary parameter.
        case missingBoundary = "missing-boundary"
        /// A boundary is empty, too long or holds a forbidden octet.
        case invalidBoundary = "invalid-boundary"
        /// A packed body is not in the format that its coding names.
        case invalidCompression = "invalid-compression"
        /// A multipart has no delimiter line at all.
        case missingDelimiter = "missing-delimiter"
        /// A multipart has no closing delimiter line.
        case missingClosingDelimiter = "missing-closing-delimiter"
        /// There are more parts than the limit.
        case tooManyParts = "too-many-parts"
        /// Multiparts are nested deeper than the limit.
        case nestedTooDeep = "nested-too-deep"
        /// The chosen boundary occurs in the content that is to be written.
        case boundaryInContent = "boundary-in-content"
    }

    /// What is wrong.
    public let code: Code
    /// What is wrong, as a sentence.
    public let reason: String
    /// Where: the byte, from 0, in the bytes that were given to the reader.
    public let offset: Int

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: what is wrong.
    ///   - reason: a sentence for people.
    ///   - offset: the byte from 0.
    public init(_ code: Code, _ reason: String, at offset: Int) {
        self.code = code
        self.reason = reason
        self.offset = offset
    }

    /// Compares code and offset only.
    public static func == (one: MIMEError, other: MIMEError) -> Bool {
        one.code == other.code && one.offset == other.offset
    }

    /// The reason with code and offset, for logs.
    public var description: String { "\(code.rawValue) at \(offset): \(reason)" }

    /// The same fault, counted from a place `distance` octets earlier.
    func shifted(by distance: Int) -> MIMEError { MIMEError(code, reason, at: offset + distance) }
}
