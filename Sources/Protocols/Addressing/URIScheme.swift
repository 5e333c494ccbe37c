/// The scheme at the start of a URI.
///
/// Source: RFC 3986 §3.1.
struct URIScheme {
    /// The schemes that this module knows.
    enum Kind: Equatable {
        case sip, sips, im, pres, tel, xmpp, other
    }

    /// Which scheme it is; the case of its letters does not matter.
    let kind: Kind

    /// The bytes before the colon.
    let length: Int

    /// Reads the scheme up to the first colon.
    ///
    /// - Throws: ``AddressError`` with `.missingScheme`.
    init(_ span: Span<UInt8>) throws(AddressError) {
        var index = 0
        while index < span.count, span[index] != UInt8(ascii: ":") {
            let byte = span[index]
            let isLaterByte =
                ASCII.isDigit(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: ".")
            guard ASCII.isLetter(byte) || (index > 0 && isLaterByte) else {
                throw AddressError(.missingScheme, "The text does not start with a URI scheme.", at: index)
            }
            index += 1
        }
        guard index > 0, index < span.count else {
            throw AddressError(.missingScheme, "The text does not start with a URI scheme.", at: index)
        }
        length = index
        kind = URIScheme.kind(span, index)
    }

    private static func kind(_ span: Span<UInt8>, _ length: Int) -> Kind {
        func matches(_ name: StaticString) -> Bool {
            guard name.utf8CodeUnitCount == length else { return false }
            var index = 0
            for byte in name.description.utf8 {
                guard span[index] | 0x20 == byte else { return false }
                index += 1
            }
            return true
        }
        switch length {
        case 2: return matches("im") ? .im : .other
        case 3: return matches("sip") ? .sip : matches("tel") ? .tel : .other
        case 4: return matches("sips") ? .sips : matches("pres") ? .pres : matches("xmpp") ? .xmpp : .other
        default: return .other
        }
    }
}
