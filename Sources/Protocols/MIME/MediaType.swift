/// A media type with its parameters: the value of a Content-Type or Accept header field.
///
/// Type, subtype and parameter names compare without regard to case; parameters compare in any order. White space and
/// comments around the separators are tolerated, as is an unquoted parameter value with separators in it.
///
/// Source: RFC 2045 §5.1.
public struct MediaType: Sendable, Hashable, CustomStringConvertible {
    /// The type in lower case, such as `text`.
    public let type: String
    /// The subtype in lower case, such as `plain`.
    public let subtype: String
    /// The parameters in the order received.
    public let parameters: ParameterList
    /// The value as received, white space at both ends removed.
    public let raw: String

    /// Reads the value of a Content-Type header field.
    ///
    /// - Parameters:
    ///   - bytes: the value, folded or not, without the header name.
    ///   - limits: the largest length and number of parameters.
    /// - Throws: ``MIMEError`` with `.invalidMediaType`, `.invalidParameter`, `.unterminatedString`,
    ///   `.unterminatedComment`, `.invalidOctet`, `.invalidUTF8`, `.valueTooLong` or `.tooManyParameters`, and the offset from
    ///   the first octet of `bytes`.
    public init(bytes: ArraySlice<UInt8>, limits: MIMELimits = MIMELimits()) throws(MIMEError) {
        guard bytes.count <= limits.valueBytes else {
            throw MIMEError(
                .valueTooLong,
                "The media type is longer than \(limits.valueBytes) octets.",
                at: limits.valueBytes
            )
        }
        var cursor = ValueCursor(bytes)
        try cursor.skipBlanks()
        let typeStart = cursor.offset
        let type = cursor.token()
        try cursor.skipBlanks()
        guard !type.isEmpty, cursor.take(UInt8(ascii: "/")) else {
            throw MIMEError(.invalidMediaType, "A media type is 'type/subtype'.", at: typeStart)
        }
        try cursor.skipBlanks()
        let subtypeStart = cursor.offset
        let subtype = cursor.token()
        guard !subtype.isEmpty else {
            throw MIMEError(.invalidMediaType, "A media type is 'type/subtype'.", at: subtypeStart)
        }
        parameters = try ParameterList(reading: &cursor, limits: limits)
        guard let raw = bytes.trimmed.validText else {
            throw MIMEError(.invalidUTF8, "The media type is not UTF-8.", at: 0)
        }
        self.type = type.loweredText
        self.subtype = subtype.loweredText
        self.raw = raw
    }

    /// Reads a media type from text.
    ///
    /// - Parameter text: such as `text/plain; charset=utf-8`.
    /// - Throws: ``MIMEError`` as ``init(bytes:limits:)``.
    public init(_ text: String) throws(MIMEError) {
        try self.init(bytes: Array(text.utf8)[...])
    }

    /// Makes a media type from its parts, unless `type`, `subtype` or a parameter name is not a token.
    ///
    /// - Parameters:
    ///   - type: a token.
    ///   - subtype: a token.
    ///   - parameters: the parameters in order.
    public init?(type: String, subtype: String, parameters: ParameterList = ParameterList()) {
        guard Self.isToken(type), Self.isToken(subtype), parameters.allSatisfy({ Self.isToken($0.name) }) else {
            return nil
        }
        self.init(known: type.utf8.loweredText, subtype.utf8.loweredText, parameters)
    }

    /// Takes parts that are known to be valid tokens in lower case.
    private init(known type: String, _ subtype: String, _ parameters: ParameterList = ParameterList()) {
        self.type = type
        self.subtype = subtype
        self.parameters = parameters
        var bytes = Array("\(type)/\(subtype)".utf8)
        parameters.write(to: &bytes)
        raw = String(decoding: bytes, as: UTF8.self)
    }

    /// `text/plain; charset=utf-8`.
    public static let plainUTF8 = MediaType(
        known: "text",
        "plain",
        ParameterList([ParameterList.Parameter(name: "charset", value: "utf-8")])
    )
    /// `text/plain`.
    public static let plain = MediaType(known: "text", "plain")
    /// `message/cpim`.
    public static let cpim = MediaType(known: "message", "cpim")

    private static func isToken(_ text: String) -> Bool { !text.isEmpty && text.utf8.allSatisfy(\.isToken) }

    /// Whether the type and subtype are these, without regard to case and parameters.
    ///
    /// - Parameters:
    ///   - type: such as `text`.
    ///   - subtype: such as `plain`.
    /// - Returns: whether both are equal.
    public func `is`(_ type: String, _ subtype: String) -> Bool {
        // The two texts are kept in lower case, so equal text needs no case folding.
        (self.type == type && self.subtype == subtype)
            || (self.type.utf8.span.equalsIgnoringCase(type.utf8.span)
                && self.subtype.utf8.span.equalsIgnoringCase(subtype.utf8.span))
    }

    /// The value of the first parameter of this name, quotes removed.
    ///
    /// - Parameter name: in any case.
    /// - Returns: the plain value; nothing when there is no such parameter.
    public func parameter(_ name: String) -> String? { parameters[name] }

    /// The `charset` parameter in lower case.
    public var charset: String? { parameters["charset"].map { $0.utf8.loweredText } }

    /// The canonical text: lower-case type, `; ` before each parameter, quotes only where needed.
    public var description: String {
        if parameters.isEmpty { return "\(type)/\(subtype)" }
        var bytes = Array("\(type)/\(subtype)".utf8)
        parameters.write(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Compares type and subtype without case, and parameters in any order.
    public static func == (one: MediaType, other: MediaType) -> Bool {
        one.type == other.type && one.subtype == other.subtype && one.parameters.matches(other.parameters)
    }

    /// Hashes type and subtype.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(type)
        hasher.combine(subtype)
    }
}
