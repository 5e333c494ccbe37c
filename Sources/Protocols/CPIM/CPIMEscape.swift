/// The backslash escapes of header values.
///
/// Source: RFC 3862 §2.3, §2.3.1.
public enum CPIMEscape {
    /// Undoes the escapes of a header value in one pass.
    ///
    /// An unknown escape stands for the character after the backslash, a backslash at the end is dropped, `\u` without four
    /// hexadecimal digits is the letter `u`. Two escapes that form a surrogate pair are one character; a lone surrogate becomes
    /// U+FFFD.
    ///
    /// - Parameter value: UTF-8 octets.
    /// - Returns: the plain text; it may hold control characters.
    public static func unescape(_ value: ArraySlice<UInt8>) -> String {
        guard value.contains(UInt8(ascii: "\\")) else { return String(decoding: value, as: UTF8.self) }
        return String(decoding: unescapedBytes(value), as: UTF8.self)
    }

    static func unescapedBytes(_ value: ArraySlice<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(value.count)
        var rest = value
        while let octet = rest.popFirst() {
            guard octet == UInt8(ascii: "\\") else {
                output.append(octet)
                continue
            }
            guard let letter = rest.popFirst() else { break }
            switch letter {
            case UInt8(ascii: "b"): output.append(0x08)
            case UInt8(ascii: "t"): output.append(0x09)
            case UInt8(ascii: "n"): output.append(0x0A)
            case UInt8(ascii: "r"): output.append(0x0D)
            case UInt8(ascii: "u"):
                if let scalar = scalar(&rest) {
                    output.append(contentsOf: String(Character(scalar)).utf8)
                } else {
                    output.append(letter)
                }
            default: output.append(letter)
            }
        }
        return output
    }

    /// The character after `\u`; nothing when no four digits follow.
    private static func scalar(_ rest: inout ArraySlice<UInt8>) -> Unicode.Scalar? {
        guard let unit = unit(rest) else { return nil }
        rest = rest.dropFirst(4)
        let replacement = Unicode.Scalar(0xFFFD as UInt16)
        if (0xD800...0xDBFF).contains(unit) {
            guard rest.starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]), let low = self.unit(rest.dropFirst(2)),
                (0xDC00...0xDFFF).contains(low)
            else { return replacement }
            rest = rest.dropFirst(6)
            return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
        }
        return Unicode.Scalar(unit) ?? replacement
    }

    private static func unit(_ digits: ArraySlice<UInt8>) -> UInt32? {
        guard digits.count >= 4 else { return nil }
        var value: UInt32 = 0
        for octet in digits.prefix(4) {
            guard let digit = octet.hexDigit else { return nil }
            value = value << 4 | digit
        }
        return value
    }

    /// Writes text as a header value: backslash and control characters escaped, everything else as it is.
    ///
    /// - Parameter text: plain text.
    /// - Returns: UTF-8 octets.
    public static func escape(_ text: String) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(text.utf8.count + 8)
        for octet in text.utf8 { append(octet, to: &output) }
        return output
    }

    /// Writes text as a quoted string, its quotes included.
    ///
    /// - Parameter text: plain text.
    /// - Returns: UTF-8 octets.
    public static func quote(_ text: String) -> [UInt8] {
        var output: [UInt8] = [UInt8(ascii: "\"")]
        output.reserveCapacity(text.utf8.count + 8)
        for octet in text.utf8 {
            if octet == UInt8(ascii: "\"") {
                output.append(UInt8(ascii: "\\"))
                output.append(octet)
            } else {
                append(octet, to: &output)
            }
        }
        output.append(UInt8(ascii: "\""))
        return output
    }

    private static func append(_ octet: UInt8, to output: inout [UInt8]) {
        switch octet {
        case UInt8(ascii: "\\"): output.append(contentsOf: [octet, octet])
        case 0x08: output.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "b")])
        case 0x09: output.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "t")])
        case 0x0A: output.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "n")])
        case 0x0D: output.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "r")])
        case 0..<0x20, 0x7F:
            let digits = String(octet, radix: 16)
            output.append(contentsOf: (digits.utf8.count == 1 ? "\\u000\(digits)" : "\\u00\(digits)").utf8)
        default: output.append(octet)
        }
    }

    /// The content of the quoted string at the start of the octets, which are moved behind it.
    ///
    /// - Returns: nothing when there is no opening quote or no closing one.
    static func takeQuoted(_ rest: inout ArraySlice<UInt8>) -> String? {
        guard rest.first == UInt8(ascii: "\"") else { return nil }
        let start = rest.startIndex + 1
        var place = start
        while place < rest.endIndex {
            switch rest[place] {
            case UInt8(ascii: "\\"): place += 2
            case UInt8(ascii: "\""):
                let content = rest[start..<place]
                rest = rest[(place + 1)...]
                return unescape(content)
            default: place += 1
            }
        }
        return nil
    }
}
