/// Why bytes are no document of a disposition or of a composing state.
///
/// Two errors are equal when `code` and `offset` are equal; `reason` is for people.
public struct IMDNError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The closed list of faults; the raw values are what logs show.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The bytes are not well-formed XML, or they end too early.
        case xml = "imdn-xml"
        /// A document type declaration, with whatever it declares.
        case doctype = "imdn-doctype"
        /// An encoding other than UTF-8.
        case encoding = "imdn-encoding"
        /// The root is not the element the format wants, or not in its namespace.
        case root = "imdn-root"
        /// What the format demands is missing: a message-id, or a state.
        case missing = "imdn-missing"
        /// The document is larger, deeper or richer than the limits.
        case limit = "imdn-limit"
    }

    /// What is wrong.
    public let code: Code
    /// What is wrong, as a sentence.
    public let reason: String
    /// Where: the byte, from 0, for faults of the XML; 0 for faults of what it says.
    public let offset: Int

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: what is wrong.
    ///   - reason: a sentence for people.
    ///   - offset: the byte from 0.
    public init(_ code: Code, _ reason: String, at offset: Int = 0) {
        self.code = code
        self.reason = reason
        self.offset = offset
    }

    /// Compares code and offset only.
    public static func == (one: IMDNError, other: IMDNError) -> Bool {
        one.code == other.code && one.offset == other.offset
    }

    /// The reason with code and offset, for logs.
    public var description: String { "\(code.rawValue) at \(offset): \(reason)" }
}
