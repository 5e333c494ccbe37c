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

    /// Whether the octets are an absolute URI as far as its scheme tells (RFC 2396 §3.1), without a fragment, blanks, controls
    /// or brackets.
    var looksLikeURI: Bool {
        guard let colon = firstIndex(of: UInt8(ascii: ":")), colon + 1 < endIndex, first?.isLetter == true else {
            return false
        }
        let isScheme = self[..<colon].allSatisfy {
            $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
        }
        return isScheme
            && allSatisfy { !$0.isControl && $0 != 0x20 && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") }
    }
}
