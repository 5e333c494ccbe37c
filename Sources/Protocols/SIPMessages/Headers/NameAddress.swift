public import Addressing

/// A name and address with parameters: From, To, Contact, Route and their like, over the bytes of the message.
///
/// Without angle brackets each parameter belongs to the header field, not to the URI.
///
/// Tolerated beyond the grammar: no white space between display name and `<` (RFC 4475 §3.1.1.6), and a display name
/// without quotation marks that holds other than tokens, as long as it has no comma, semicolon or colon.
///
/// Source: RFC 3261 §20.10, §25.1.
public struct NameAddress: Sendable {
    let bytes: [UInt8]
    let header: SIPHeaderName
    let displayRange: Range<Int>
    let uriRange: Range<Int>
    let parameterRange: Range<Int>
    let tagRange: Range<Int>?

    /// Whether the URI stands in angle brackets.
    public let isBracketed: Bool

    /// The display name, quotation marks and escapes undone; nil when there is none or an empty one.
    public var displayName: String? {
        if displayRange.isEmpty { return nil }
        let text = QuotedText.decoded(bytes[displayRange])
        return text.isEmpty ? nil : text
    }

    /// The display name as received, with its quotation marks.
    public var rawDisplayName: ArraySlice<UInt8> { bytes[displayRange] }

    /// The URI as received.
    public var uriBytes: ArraySlice<UInt8> { bytes[uriRange] }

    /// The parameters of the header field, in order; those of the URI are not among them.
    public var parameters: SIPParameters { SIPParameters(bytes: bytes, range: parameterRange) }

    /// The `tag` parameter as received; nil when there is none.
    public var tagBytes: ArraySlice<UInt8>? { tagRange.map { bytes[$0] } }

    /// The `tag` parameter; nil when there is none.
    public var tag: String? { tagBytes?.repairedText }

    /// The `q` parameter in thousandths, 0 to 1000; nil when there is none or a wrong one.
    public var weight: Int? { parameters["q"]?.rawValue.flatMap { QualityValue.thousandths($0) } }

    /// The `expires` parameter in seconds, the largest number when it is too large; nil when there is none.
    public var expires: UInt32? { parameters["expires"]?.rawValue.flatMap { DeltaSeconds.value($0) } }

    /// The URI.
    ///
    /// - Parameter lenient: whether a `%` that starts no escape is read as a percent sign.
    /// - Returns: the URI of its scheme.
    /// - Throws: ``SIPError`` with `.malformedURI`.
    public func uri(lenient: Bool = false) throws(SIPError) -> AddressURI {
        do throws(AddressError) {
            return try AddressURI(bytes: uriBytes, lenient: lenient)
        } catch {
            throw SIPError(.malformedURI, error.reason, at: uriRange.lowerBound + error.offset, header: header)
        }
    }

    /// The URI, when it is a sip: or sips: one and well formed.
    public var sipURI: SIPURI? {
        do throws(AddressError) {
            return try SIPURI(bytes: uriBytes)
        } catch {
            return nil
        }
    }

    /// Reads `( name-addr / addr-spec ) *( SEMI generic-param )` and stops after it.
    init(reading cursor: inout HeaderCursor) throws(SIPError) {
        header = cursor.header
        (displayRange, isBracketed) = try Self.displayName(&cursor)
        let start = cursor.index
        if isBracketed {
            uriRange = cursor.run { $0 == UInt8(ascii: ">") || $0 == UInt8(ascii: "<") }
            guard cursor.take(UInt8(ascii: ">")) else { throw cursor.fault("The address does not end with '>'.") }
        } else {
            uriRange = cursor.run {
                $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: ">")
            }
        }
        guard Self.hasScheme(cursor.bytes, uriRange) else {
            throw SIPError(.malformedHeader, "The address is not a URI.", at: start, header: cursor.header)
        }
        var tag: Range<Int>?
        var hasTag = false
        let bytes = cursor.bytes
        parameterRange = try cursor.parameters { name, value in
            guard !hasTag, bytes.span.extracting(name).matches("tag") else { return }
            hasTag = true
            tag = value
        }
        tagRange = tag
        self.bytes = bytes
    }

    /// Steps over the display name and `<`; when there is no `<` before the address ends, over nothing.
    private static func displayName(_ cursor: inout HeaderCursor) throws(SIPError) -> (Range<Int>, Bool) {
        cursor.skipBlanks()
        if cursor.next == UInt8(ascii: "\"") {
            let range = try cursor.quotedString()
            cursor.skipBlanks()
            guard cursor.take(UInt8(ascii: "<")) else { throw cursor.fault("A display name is followed by '<'.") }
            return (range, true)
        }
        var ahead = cursor
        while let byte = ahead.next {
            switch byte {
            case UInt8(ascii: "<"):
                var end = ahead.index
                while end > cursor.index, cursor.bytes[end - 1].isBlank { end -= 1 }
                let range = cursor.index..<end
                _ = ahead.take(byte)
                cursor = ahead
                return (range, true)
            case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: "\""):
                return (cursor.index..<cursor.index, false)
            default: _ = ahead.take(byte)
            }
        }
        return (cursor.index..<cursor.index, false)
    }

    /// Whether the bytes begin with a scheme and a colon and go on.
    private static func hasScheme(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        guard let first = range.first, bytes[first].isLetter else { return false }
        var index = first
        while index < range.upperBound {
            let byte = bytes[index]
            if byte == UInt8(ascii: ":") { return index + 1 < range.upperBound }
            guard byte.isLetter || byte.isDigit || byte == 0x2B || byte == 0x2D || byte == 0x2E else { return false }
            index += 1
        }
        return false
    }
}

extension SIPHeaders {
    /// The From value.
    ///
    /// - Throws: ``SIPError`` with `.missingHeader` or `.malformedHeader`.
    public func from() throws(SIPError) -> NameAddress { try single(.from) }

    /// The To value.
    ///
    /// - Throws: ``SIPError`` with `.missingHeader` or `.malformedHeader`.
    public func to() throws(SIPError) -> NameAddress { try single(.to) }

    /// The Reply-To value; nil when there is none.
    ///
    /// - Throws: ``SIPError`` with `.malformedHeader`.
    public func replyTo() throws(SIPError) -> NameAddress? {
        has(.replyTo) ? try single(.replyTo) : nil
    }

    /// The values of a header field that lists addresses: Contact, Route, Record-Route, P-Asserted-Identity, Path,
    /// Call-Info, Alert-Info, Error-Info, History-Info, Refer-To and so on.
    ///
    /// - Parameter name: the header field.
    /// - Returns: the values in order; none for `Contact: *`, which ``isContactWildcard`` tells.
    /// - Throws: ``SIPError`` with `.malformedHeader`.
    public func addresses(_ name: SIPHeaderName) throws(SIPError) -> [NameAddress] {
        var result: [NameAddress] = []
        for entry in entries where entry.name == name {
            if name == .contact, Self.isWildcard(bytes, entry) { continue }
            var cursor = HeaderCursor(bytes, entry.value, of: name)
            repeat { result.append(try NameAddress(reading: &cursor)) } while try cursor.takeComma()
        }
        return result
    }

    /// Whether a Contact header field is `*`.
    public var isContactWildcard: Bool {
        entries.contains { $0.name == .contact && Self.isWildcard(bytes, $0) }
    }

    private static func isWildcard(_ bytes: [UInt8], _ entry: Entry) -> Bool {
        entry.value.count == 1 && bytes[entry.value.lowerBound] == UInt8(ascii: "*")
    }

    private func single(_ name: SIPHeaderName) throws(SIPError) -> NameAddress {
        guard let entry = entry(name) else {
            throw SIPError(.missingHeader, "There is no \(name.rawValue) header field.", header: name)
        }
        var cursor = HeaderCursor(bytes, entry.value, of: name)
        let value = try NameAddress(reading: &cursor)
        try cursor.finish()
        return value
    }
}
