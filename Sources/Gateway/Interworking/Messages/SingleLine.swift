/// Text on one line, as header values and reason phrases hold it.
enum SingleLine {
    /// Control characters, line breaks and tabs become single spaces; spaces at both ends are removed.
    ///
    /// Source: RFC 3261 §25.1.
    ///
    /// - Parameters:
    ///   - text: any text.
    ///   - limit: the longest result in characters of Unicode; nil for no limit.
    /// - Returns: the text without control characters.
    static func text(_ text: String, limit: Int? = nil) -> String {
        guard needsWork(text) || limit.map({ text.utf8.count > $0 }) == true else { return text }
        var result = String.UnicodeScalarView()
        var count = 0
        var isSpacePending = false
        for scalar in text.unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            if isControl || (isSpacePending && scalar == " ") {
                isSpacePending = !result.isEmpty
                continue
            }
            if let limit, count + (isSpacePending ? 2 : 1) > limit { break }
            if isSpacePending, result.last != " " {
                result.append(" ")
                count += 1
            }
            isSpacePending = false
            if scalar == " ", result.isEmpty { continue }
            result.append(scalar)
            count += 1
        }
        while result.last == " " { result.removeLast() }
        return String(result)
    }

    /// Whether a text has a control character, or what may begin one, or a space at an end.
    private static func needsWork(_ text: String) -> Bool {
        let span = text.utf8.span
        guard !span.isEmpty else { return false }
        // Without an early return the compiler compares many bytes at once.
        var found: UInt8 = 0
        for index in span.indices {
            let byte = span[index]
            found |= (byte < 0x20 ? 1 : 0) | (byte == 0x7F ? 1 : 0) | (byte == 0xC2 ? 1 : 0)
        }
        return found != 0 || span[0] == 0x20 || span[span.count - 1] == 0x20
    }
}
