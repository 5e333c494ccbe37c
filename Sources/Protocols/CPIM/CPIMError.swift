/// Why bytes are not a Message/CPIM object, or why one cannot be made.
///
/// Two errors are equal when `code` and `offset` are equal; `reason` is for people.
public struct CPIMError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The closed list of faults.
    public enum Code: Sendable, Hashable, CustomStringConvertible {
        /// The object is longer than the limit.
        case objectTooLong
        /// The message headers or the content headers are longer than the limit.
        case headersTooLong
        /// There are more message headers or content headers than the limit.
        case tooManyHeaders
        /// The bytes end before the empty line after the message headers or after the content headers.
        case missingEmptyLine
        /// The message headers are not valid UTF-8.
        case invalidUTF8
        /// The content headers are not MIME header fields.
        case invalidContentHeaders
        /// The content headers have no Content-Type.
        case missingContentType
        /// The Content-Type cannot be read.
        case invalidContentType
        /// The transfer encoding of a nested object is unknown or its content does not follow it.
        case invalidContent
        /// Objects are nested deeper than the limit.
        case nestedTooDeep
        /// A header to be written has a name that the grammar excludes or that this module writes itself.
        case invalidHeaderName
        /// A header to be written has a namespace that is no absolute URI.
        case invalidNamespace
        /// A fault that is tolerated unless the reader is strict.
        case strict(CPIMWarning.Kind)

        /// The code as one word, for logs.
        public var description: String {
            switch self {
            case .objectTooLong: "object-too-long"
            case .headersTooLong: "headers-too-long"
            case .tooManyHeaders: "too-many-headers"
            case .missingEmptyLine: "missing-empty-line"
            case .invalidUTF8: "invalid-utf-8"
            case .invalidContentHeaders: "invalid-content-headers"
            case .missingContentType: "missing-content-type"
            case .invalidContentType: "invalid-content-type"
            case .invalidContent: "invalid-content"
            case .nestedTooDeep: "nested-too-deep"
            case .invalidHeaderName: "invalid-header-name"
            case .invalidNamespace: "invalid-namespace"
            case .strict(let kind): "strict.\(kind.rawValue)"
            }
        }
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
    public static func == (one: CPIMError, other: CPIMError) -> Bool {
        one.code == other.code && one.offset == other.offset
    }

    /// The reason with code and offset, for logs.
    public var description: String { "\(code) at \(offset): \(reason)" }

    /// Whether a size limit was passed, so that the answer is "too large" rather than "malformed".
    public var isLimit: Bool { [.objectTooLong, .headersTooLong, .tooManyHeaders, .nestedTooDeep].contains(code) }
}
