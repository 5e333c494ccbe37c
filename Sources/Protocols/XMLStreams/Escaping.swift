/// Writes character data and attribute values so that reading gives them back.
///
/// Runs of plain bytes are copied whole. What XML 1.0 cannot carry becomes U+FFFD, so that no input can break the
/// stream it is written to.
enum Escaping {
    /// Where the text will stand.
    enum Place {
        /// Character data: `&`, `<`, `>` and carriage returns are escaped.
        case text
        /// An attribute value between apostrophes: the quotes, tabs and line ends are escaped as well, because
        /// readers turn those into spaces.
        case attribute
    }

    /// For each byte: 0 plain, 1 escaped everywhere, 2 escaped in attributes only, 3 to be examined.
    private static let classes: [UInt8] = (0..<256).map { byte in
        switch byte {
        case 0x26, 0x3C, 0x3E, 0x0D: 1
        case 0x22, 0x27, 0x09, 0x0A: 2
        case 0x00..<0x20, 0x80...: 3
        default: 0
        }
    }

    /// Appends text.
    ///
    /// - Returns: how many characters were replaced.
    @discardableResult
    static func append(_ text: String, to output: inout [UInt8], as place: Place) -> Int {
        append(text.utf8.span, to: &output, as: place)
    }

    /// Appends bytes meant to be UTF-8.
    ///
    /// - Returns: how many characters or stray bytes were replaced.
    @discardableResult
    static func append(_ bytes: Span<UInt8>, to output: inout [UInt8], as place: Place) -> Int {
        let classes = Self.classes.span
        var replaced = 0
        var start = 0
        var index = 0
        while true {
            index = endOfPlain(bytes, from: index)
            guard index < bytes.count else { break }
            let byte = bytes[index]
            let kind = classes[Int(byte)]
            if kind == 0 || (kind == 2 && place == .text) {
                index += 1
                continue
            }
            if kind == 3 {
                let length = XML.Characters.carriableLength(bytes, index)
                if length > 0 {
                    index += length
                    continue
                }
            }
            copy(bytes, start, index, to: &output)
            switch byte {
            case 0x26: output.append(contentsOf: ampersand)
            case 0x3C: output.append(contentsOf: less)
            case 0x3E: output.append(contentsOf: greater)
            case 0x22: output.append(contentsOf: quote)
            case 0x27: output.append(contentsOf: apostrophe)
            case 0x09: output.append(contentsOf: tab)
            case 0x0A: output.append(contentsOf: lineFeed)
            case 0x0D: output.append(contentsOf: carriageReturn)
            default:
                output.append(contentsOf: XML.Characters.replacement)
                replaced += 1
                index += XML.Characters.rejectedLength(bytes, index) - 1
            }
            index += 1
            start = index
        }
        copy(bytes, start, index, to: &output)
        return replaced
    }

    /// The end of the bytes from a place on that stand for themselves everywhere, as far as it is found by looking at
    /// eight bytes at once: where one of the last eight does not, up to seven bytes are left.
    private static func endOfPlain(_ bytes: Span<UInt8>, from index: Int) -> Int {
        var index = index
        while index + 8 <= bytes.count {
            let marks = marks(of: bytes.word(at: index))
            if marks != 0 { return index + marks.trailingZeroBitCount / 8 }
            index += 8
        }
        let last = bytes.count - 8
        return last >= 0 && marks(of: bytes.word(at: last)) == 0 ? bytes.count : index
    }

    /// The highest bit of each byte that has to be examined; of those set, only the lowest is certain.
    private static func marks(of word: UInt64) -> UInt64 {
        let each: UInt64 = 0x0101_0101_0101_0101
        // A byte that is less than what is taken off it borrows, which sets its highest bit.
        let controls = word &- (each &* 0x20)
        let quotes = (word ^ (each &* 0x22)) &- each
        let ampersands = ((word | each) ^ (each &* 0x27)) &- each
        let angles = ((word | (each &* 0x02)) ^ (each &* 0x3E)) &- each
        return (controls | quotes | ampersands | angles | word) & (each &* 0x80)
    }

    private static func copy(_ bytes: Span<UInt8>, _ start: Int, _ end: Int, to output: inout [UInt8]) {
        guard start < end else { return }
        // The pointer does not leave the call.
        unsafe bytes.extracting(start..<end).withUnsafeBufferPointer { unsafe output.append(contentsOf: $0) }
    }

    private static let ampersand = Array("&amp;".utf8)
    private static let less = Array("&lt;".utf8)
    private static let greater = Array("&gt;".utf8)
    private static let quote = Array("&quot;".utf8)
    private static let apostrophe = Array("&apos;".utf8)
    private static let tab = Array("&#9;".utf8)
    private static let lineFeed = Array("&#10;".utf8)
    private static let carriageReturn = Array("&#13;".utf8)
}
