/// The grammar of Call-ID.
///
/// Source: RFC 3261 §25.1.
enum CallIDText {
    /// The longest thread text that stands as a Call-ID, in bytes.
    static let limit = 256

    /// Whether a text is `word [ "@" word ]`.
    ///
    /// - Parameter text: any text.
    /// - Returns: whether it can stand as a Call-ID.
    static func isLegal(_ text: String) -> Bool {
        guard text.utf8.count <= limit else { return false }
        var wordLength = 0
        var words = 1
        for byte in text.utf8 {
            if byte == UInt8(ascii: "@") {
                guard wordLength > 0, words == 1 else { return false }
                words = 2
                wordLength = 0
            } else {
                guard isWordByte(byte) else { return false }
                wordLength += 1
            }
        }
        return wordLength > 0
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "%"), UInt8(ascii: "*"),
            UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "`"), UInt8(ascii: "'"), UInt8(ascii: "~"),
            UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: ":"),
            UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "/"), UInt8(ascii: "["), UInt8(ascii: "]"),
            UInt8(ascii: "?"), UInt8(ascii: "{"), UInt8(ascii: "}"):
            true
        default: false
        }
    }
}
