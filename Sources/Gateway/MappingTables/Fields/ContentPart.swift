/// A part of the content of a message, as a row names it: a media type with the parameters that it must have, and what
/// of the part is the value.
///
/// Source: RFC 2046 §5.1.3, RFC 2183 §2.
public struct ContentPart: Sendable, Hashable {
    /// One parameter of the media type.
    public struct Parameter: Sendable, Hashable {
        /// The name in lower case.
        public let name: String
        /// The value, without quotes.
        public let value: String
    }

    /// What of a part is the value.
    public enum Form: Sendable, Hashable {
        /// The content as text.
        case text
        /// The octets of the content, in Base64.
        case base64
        /// Each line of the content, but for empty ones and comments that begin with `#`.
        case lines
        /// A parameter of the media type; the content says nothing.
        case parameter(String)
    }

    /// Where a part stands.
    public enum Place: String, Sendable, CaseIterable {
        /// As the whole content, or in a multipart.
        case any
        /// As the whole content only.
        case whole
        /// In a multipart only.
        case part
    }

    /// Type and subtype in lower case; the subtype `*` stands for all.
    public let type: String
    /// The parameters that the type must have, in order.
    public let parameters: [Parameter]
    /// What of it is the value.
    public var form: Form
    /// The disposition that it must have, in lower case; nil for any.
    public var disposition: String?
    /// Where it stands.
    public var place: Place

    /// Reads a media type such as `text/calendar; method=REQUEST`; nil for text that is none.
    ///
    /// - Parameters:
    ///   - text: the type, and each parameter behind a semicolon.
    ///   - form: what of the part is the value.
    ///   - disposition: the disposition that it must have.
    ///   - place: where it stands.
    ///
    /// Source: RFC 2045 §5.1.
    public init?(_ text: String, form: Form = .text, disposition: String? = nil, place: Place = .any) {
        let pieces = text.split(separator: ";", omittingEmptySubsequences: false).map { Self.trimmed(String($0)) }
        let names = pieces[0].split(separator: "/", omittingEmptySubsequences: false)
        guard names.count == 2, Self.isToken(names[0]), Self.isToken(names[1]), names[0] != "*" else { return nil }
        type = pieces[0].lowercased()
        var parameters: [Parameter] = []
        for piece in pieces.dropFirst() {
            let sides = piece.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2, Self.isToken(sides[0]) else { return nil }
            var value = String(sides[1])
            if value.count > 1, value.hasPrefix("\""), value.hasSuffix("\"") {
                value = String(value.dropFirst().dropLast())
            }
            guard !value.isEmpty, value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }) else {
                return nil
            }
            parameters.append(Parameter(name: sides[0].lowercased(), value: value))
        }
        self.parameters = parameters
        self.form = form
        self.disposition = disposition
        self.place = place
    }

    /// Whether the type stands for several.
    public var isPattern: Bool { type.hasSuffix("/*") }

    /// The type with its parameters, as tests write it.
    public var text: String { ([type] + parameters.map { "\($0.name)=\($0.value)" }).joined(separator: ";") }

    /// Whether this names a type.
    ///
    /// - Parameters:
    ///   - other: type and subtype in lower case.
    ///   - parameter: gives the value of a parameter by its name in lower case.
    /// - Returns: whether the types are equal and each parameter has its value, in any case.
    public func matches(_ other: String, parameter: (String) -> String?) -> Bool {
        guard type == other || isPattern && other.hasPrefix(type.dropLast()) else { return false }
        return parameters.allSatisfy { parameter($0.name)?.lowercased() == $0.value.lowercased() }
    }

    /// Types that the gateway reads itself, which no row can take.
    static let reserved: Set<String> = [
        "text/plain", "text/html", "message/cpim", "message/imdn+xml", "application/im-iscomposing+xml",
        "application/resource-lists+xml", "text/*",
    ]

    /// Whether it is one that the gateway reads itself.
    var isReserved: Bool { Self.reserved.contains(type) || type.hasPrefix("multipart/") || type == "message/*" }

    static func isToken(_ text: some StringProtocol) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"()<>@,;:\\\"/[]?=".utf8.contains($0) }
    }

    private static func trimmed(_ text: String) -> String {
        var bytes = Array(text.utf8)[...].drop { $0 == 0x20 || $0 == 0x09 }
        while let last = bytes.last, last == 0x20 || last == 0x09 { bytes = bytes.dropLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
