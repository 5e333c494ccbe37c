/// Classes of octets that the grammars of this module name.
extension UInt8 {
    /// CHAR of RFC 2045 §5.1 `token`: printable US-ASCII but space and tspecials.
    var isToken: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "!"), UInt8(ascii: "#")...UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"): true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^")...UInt8(ascii: "`"): true
        case UInt8(ascii: "{")...UInt8(ascii: "~"): true
        default: false
        }
    }

    /// Space or horizontal tab.
    var isBlank: Bool { self == 0x20 || self == 0x09 }

    /// Space, horizontal tab, carriage return or line feed: what folding may leave.
    var isFolding: Bool { isBlank || self == 0x0D || self == 0x0A }

    /// C0 control or DEL.
    var isControl: Bool { self < 0x20 || self == 0x7F }

    /// The octet in lower case, if it is a US-ASCII letter.
    var lowered: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }

    /// The value of a hexadecimal digit of either case.
    var hexDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self &- UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self &- UInt8(ascii: "a") &+ 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self &- UInt8(ascii: "A") &+ 10
        default: nil
        }
    }
}

extension Span<UInt8> {
    /// Whether the octets are equal to `other` when US-ASCII case is ignored.
    func equalsIgnoringCase(_ other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in indices where self[index] != other[index] {
            guard self[index].lowered == other[index].lowered else { return false }
        }
        return true
    }
}

extension Collection<UInt8> {
    /// The octets as text with US-ASCII letters in lower case.
    var loweredText: String {
        if contains(where: { (0x41...0x5A).contains($0) }) {
            String(decoding: map(\.lowered), as: UTF8.self)
        } else {
            String(decoding: self, as: UTF8.self)
        }
    }
}

extension ArraySlice<UInt8> {
    /// The octets as text; nil when they are not UTF-8.
    var validText: String? {
        do throws(UTF8.ValidationError) { return String(copying: try UTF8Span(validating: span)) } catch { return nil }
    }

    /// The slice without folding white space at both ends.
    var trimmed: ArraySlice<UInt8> {
        var low = startIndex
        var high = endIndex
        while low < high, self[low].isFolding { low += 1 }
        while high > low, self[high - 1].isFolding { high -= 1 }
        return self[low..<high]
    }
}
