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
        let needsWork =
            text.utf8.contains { $0 < 0x20 || $0 == 0x7F || $0 == 0xC2 } || text.utf8.first == 0x20
            || text.utf8.last == 0x20
        guard needsWork || limit != nil else { return text }
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
}
