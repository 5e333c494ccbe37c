/// A multipart taken apart.
///
/// Source: RFC 2046 §5.1.
public struct Multipart: Sendable, Equatable {
    /// The media type, such as `multipart/alternative`.
    public let type: MediaType
    /// The octets before the first delimiter; they have no meaning.
    public let preamble: ArraySlice<UInt8>
    /// The parts in order.
    public internal(set) var parts: [MIMEPart]
    /// The octets after the closing delimiter line; they have no meaning.
    public internal(set) var epilogue: ArraySlice<UInt8>

    /// Whether text can be a boundary: 1 to 70 `bchars`, no space at the end.
    ///
    /// Source: RFC 2046 §5.1.1.
    ///
    /// - Parameter text: the plain value of the parameter.
    /// - Returns: whether it can.
    public static func isBoundary(_ text: String) -> Bool {
        (1...70).contains(text.utf8.count) && text.utf8.last != 0x20 && text.utf8.allSatisfy(isBoundaryOctet)
    }

    private static func isBoundaryOctet(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "'")...UInt8(ascii: ")"), UInt8(ascii: "+")...UInt8(ascii: "/"): true
        case UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: "?"), UInt8(ascii: "_"), 0x20: true
        // Not in the grammar, and seen: mail and SIP software draws boundaries from the whole token alphabet.
        case UInt8(ascii: "*"), UInt8(ascii: "!"), UInt8(ascii: "#")...UInt8(ascii: "&"): true
        case UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "{")...UInt8(ascii: "~"), UInt8(ascii: "@"): true
        default: false
        }
    }
}

/// Finds the delimiter lines of one boundary.
struct DelimiterScan {
    /// One delimiter line: from the line end before it to the octet after its own line end.
    struct Delimiter {
        let start: Int
        let end: Int
        let isClosing: Bool
    }

    private let bytes: ArraySlice<UInt8>
    private let mark: [UInt8]
    private var place: Int

    init(_ bytes: ArraySlice<UInt8>, boundary: String) {
        self.bytes = bytes
        mark = Array("--".utf8) + Array(boundary.utf8)
        place = bytes.startIndex
    }

    /// The next delimiter; `place` is always the start of a line.
    mutating func next() -> Delimiter? {
        while place < bytes.endIndex {
            let lineStart = place
            if bytes[lineStart] == UInt8(ascii: "-"), let delimiter = delimiter(at: lineStart) {
                place = delimiter.end
                return delimiter
            }
            guard let feed = bytes[place...].firstIndex(of: 0x0A) else { break }
            place = feed + 1
        }
        place = bytes.endIndex
        return nil
    }

    private func delimiter(at lineStart: Int) -> Delimiter? {
        guard bytes[lineStart...].starts(with: mark) else { return nil }
        var end = lineStart + mark.count
        let isClosing = bytes[end...].starts(with: [UInt8(ascii: "-"), UInt8(ascii: "-")])
        if isClosing { end += 2 }
        while end < bytes.endIndex, bytes[end].isBlank { end += 1 }
        if end < bytes.endIndex {
            if bytes[end] == 0x0D { end += 1 }
            guard end < bytes.endIndex, bytes[end] == 0x0A else { return nil }
            end += 1
        } else if !isClosing {
            return nil
        }
        var start = lineStart
        if start > bytes.startIndex { start -= 1 }
        if start < lineStart, start > bytes.startIndex, bytes[start - 1] == 0x0D { start -= 1 }
        return Delimiter(start: start, end: end, isClosing: isClosing)
    }
}
