public import Addressing

/// The value of a From, To or cc header: a URI and perhaps the formal name of its owner.
///
/// Source: RFC 3862 §3.6, §4.1.
public struct CPIMAddress: Sendable, Hashable, CustomStringConvertible {
    /// The name as plain text, which may hold any character; nothing when there is none.
    public let formalName: String?
    /// The URI in the spelling received.
    public let uriText: String
    /// Parameters that stood after `>`, where no grammar has any; never written.
    ///
    /// RFC 7702 §6.3.1 prints `;gr=` there, so peers may send it.
    public let trailingParameters: [CPIMHeader.Parameter]

    /// Makes an address, unless the text is no absolute URI.
    ///
    /// - Parameters:
    ///   - formalName: plain text; an empty name, or one of white space only, is none.
    ///   - uriText: such as `im:romeo@example.net`.
    public init?(formalName: String? = nil, uriText: String) {
        guard uriText.utf8.span.looksLikeURI else { return nil }
        self.init(known: uriText, formalName)
    }

    /// Makes an address.
    ///
    /// - Parameters:
    ///   - formalName: plain text; an empty name, or one of white space only, is none.
    ///   - uri: the URI, written in its canonical form.
    public init(formalName: String? = nil, uri: AddressURI) { self.init(known: uri.description, formalName) }

    /// Reads the value of an address header whose escapes are undone, as extension headers hold it.
    ///
    /// Escaped quotes in the name are plain ones then, so that what stands in the last brackets is the URI.
    ///
    /// - Parameter text: such as `Proxy <sip:a@example.net>`.
    ///
    /// Source: RFC 3862 §3.6, §4.1.
    public init?(headerText text: String) {
        let value = CPIMEscape.escape(text)[...].drop(while: \.isBlank).withoutTrailingBlanks
        if let read = Self.read(value) {
            self = read.address
            return
        }
        guard let start = value.lastIndex(of: UInt8(ascii: "<")), value.last == UInt8(ascii: ">") else { return nil }
        let uri = value[(start + 1)...].dropLast()
        guard uri.looksLikeURI else { return nil }
        let name = CPIMEscape.unescape(value[..<start].withoutTrailingBlanks)
        let isQuoted = name.utf8.count > 1 && name.utf8.first == 0x22 && name.utf8.last == 0x22
        self.init(known: String(decoding: uri, as: UTF8.self), isQuoted ? String(name.dropFirst().dropLast()) : name)
    }

    private init(known uriText: String, _ formalName: String?, trailing: [CPIMHeader.Parameter] = []) {
        self.uriText = uriText
        trailingParameters = trailing
        self.formalName = formalName.flatMap { name in
            name.utf8.allSatisfy { $0.isBlank || $0 == 0x0A || $0 == 0x0D } ? nil : name
        }
    }

    /// The URI taken apart.
    ///
    /// - Parameter lenient: whether a `%` that starts no escape is read as a percent sign.
    /// - Returns: the URI of its scheme.
    /// - Throws: `AddressError` with the offset in ``uriText``.
    public func uri(lenient: Bool = false) throws(AddressError) -> AddressURI {
        try AddressURI(uriText, lenient: lenient)
    }

    /// Reads the value of an address header.
    ///
    /// Tokens, a quoted string or nothing, then blanks or none, then `<URI>`.
    ///
    /// - Parameter value: the value without blanks at both ends.
    /// - Returns: the address and what had to be tolerated; nothing when the value is malformed.
    static func read(_ value: ArraySlice<UInt8>) -> (address: CPIMAddress, tolerated: CPIMWarning.Kind?)? {
        var rest = value
        var name: String?
        var tolerated: CPIMWarning.Kind?
        if rest.first == UInt8(ascii: "\"") {
            guard let quoted = CPIMEscape.takeQuoted(&rest) else { return nil }
            name = quoted
            if !rest.take(while: \.isBlank).isEmpty { tolerated = .spacedFormalName }
        } else {
            let words = rest.take { $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: "\"") }
            if !words.isEmpty {
                let isTokens = words.allSatisfy { $0.isTokenCharacter || $0 == 0x20 } && words.last == 0x20
                if !isTokens { tolerated = .looseFormalName }
                name = CPIMEscape.unescape(words.withoutTrailingBlanks)
            }
        }
        guard rest.take(UInt8(ascii: "<")) else { return nil }
        let uri = rest.take { $0 != UInt8(ascii: ">") }
        guard uri.looksLikeURI, rest.take(UInt8(ascii: ">")) else { return nil }
        if !rest.isEmpty { tolerated = .parametersAfterURI }
        guard let trailing = CPIMHeader.Parameter.takeAll(&rest), rest.isEmpty else { return nil }
        return (CPIMAddress(known: String(decoding: uri, as: UTF8.self), name, trailing: trailing), tolerated)
    }

    /// Writes the value of an address header.
    ///
    /// White space in the name collapses to single spaces. A name whose words are all tokens is written as tokens with a space
    /// before `<`, any other as a quoted string with none: strict readers exist.
    ///
    /// - Parameter output: the octets are added at its end.
    func write(to output: inout [UInt8]) {
        let words = (formalName ?? "").utf8.split { $0.isBlank || $0 == 0x0A || $0 == 0x0D }
        if words.allSatisfy({ $0.allSatisfy(\.isTokenCharacter) }) {
            for word in words {
                output.append(contentsOf: word)
                output.append(0x20)
            }
        } else {
            let text = words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
            output.append(contentsOf: CPIMEscape.quote(text))
        }
        output.append(UInt8(ascii: "<"))
        output.append(contentsOf: uriText.utf8)
        output.append(UInt8(ascii: ">"))
    }

    /// The value as it is written.
    public var description: String {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
