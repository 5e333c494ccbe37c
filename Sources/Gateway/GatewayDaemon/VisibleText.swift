/// Text for a terminal or a log, in which no character that somebody else chose does anything but stand there.
///
/// Peers choose ids, reasons, subjects and parts of addresses. A line break in one would add a line that the gateway
/// never wrote, an escape sequence would repaint the terminal, and a character that turns the direction of writing
/// would show another order than the stored one. Such characters are written as escapes; a backslash stays one, so an
/// escape does not tell whether it was written by the gateway: `--json` has each text as it is.
public enum VisibleText {
    /// One line: controls, line and paragraph separators and characters that turn the direction are escaped.
    ///
    /// - Parameter text: any text.
    /// - Returns: the text on one line, such as `one\nother` for a text with a line break.
    public static func line(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isHarmful) else { return text }
        return escaped(text.unicodeScalars)
    }

    /// Text of several lines: line ends and tabs stay, everything else is escaped as in one line.
    ///
    /// - Parameter text: any text; its lines end with a line feed or with CRLF.
    /// - Returns: the text, each line ended by a line feed.
    public static func lines(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { isHarmful($0) && $0 != "\n" && $0 != "\t" }) else { return text }
        return text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let line = line.last == "\r" ? line.dropLast() : line
            return line.split(separator: "\t", omittingEmptySubsequences: false).map(escaped).joined(separator: "\t")
        }.joined(separator: "\n")
    }

    /// Whether a character acts on what shows the text rather than being shown.
    static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E: false
        case 0...0x1F, 0x7F...0x9F: true
        // Line and paragraph separator, and marks, embeddings, overrides and isolates of direction.
        case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    private static func escaped(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        for scalar in scalars {
            guard isHarmful(scalar) else {
                text.append(scalar)
                continue
            }
            switch scalar {
            case "\n": text.append(contentsOf: #"\n"#.unicodeScalars)
            case "\r": text.append(contentsOf: #"\r"#.unicodeScalars)
            case "\t": text.append(contentsOf: #"\t"#.unicodeScalars)
            default:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                text.append(contentsOf: "\\u{\(digits)}".unicodeScalars)
            }
        }
        return String(text)
    }
}
