/// The first line of a message, by its parts.
enum StartLine {
    /// A request line.
    case request(method: Range<Int>, uri: Range<Int>)
    /// A status line.
    case status(Int, reason: Range<Int>)

    /// Whether the line begins like a status line, so that nothing must be answered.
    static func isStatus(_ bytes: Span<UInt8>, _ line: Range<Int>) -> Bool {
        line.count >= 4 && bytes.extracting(line.lowerBound..<(line.lowerBound + 4)).isSIPSlash
    }

    /// Reads a start line.
    ///
    /// Source: RFC 3261 §7.1, §7.2.
    static func read(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(SIPError) -> StartLine {
        guard !line.isEmpty else { throw SIPError(.empty, "There is no start line.", at: line.lowerBound) }
        if isStatus(bytes, line) { return try status(bytes, line) }
        return try request(bytes, line)
    }

    private static func request(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(SIPError) -> StartLine {
        var index = line.lowerBound
        while index < line.upperBound, bytes[index].isToken { index += 1 }
        let method = line.lowerBound..<index
        guard !method.isEmpty, index < line.upperBound, bytes[index] == 0x20 else {
            throw SIPError(.malformedStartLine, "A request begins with a method and one space.", at: index)
        }
        index += 1
        let uriStart = index
        while index < line.upperBound, bytes[index] != 0x20 { index += 1 }
        let uri = uriStart..<index
        guard !uri.isEmpty, index < line.upperBound else {
            throw SIPError(.malformedStartLine, "A Request-URI and one space follow the method.", at: index)
        }
        for place in uri {
            let byte = bytes[place]
            if byte.isControl || byte >= 0x80 || byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">")
                || byte == UInt8(ascii: "\"")
            {
                throw SIPError(.malformedURI, "The Request-URI holds a byte that no URI may hold.", at: place)
            }
        }
        index += 1
        guard let version = version(bytes, from: index, to: line.upperBound), version.end == line.upperBound else {
            throw SIPError(.malformedStartLine, "A request line ends with the version.", at: index)
        }
        guard version.isSupported else {
            throw SIPError(.unsupportedVersion, "The version is not 2.0.", at: index, status: 505)
        }
        return .request(method: method, uri: uri)
    }

    private static func status(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(SIPError) -> StartLine {
        guard let version = version(bytes, from: line.lowerBound, to: line.upperBound) else {
            throw SIPError(.malformedStartLine, "A status line begins with the version.", at: line.lowerBound)
        }
        guard version.isSupported else {
            throw SIPError(.unsupportedVersion, "The version is not 2.0.", at: line.lowerBound)
        }
        var index = version.end
        guard index < line.upperBound, bytes[index] == 0x20 else {
            throw SIPError(.malformedStartLine, "One space follows the version.", at: index)
        }
        index += 1
        let start = index
        var code = 0
        while index < line.upperBound, bytes[index].isDigit, index - start < 3 {
            code = code * 10 + Int(bytes[index] - 0x30)
            index += 1
        }
        // A status line that ends after the code lacks only the space before an empty reason.
        guard index - start == 3, code >= 100, code < 700, index == line.upperBound || bytes[index] == 0x20 else {
            throw SIPError(.malformedStartLine, "The status is not a code from 100 to 699.", at: start)
        }
        return .status(code, reason: min(index + 1, line.upperBound)..<line.upperBound)
    }

    /// Reads `SIP-Version`, in any case.
    private static func version(
        _ bytes: Span<UInt8>,
        from start: Int,
        to limit: Int
    ) -> (isSupported: Bool, end: Int)? {
        guard limit - start >= 7, bytes.extracting(start..<(start + 4)).isSIPSlash else { return nil }
        var index = start + 4
        let major = index
        while index < limit, bytes[index].isDigit { index += 1 }
        guard index > major, index < limit, bytes[index] == UInt8(ascii: ".") else { return nil }
        let isTwo = index - major == 1 && bytes[major] == UInt8(ascii: "2")
        index += 1
        let minor = index
        while index < limit, bytes[index].isDigit { index += 1 }
        guard index > minor else { return nil }
        return (isTwo && index - minor == 1 && bytes[minor] == UInt8(ascii: "0"), index)
    }
}

extension Span<UInt8> {
    /// Whether the bytes are `SIP/` in any case.
    fileprivate var isSIPSlash: Bool {
        count == 4 && self[0].lowered == UInt8(ascii: "s") && self[1].lowered == UInt8(ascii: "i")
            && self[2].lowered == UInt8(ascii: "p") && self[3] == UInt8(ascii: "/")
    }
}
