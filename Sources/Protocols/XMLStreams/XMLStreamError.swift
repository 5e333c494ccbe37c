/// Why a stream or document could not be read further.
///
/// Equality compares `code` and `offset` only.
public struct XMLStreamError: Error, Sendable {
    /// The closed list of faults.
    public enum Code: String, Sendable, CaseIterable {
        /// The bytes are not well-formed XML, or not namespace-well-formed.
        ///
        /// Source: RFC 6120 §4.9.3.
        case notWellFormed = "not-well-formed"
        /// A comment, processing instruction, document type declaration or entity reference.
        ///
        /// Source: RFC 6120 §4.9.3.
        case restrictedXML = "restricted-xml"
        /// The bytes or the XML declaration show an encoding other than UTF-8.
        ///
        /// Source: RFC 6120 §4.9.3.
        case unsupportedEncoding = "unsupported-encoding"
        /// Text other than white space directly under the stream root.
        ///
        /// Source: RFC 6120 §4.9.3, §11.7.
        case strayText = "stray-text"
        /// The root's start tag once more, inside the stream that it opened.
        ///
        /// Source: RFC 6120 §4.3.3, §4.9.3.
        case secondHeader = "second-header"
        /// A first-level element or a document longer than its limit.
        case tooManyBytes = "too-many-bytes"
        /// A start tag longer than its limit.
        case startTagTooLong = "start-tag-too-long"
        /// More nested elements than the limit.
        case tooDeep = "too-deep"
        /// More attributes and namespace declarations on one element than the limit.
        case tooManyAttributes = "too-many-attributes"
        /// More child elements of one element than the limit.
        case tooManyChildren = "too-many-children"
        /// A document that ends before its root element does.
        case incomplete
    }

    /// What is wrong.
    public let code: Code
    /// A sentence that says what was found.
    public let reason: String
    /// Where: bytes from the first byte of the stream or document, from 0.
    public let offset: Int

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: what is wrong.
    ///   - reason: a sentence that says what was found.
    ///   - offset: bytes from the start of the input.
    public init(_ code: Code, _ reason: String, offset: Int) {
        self.code = code
        self.reason = reason
        self.offset = offset
    }

    /// True for the faults that are excess rather than bad XML: the element can be passed over.
    public var isExcess: Bool {
        switch code {
        case .tooManyBytes, .startTagTooLong, .tooDeep, .tooManyAttributes, .tooManyChildren:
            true
        case .notWellFormed, .restrictedXML, .unsupportedEncoding, .strayText, .secondHeader, .incomplete:
            false
        }
    }
}

extension XMLStreamError: Equatable {
    /// True when code and offset agree; the wording does not count.
    public static func == (left: XMLStreamError, right: XMLStreamError) -> Bool {
        left.code == right.code && left.offset == right.offset
    }
}

extension XMLStreamError: CustomStringConvertible {
    /// Code, place and sentence on one line.
    public var description: String { "\(code.rawValue) at byte \(offset): \(reason)" }
}
