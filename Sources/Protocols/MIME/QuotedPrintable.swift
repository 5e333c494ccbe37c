/// Quoted-printable as a transfer encoding.
///
/// Source: RFC 2045 §6.7.
public enum QuotedPrintable {
    /// Reads quoted-printable text.
    ///
    /// Blanks before a line end are removed, as the rule demands; lower-case digits, long lines and lines ended by LF alone
    /// are tolerated.
    ///
    /// - Parameter text: the encoded octets.
    /// - Returns: the plain octets; line ends are those of the text.
    /// - Throws: ``MIMEError`` with `.invalidQuotedPrintable` at the octet that breaks the rule: a wrong escape, a lone CR,
    ///   a control octet or an octet above 126.
    public static func decode(_ text: ArraySlice<UInt8>) throws(MIMEError) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        var place = text.startIndex
        // Where the octets of this line that may be trailing blanks begin in `output`.
        var solid = 0
        while place < text.endIndex {
            let octet = text[place]
            let offset = place - text.startIndex
            place += 1
            switch octet {
            case UInt8(ascii: "="):
                var after = place
                while after < text.endIndex, text[after].isBlank { after += 1 }
                if let length = lineEnd(text, at: after) {
                    place = after + length
                    solid = output.count
                    continue
                }
                guard place + 1 < text.endIndex, let high = text[place].hexDigit, let low = text[place + 1].hexDigit
                else {
                    throw MIMEError(
                        .invalidQuotedPrintable,
                        "'=' is followed by neither two digits nor a line end.",
                        at: offset
                    )
                }
                output.append(high << 4 | low)
                place += 2
                solid = output.count
            case 0x20, 0x09:
                output.append(octet)
            case 0x0D, 0x0A:
                guard let length = lineEnd(text, at: place - 1) else {
                    throw MIMEError(.invalidQuotedPrintable, "A carriage return stands alone.", at: offset)
                }
                output.removeLast(output.count - solid)
                output.append(contentsOf: text[(place - 1)..<(place - 1 + length)])
                place += length - 1
                solid = output.count
            default:
                guard octet > 0x20, octet < 0x7F else {
                    throw MIMEError(.invalidQuotedPrintable, "An octet must not stand unescaped.", at: offset)
                }
                output.append(octet)
                solid = output.count
            }
        }
        output.removeLast(output.count - solid)
        return output
    }

    /// Writes quoted-printable text; CRLF is a line end, every other control octet is escaped.
    ///
    /// - Parameter bytes: any octets.
    /// - Returns: lines of at most 76 octets ended by CRLF.
    public static func encode(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + bytes.count / 4)
        var column = 0
        var place = bytes.startIndex
        while place < bytes.endIndex {
            let octet = bytes[place]
            place += 1
            if octet == 0x0D, place < bytes.endIndex, bytes[place] == 0x0A {
                output.append(0x0D)
                output.append(0x0A)
                place += 1
                column = 0
                continue
            }
            let endsLine = place == bytes.endIndex || (bytes[place] == 0x0D && lineEnd(bytes, at: place) != nil)
            let isPlain = octet.isBlank ? !endsLine : (octet > 0x20 && octet < 0x7F && octet != UInt8(ascii: "="))
            let width = isPlain ? 1 : 3
            if column + width > (endsLine ? 76 : 75) {
                output.append(contentsOf: [UInt8(ascii: "="), 0x0D, 0x0A])
                column = 0
            }
            if isPlain {
                output.append(octet)
            } else {
                output.append(UInt8(ascii: "="))
                output.append(digit(octet >> 4))
                output.append(digit(octet & 0xF))
            }
            column += width
        }
        return output
    }

    /// The length of the line end at an index: 2 for CRLF, 1 for LF; nothing elsewhere.
    private static func lineEnd(_ text: ArraySlice<UInt8>, at place: Int) -> Int? {
        guard place < text.endIndex else { return nil }
        if text[place] == 0x0A { return 1 }
        return text[place] == 0x0D && place + 1 < text.endIndex && text[place + 1] == 0x0A ? 2 : nil
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }
}
