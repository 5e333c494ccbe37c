/// Why bytes are not the SIP message, or the header field, that they were read as.
///
/// Equality compares ``code`` and ``offset`` only; ``reason`` is for people.
public struct SIPError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The closed list of causes.
    public enum Code: String, Sendable, CaseIterable {
        /// There is no start line.
        case empty
        /// The first line is neither a request line nor a status line.
        case malformedStartLine = "malformed-start-line"
        /// The version is another one than 2.0.
        case unsupportedVersion = "unsupported-version"
        /// The start line is longer than its limit.
        case startLineTooLong = "start-line-too-long"
        /// A header field is longer than its limit.
        case headerTooLong = "header-too-long"
        /// The header fields together are longer than their limit.
        case headersTooLong = "headers-too-long"
        /// There are more header fields, or more Via values, than their limit.
        case tooManyHeaders = "too-many-headers"
        /// A carriage return or line feed stands alone.
        case bareLineEnd = "bare-line-end"
        /// The header fields do not end with an empty line.
        case unterminatedHeaders = "unterminated-headers"
        /// A header field that must be there is missing.
        case missingHeader = "missing-header"
        /// A header field that may be there once is there twice.
        case duplicateHeader = "duplicate-header"
        /// A header field is not what its grammar says.
        case malformedHeader = "malformed-header"
        /// The Request-URI is not a URI.
        case malformedURI = "malformed-uri"
        /// The Content-Length is not a number, or there are two that differ.
        case malformedContentLength = "malformed-content-length"
        /// On a stream there is no Content-Length.
        case missingContentLength = "missing-content-length"
        /// The body is larger than its limit.
        case bodyTooLarge = "body-too-large"
        /// The datagram ends before the body does.
        case truncatedBody = "truncated-body"
        /// The method of the CSeq header field is not the one of the request line.
        case methodMismatch = "method-mismatch"
    }

    /// The cause.
    public let code: Code
    /// One sentence.
    public let reason: String
    /// Where the fault was found: bytes from the start of the message, from 0.
    public let offset: Int
    /// The header field at fault, where there is one.
    public let header: SIPHeaderName?
    /// The status to answer with; nil when nothing must be answered, as to a response or an ACK.
    public internal(set) var status: Int?
    /// The header fields that could be read, so that an answer can carry Via, From, To, Call-ID and CSeq.
    public internal(set) var headers: SIPHeaders?

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: the cause.
    ///   - reason: one sentence.
    ///   - offset: bytes from the start of the message.
    ///   - header: the header field at fault.
    ///   - status: the status to answer with.
    ///   - headers: what could be read.
    public init(
        _ code: Code,
        _ reason: String,
        at offset: Int = 0,
        header: SIPHeaderName? = nil,
        status: Int? = 400,
        headers: SIPHeaders? = nil
    ) {
        self.code = code
        self.reason = reason
        self.offset = offset
        self.header = header
        self.status = status
        self.headers = headers
    }

    /// Whether both name the same cause at the same place.
    public static func == (left: SIPError, right: SIPError) -> Bool {
        left.code == right.code && left.offset == right.offset
    }

    /// Code, place and sentence on one line.
    public var description: String { "\(code.rawValue) at \(offset): \(reason)" }

    /// The same error of a message, with what could be read of it.
    func of(_ headers: SIPHeaders, answerable: Bool) -> SIPError {
        var error = self
        error.headers = headers
        if !answerable { error.status = nil }
        return error
    }
}
