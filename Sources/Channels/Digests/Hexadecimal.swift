/// Bytes as lower-case hexadecimal digits.
///
/// Source: RFC 4648 §8, with lower-case letters as XMPP and SIP write digests.
public enum Hexadecimal {
    /// Writes two digits for each byte.
    ///
    /// - Parameter bytes: the bytes.
    /// - Returns: lower-case digits, twice as many as bytes.
    @inlinable
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        var digits: [UInt8] = []
        digits.reserveCapacity(bytes.count * 2)
        append(bytes, to: &digits)
        return String(decoding: digits, as: UTF8.self)
    }

    /// Appends two digits for each byte to a buffer.
    ///
    /// - Parameters:
    ///   - bytes: the bytes.
    ///   - buffer: where the ASCII digits go.
    @inlinable
    public static func append(_ bytes: some Collection<UInt8>, to buffer: inout [UInt8]) {
        for byte in bytes {
            buffer.append(digit(byte >> 4))
            buffer.append(digit(byte & 15))
        }
    }

    /// Reads hexadecimal digits of either case.
    ///
    /// - Parameter text: an even number of digits and nothing else.
    /// - Returns: the bytes, or nil when the text is anything else.
    public static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count / 2)
        var high: UInt8?
        for code in text.utf8 {
            guard let value = value(code) else { return nil }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return high == nil ? bytes : nil
    }

    @inlinable
    static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
    }

    /// The eight digits of four bytes at once, the first in the highest place.
    static func digits(of bytes: UInt32) -> UInt64 {
        var halves = UInt64(bytes)
        halves = (halves << 16 | halves) & 0x0000_FFFF_0000_FFFF
        halves = (halves << 8 | halves) & 0x00FF_00FF_00FF_00FF
        halves = (halves << 4 | halves) & 0x0F0F_0F0F_0F0F_0F0F
        // Six more carry into the upper half of a byte where its value is that of a letter.
        let letters = (halves &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return halves &+ 0x3030_3030_3030_3030 &+ letters &* UInt64(UInt8(ascii: "a") - 10 - UInt8(ascii: "0"))
    }

    private static func value(_ code: UInt8) -> UInt8? {
        switch code {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): code - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): code - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): code - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
