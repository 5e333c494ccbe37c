// Questions about single bytes, after the basic rules of RFC 3261 §25.1.

extension UInt8 {
    /// A byte of the `token` rule.
    @inline(__always)
    var isToken: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x21, 0x25, 0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5F, 0x60, 0x7E: true
        default: false
        }
    }

    /// White space of a value: in an indexed header a line end occurs only as part of a fold.
    @inline(__always)
    var isBlank: Bool { self == 0x20 || self == 0x09 || self == 0x0D || self == 0x0A }

    @inline(__always)
    var isDigit: Bool { self &- 0x30 < 10 }

    @inline(__always)
    var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }

    @inline(__always)
    var lowered: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }

    /// A control byte other than white space.
    @inline(__always)
    var isControl: Bool { self < 0x20 || self == 0x7F }
}

extension Span<UInt8> {
    /// Whether the bytes are those of a short ASCII text.
    @inline(__always)
    func equals(_ text: String) -> Bool {
        guard count == text.utf8.count else { return false }
        var index = 0
        for byte in text.utf8 {
            if self[index] != byte { return false }
            index += 1
        }
        return true
    }
}

extension Collection<UInt8> {
    /// Whether both are equal without regard to ASCII case.
    func equalsIgnoringCase(_ other: some Collection<UInt8>) -> Bool {
        count == other.count && zip(self, other).allSatisfy { $0.lowered == $1.lowered }
    }

    /// The bytes as text, what is not UTF-8 repaired.
    var repairedText: String { String(decoding: self, as: UTF8.self) }
}
