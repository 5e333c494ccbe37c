/// Bytes of a message as the comparison reads them, apart from the project's own readers.
enum HeaderText {
    /// Splits at the first empty line; nil when there is none.
    static func split(_ bytes: ArraySlice<UInt8>) -> (head: [ArraySlice<UInt8>], rest: ArraySlice<UInt8>)? {
        var lines: [ArraySlice<UInt8>] = []
        var rest = bytes
        while let end = rest.firstIndex(of: 0x0A) {
            var line = rest[..<end]
            if line.last == 0x0D { line = line.dropLast() }
            rest = rest[(end + 1)...]
            if line.isEmpty { return (lines, rest) }
            lines.append(line)
        }
        return nil
    }

    /// Whether every line of the head ends with CR LF.
    static func usesCRLF(_ bytes: ArraySlice<UInt8>, lines: Int) -> Bool {
        var rest = bytes
        for _ in 0...lines {
            guard let end = rest.firstIndex(of: 0x0A) else { return false }
            guard end > rest.startIndex, rest[end - 1] == 0x0D else { return false }
            rest = rest[(end + 1)...]
        }
        return true
    }

    /// A header line taken apart at its colon.
    static func field(_ line: ArraySlice<UInt8>) -> (name: String, value: String)? {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        return (text(line[..<colon]), collapsed(text(line[(colon + 1)...])))
    }

    static func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    /// White space at the ends removed, runs inside made one space.
    static func collapsed(_ text: String) -> String {
        text.utf8.split { $0 == 0x20 || $0 == 0x09 }.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
    }

    /// Splits at a separator outside quoted strings and angle brackets.
    static func parts(_ value: String, at separator: Character) -> [String] {
        var parts: [String] = []
        var current = ""
        var isQuoted = false
        var isEscaped = false
        var isBracketed = false
        for character in value {
            if isEscaped {
                isEscaped = false
            } else if isQuoted {
                if character == "\\" { isEscaped = true }
                if character == "\"" { isQuoted = false }
            } else {
                if character == "\"" { isQuoted = true }
                if character == "<" { isBracketed = true }
                if character == ">" { isBracketed = false }
                if character == separator, !isBracketed {
                    parts.append(collapsed(current))
                    current = ""
                    continue
                }
            }
            current.append(character)
        }
        parts.append(collapsed(current))
        return parts
    }

    /// `;name=value` parameters by lower-case name, quotes removed.
    static func parameters(_ parts: some Sequence<String>) -> [String: String] {
        var result: [String: String] = [:]
        for part in parts {
            let pair = part.split(separator: "=", maxSplits: 1).map { collapsed(String($0)) }
            guard let name = pair.first else { continue }
            var value = pair.count > 1 ? pair[1] : ""
            if value.hasPrefix("\""), value.hasSuffix("\""), value.count >= 2 {
                value = String(value.dropFirst().dropLast())
            }
            result[name.lowercased()] = value
        }
        return result
    }
}

/// Media types as the comparison rules see them.
enum MediaTypeText {
    /// Whether two Content-Type values are equal; for text of ASCII alone the charset may be absent, us-ascii or utf-8.
    static func areEqual(_ one: String, _ other: String, content: [UInt8], _ bindings: inout Bindings) -> Bool {
        let first = HeaderText.parts(one, at: ";")
        let second = HeaderText.parts(other, at: ";")
        guard first[0].lowercased() == second[0].lowercased() else { return false }
        var mine = HeaderText.parameters(first.dropFirst())
        var theirs = HeaderText.parameters(second.dropFirst())
        let charset = mine.removeValue(forKey: "charset")?.lowercased()
        let otherCharset = theirs.removeValue(forKey: "charset")?.lowercased()
        if charset != otherCharset {
            guard first[0].lowercased().hasPrefix("text/"), content.allSatisfy({ $0 < 0x80 }) else { return false }
            let isFree = [charset, otherCharset].allSatisfy { $0 == nil || $0 == "us-ascii" || $0 == "utf-8" }
            guard isFree else { return false }
        }
        guard Set(mine.keys) == Set(theirs.keys) else { return false }
        return mine.sorted { $0.key < $1.key }.allSatisfy { bindings.match($0.value, theirs[$0.key] ?? "") }
    }

    /// The type and subtype in lower case.
    static func base(_ value: String) -> String { HeaderText.parts(value, at: ";")[0].lowercased() }

    static func isXML(_ value: String) -> Bool {
        let base = base(value)
        return base.hasSuffix("+xml") || base.hasSuffix("/xml")
    }
}
