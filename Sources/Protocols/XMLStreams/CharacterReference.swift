/// The number of a character reference, for the one place where libxml2 is not asked.
enum CharacterReference {
    /// Whether a number stands for a character that XML 1.0 can carry.
    ///
    /// - Parameter number: what stands between `&#` and `;`: decimal digits, or `x` and hexadecimal ones.
    /// - Returns: false for what is no number, too.
    static func isCarriable(_ number: ArraySlice<UInt8>) -> Bool {
        let isHexadecimal = number.first == 0x78
        let digits = isHexadecimal ? number.dropFirst() : number
        let radix: UInt32 = isHexadecimal ? 16 : 10
        guard !digits.isEmpty else { return false }
        var value: UInt32 = 0
        for byte in digits {
            let digit: UInt32
            switch byte {
            case 0x30...0x39: digit = UInt32(byte) - 0x30
            case 0x41...0x46 where isHexadecimal: digit = UInt32(byte) - 0x37
            case 0x61...0x66 where isHexadecimal: digit = UInt32(byte) - 0x57
            default: return false
            }
            value = value * radix + digit
            if value > 0x10_FFFF { return false }
        }
        switch value {
        case 0x09, 0x0A, 0x0D, 0x20...0xD7FF, 0xE000...0xFFFD, 0x1_0000...0x10_FFFF: return true
        default: return false
        }
    }
}
