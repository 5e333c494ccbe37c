/// Classes of octets of RFC 3862 §3.6.
extension UInt8 {
    /// NAMECHAR: printable US-ASCII but `.`, space and separators.
    var isNameCharacter: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case 0x21, 0x23...0x27, 0x2A...0x2B, 0x2D, 0x5E...0x60, 0x7C, 0x7E: true
        default: false
        }
    }

    /// TOKENCHAR: NAMECHAR, `.` or an octet of a character beyond US-ASCII.
    var isTokenCharacter: Bool { isNameCharacter || self == UInt8(ascii: ".") || self > 0x7F }

    /// CTL: a C0 control or DEL.
    var isControl: Bool { self < 0x20 || self == 0x7F }

    /// Space or horizontal tab.
    var isBlank: Bool { self == 0x20 || self == 0x09 }

    /// The value of a hexadecimal digit of either case.
    var hexDigit: UInt32? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(self) - 0x30
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(self) - 0x57
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(self) - 0x37
        default: nil
        }
    }

    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    var isLetter: Bool { (0x61...0x7A).contains(self | 0x20) }
}

extension ArraySlice<UInt8> {
    /// Takes the leading octets that satisfy a condition.
    mutating func take(while condition: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        let taken = prefix(while: condition)
        self = self[taken.endIndex...]
        return taken
    }

    /// Takes the first octet when it is `octet`.
    mutating func take(_ octet: UInt8) -> Bool {
        guard first == octet else { return false }
        self = dropFirst()
        return true
    }

    /// The slice without blanks at its end.
    var withoutTrailingBlanks: ArraySlice<UInt8> {
        var end = endIndex
        while end > startIndex, self[end - 1].isBlank { end -= 1 }
        return self[..<end]
    }

    /// Whether the octets are an absolute URI as far as its scheme tells.
    var looksLikeURI: Bool { span.looksLikeURI }
}

extension Span<UInt8> {
    /// Whether the octets are an absolute URI as far as its scheme tells (RFC 2396 §3.1), without a fragment, blanks, controls
    /// or brackets.
    var looksLikeURI: Bool {
        guard count > 2, self[0].isLetter else { return false }
        var index = 0
        while index < count, self[index] != UInt8(ascii: ":") {
            let byte = self[index]
            guard byte.isLetter || byte.isDigit || byte == 0x2B || byte == 0x2D || byte == 0x2E else { return false }
            index += 1
        }
        guard index + 1 < count else { return false }
        while index < count {
            let byte = self[index]
            if byte.isControl || byte == 0x20 || byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">") { return false }
            index += 1
        }
        return true
    }
}
