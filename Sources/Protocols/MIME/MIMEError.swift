/// Why bytes are not the MIME construct that was asked for.
///
/// Two errors are equal when `code` and `offset` are equal; `reason` is for people.
public struct MIMEError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The closed list of faults.
    public enum Code: String, Sendable, CaseIterable {
        /// A media type is not `type/subtype`.
        case invalidMediaType
        /// A disposition is not a token with parameters.
        case invalidDisposition
        /// A parameter is not `name=value`.
        case invalidParameter
        /// A quoted string has no closing quote.
        case unterminatedString
        /// A comment has no closing parenthesis.
        case unterminatedComment
        /// A value holds an octet that is not allowed there.
        case invalidOctet
        /// A header line is not `name: value`.
        case invalidHeader
        /// No empty line ends the header block.
        case missingEmptyLine
        /// There are more header fields than the limit.
        case tooManyHeaders
        /// The header block is longer than the limit.
        case headersTooLong
        /// The content is longer than the limit.
        case contentTooLong
        /// A value is longer than the limit.
        case valueTooLong
        /// There are more parameters than the limit.
        case tooManyParameters
        /// Base64 text holds a foreign octet or a wrong length or padding.
        case invalidBase64
        /// Quoted-printable text holds a wrong escape or a bare control octet.
        case invalidQuotedPrintable
        /// The Content-Transfer-Encoding is not one of RFC 2045 §6.1.
        case unknownEncoding
        /// Content declared `7bit` or `8bit` holds octets that the encoding excludes.
        case octetOutsideEncoding
        /// The charset is neither us-ascii nor utf-8.
        case unsupportedCharset
        /// Text is not valid UTF-8.
        case invalidUTF8
        /// A multipart type has no boundary parameter.
        case missingBoundary
        /// A boundary is empty, too long or holds a forbidden octet.
        case invalidBoundary
        /// A packed body is not in the format that its coding names.
        case invalidCompression
        /// A multipart has no delimiter line at all.
        case missingDelimiter
        /// A multipart has no closing delimiter line.
        case missingClosingDelimiter
        /// There are more parts than the limit.
        case tooManyParts
        /// Multiparts are nested deeper than the limit.
        case nestedTooDeep
        /// The chosen boundary occurs in the content that is to be written.
        case boundaryInContent
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
