/// Decodes the encoded words that mail software leaves in header text.
///
/// Source: RFC 2047 §2, §4, §6.
public enum EncodedWord {
    /// Replaces each encoded word by its text; white space between two of them is dropped.
    ///
    /// Words in charsets other than us-ascii and utf-8, and malformed ones, stay as they are. Neighbors are joined before they
    /// are read as UTF-8, since many senders cut a character in two.
    ///
    /// - Parameter text: the unfolded value of a header field.
    /// - Returns: the text; octets that are not UTF-8 become U+FFFD.
    public static func decode(_ text: ArraySlice<UInt8>) -> String {
        var output: [UInt8] = []
        var place = text.startIndex
        // Where the white space after the latest encoded word begins in `output`.
        var gap: Int?
        while place < text.endIndex {
            if text[place] == UInt8(ascii: "="), let word = word(text[place...]) {
                if let gap { output.removeLast(output.count - gap) }
                output.append(contentsOf: word.bytes)
                place += word.length
                gap = output.count
                continue
            }
            if !text[place].isFolding { gap = nil }
            output.append(text[place])
            place += 1
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// The encoded word at the start: `=?charset?encoding?text?=`, at most 75 octets.
    private static func word(_ text: ArraySlice<UInt8>) -> (bytes: [UInt8], length: Int)? {
        let mark = UInt8(ascii: "?")
        let window = text.prefix(75)
        guard window.starts(with: [UInt8(ascii: "="), mark]) else { return nil }
        let fields = window.dropFirst(2).split(separator: mark, maxSplits: 3, omittingEmptySubsequences: false)
        guard fields.count == 4, fields[3].first == UInt8(ascii: "="), fields[1].count == 1 else { return nil }
        // RFC 2231 §5 puts a language after an asterisk.
        let name = fields[0].prefix { $0 != UInt8(ascii: "*") }
        guard Charset(name: String(decoding: name, as: UTF8.self)) != nil else { return nil }
        guard !fields[2].contains(where: \.isFolding) else { return nil }
        let length = fields[3].startIndex + 1 - text.startIndex
        switch fields[1].first?.lowered {
        case UInt8(ascii: "b"):
            guard let bytes = try? Base64.decode(fields[2]) else { return nil }
            return (bytes, length)
        case UInt8(ascii: "q"):
            let spaced = fields[2].map { $0 == UInt8(ascii: "_") ? [UInt8](arrayLiteral: 0x3D, 0x32, 0x30) : [$0] }
                .joined()
            guard let bytes = try? QuotedPrintable.decode(Array(spaced)[...]) else { return nil }
            return (bytes, length)
        default:
            return nil
        }
    }
}
