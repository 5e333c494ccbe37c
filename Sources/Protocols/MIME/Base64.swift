/// Base64 as a transfer encoding.
///
/// Source: RFC 2045 §6.8, RFC 4648 §3.5, §4.
public enum Base64 {
    /// Reads base64 text.
    ///
    /// Line ends and blanks between the digits are stepped over. Everything else is strict: no foreign octet, full padding,
    /// nothing after it, and no bits left over.
    ///
    /// - Parameter text: the encoded octets.
    /// - Returns: the plain octets.
    /// - Throws: ``MIMEError`` with `.invalidBase64` at the octet that breaks the rule.
    public static func decode(_ text: ArraySlice<UInt8>) throws(MIMEError) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(text.count / 4 * 3)
        var group: UInt32 = 0
        var digits = 0
        var padding = 0
        for (offset, octet) in text.enumerated() {
            if octet.isFolding { continue }
            if octet == UInt8(ascii: "=") {
                padding += 1
                guard digits >= 2, digits + padding <= 4 else {
                    throw MIMEError(.invalidBase64, "Padding stands where no padding belongs.", at: offset)
                }
                continue
            }
            guard padding == 0, let digit = value(octet) else {
                throw MIMEError(.invalidBase64, "An octet is no base64 digit or follows the padding.", at: offset)
            }
            group = group << 6 | UInt32(digit)
            digits += 1
            if digits == 4 {
                output.append(UInt8(truncatingIfNeeded: group >> 16))
                output.append(UInt8(truncatingIfNeeded: group >> 8))
                output.append(UInt8(truncatingIfNeeded: group))
                digits = 0
                group = 0
            }
        }
        switch (digits, padding) {
        case (0, 0): break
        case (2, 2) where group & 0xF == 0:
            output.append(UInt8(truncatingIfNeeded: group >> 4))
        case (3, 1) where group & 0x3 == 0:
            output.append(UInt8(truncatingIfNeeded: group >> 10))
            output.append(UInt8(truncatingIfNeeded: group >> 2))
        default:
            throw MIMEError(.invalidBase64, "The last group is incomplete or has bits left over.", at: text.count)
        }
        return output
    }

    /// Writes base64 text.
    ///
    /// - Parameters:
    ///   - bytes: any octets.
    ///   - lineLength: digits on a line, a multiple of 4; 0 for one line without an end.
    /// - Returns: lines joined by CRLF, without one after the last.
    public static func encode(_ bytes: ArraySlice<UInt8>, lineLength: Int = 76) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count / 3 * 4 + bytes.count / 40 + 4)
        var rest = bytes
        var column = 0
        while !rest.isEmpty {
            if lineLength > 0, column >= lineLength {
                output.append(0x0D)
                output.append(0x0A)
                column = 0
            }
            let group = rest.prefix(3)
            rest = rest.dropFirst(3)
            var bits: UInt32 = 0
            for octet in group { bits = bits << 8 | UInt32(octet) }
            bits <<= UInt32(3 - group.count) * 8
            for position in 0..<4 {
                if position > group.count {
                    output.append(UInt8(ascii: "="))
                } else {
                    output.append(digit(UInt8(truncatingIfNeeded: bits >> UInt32(18 - 6 * position)) & 0x3F))
                }
            }
            column += 4
        }
        return output
    }

    private static func value(_ octet: UInt8) -> UInt8? {
        switch octet {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): octet - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): octet - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): octet - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        switch value {
        case 0..<26: UInt8(ascii: "A") + value
        case 26..<52: UInt8(ascii: "a") + value - 26
        case 52..<62: UInt8(ascii: "0") + value - 52
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }
}
