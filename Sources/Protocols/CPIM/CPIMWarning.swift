/// Something that a reader tolerated, and where.
public struct CPIMWarning: Sendable, Equatable, CustomStringConvertible {
    /// The closed list of what is tolerated; a strict reader refuses those that ``isGrammarFault`` names.
    public enum Kind: String, Sendable, CaseIterable {
        /// A copy of the carrier's `Content-type: Message/CPIM` and an empty line stood first; both were skipped.
        ///
        /// RFC 5438 §8.1 and RFC 3862 §5.1 print it before the headers.
        case outerHeader
        /// A content header followed the message headers without an empty line between.
        ///
        /// RFC 5438 §7.1.1.3 and §7.2.1.1 print it so.
        case missingEmptyLine
        /// A line ended with a line feed alone.
        case bareLineFeed
        /// Not exactly one space stood before a value, or blanks stood after it.
        case spacing
        /// A line is not a header: it was skipped. Continued lines and names with two dots are such lines.
        case malformedHeader
        /// A line holds a tab unescaped.
        case unescapedTab
        /// The prefix of a header or of a required feature was not declared before.
        case undeclaredPrefix
        /// The prefix `imdn` was used without a declaration, and the reader was told to know it.
        case implicitPrefix
        /// An NS header is not `[prefix] <URI>`; it was skipped.
        case malformedNamespace
        /// An address header is not `[name] <URI>`; it was skipped.
        case malformedAddress
        /// A formal name is neither tokens nor a quoted string; its text was taken.
        case looseFormalName
        /// A blank stood between a quoted formal name and `<`.
        case spacedFormalName
        /// Parameters stood after the `>` of an address; they were kept apart.
        case parametersAfterURI
        /// A second From header was ignored.
        case repeatedFrom
        /// There is no From header that can be read.
        case missingFrom
        /// There is no To header that can be read.
        case missingTo
        /// A DateTime value is no RFC 3339 date and time; it was ignored.
        case malformedDateTime
        /// A second DateTime header was ignored.
        case repeatedDateTime
        /// A `lang` parameter is no language tag; it was ignored.
        case malformedLanguage
        /// An item of a Require header is no header name.
        case malformedFeature
        /// The content had no Content-Type; the configured one was assumed.
        case assumedContentType
        /// The Content-Length among the content headers is not the length of the content.
        case contentLength

        /// Whether RFC 3862 or the specification of the value forbids it, so that a strict reader refuses the object.
        public var isGrammarFault: Bool {
            switch self {
            case .undeclaredPrefix, .implicitPrefix, .missingFrom, .missingTo, .repeatedFrom, .repeatedDateTime: false
            case .assumedContentType, .contentLength, .spacedFormalName: false
            default: true
            }
        }
    }

    /// What was tolerated.
    public let kind: Kind
    /// Where: the byte, from 0, in the bytes that were given to the reader.
    public let offset: Int

    /// Makes a warning.
    ///
    /// - Parameters:
    ///   - kind: what was tolerated.
    ///   - offset: the byte from 0.
    public init(_ kind: Kind, at offset: Int) {
        self.kind = kind
        self.offset = offset
    }

    /// The kind and the offset, for logs.
    public var description: String { "\(kind.rawValue) at \(offset)" }
}
