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
        guard length <= 4 else { return .other }
        var word: UInt32 = 0
        for index in 0..<length { word = word << 8 | UInt32(span[index] | 0x20) }
        switch word {
        case 0x69_6D: return .im
        case 0x73_6970: return .sip
        case 0x74_656C: return .tel
        case 0x7369_7073: return .sips
        case 0x7072_6573: return .pres
        case 0x786D_7070: return .xmpp
        default: return .other
        }
    }
}
