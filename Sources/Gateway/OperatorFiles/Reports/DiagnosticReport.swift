public import MappingTables

/// All findings of all files, in the order of their places, as text for people and JSON for programs.
public struct DiagnosticReport: Sendable {
    /// The findings, sorted by file, line and column; each once.
    public let diagnostics: [Diagnostic]
    private let sources: [String: [UInt8]]

    /// Collects findings.
    ///
    /// - Parameters:
    ///   - diagnostics: the findings, in any order.
    ///   - sources: the files by the path that positions show; lines of others are left out.
    public init(_ diagnostics: [Diagnostic], sources: [String: [UInt8]]) {
        var seen: Set<Diagnostic> = []
        // The order of what stands in one place is that of finding.
        self.diagnostics =
            diagnostics.filter { seen.insert($0).inserted }.enumerated()
            .sorted { ($0.element.position, $0.offset) < ($1.element.position, $1.offset) }.map(\.element)
        self.sources = sources
    }

    /// Whether any finding keeps a file from being taken.
    public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

    /// Each finding with its source line, a caret and help; every line ends with a line break.
    public var text: String {
        var files: [String: [[UInt8]]] = [:]
        var text = ""
        // Findings of one line follow each other; a long line is decoded once.
        var last: (position: SourcePosition, line: String?, isSecret: Bool)?
        for diagnostic in diagnostics {
            let position = diagnostic.position
            if files[position.file] == nil { files[position.file] = sources[position.file].map(Self.lines) }
            if last?.position.file != position.file || last?.position.line != position.line {
                let lines = files[position.file] ?? []
                let line =
                    lines.indices.contains(position.line - 1)
                    ? String(decoding: lines[position.line - 1], as: UTF8.self) : nil
                last = (position, line, line.map { SecretLines.isSecret(line: $0) } ?? false)
            }
            let line = last?.line
            if last?.isSecret == true {
                text += diagnostic.printable.redacted + "\n"
            } else {
                let shown = line.flatMap { Self.shown($0, column: position.column) }
                text += diagnostic.printable.rendered(line: shown) + "\n"
            }
        }
        return text
    }

    /// An array of objects with `file`, `line`, `column`, `endLine`, `endColumn`, `severity`, `code`, `message` and
    /// `help`, a finding a line.
    ///
    /// The end is the first column behind the marked text; `help` is null where there is none. Source lines are not in it.
    public var json: String {
        let objects = diagnostics.map { diagnostic in
            let position = diagnostic.position
            return "{\"file\":\(Self.quoted(position.file)),\"line\":\(position.line),\"column\":\(position.column),"
                + "\"endLine\":\(position.line),\"endColumn\":\(position.column + diagnostic.length),"
                + "\"severity\":\(Self.quoted(diagnostic.severity.rawValue)),\"code\":\(Self.quoted(diagnostic.code)),"
                + "\"message\":\(Self.quoted(diagnostic.message)),"
                + "\"help\":\(diagnostic.help.map(Self.quoted) ?? "null")}"
        }
        return objects.isEmpty ? "[]\n" : "[\n" + objects.joined(separator: ",\n") + "\n]\n"
    }

    /// Lines as the reader counts them, without a byte order mark.
    private static func lines(_ bytes: [UInt8]) -> [[UInt8]] {
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        return text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            Array(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
        }
    }

    /// A line for a terminal; nil when the place is too far to the right to be seen.
    private static func shown(_ line: String, column: Int) -> String? {
        guard column <= 400 else { return nil }
        let text = line.printable
        return text.unicodeScalars.count <= 480 ? text : String(text.unicodeScalars.prefix(479)) + "…"
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

extension Diagnostic {
    /// The same, with nothing that a terminal would obey.
    fileprivate var printable: Diagnostic {
        var diagnostic = self
        diagnostic.position.file = position.file.printable
        diagnostic.message = message.printable
        diagnostic.help = help?.printable
        return diagnostic
    }

    /// The message with words in place of its source line.
    fileprivate var redacted: String {
        var parts = rendered(line: nil).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let number = String(position.line)
        let margin = String(repeating: " ", count: max(0, 6 - number.utf8.count))
        parts.insert("\(margin)\(number) | \(SecretLines.replacement)", at: 1)
        return parts.joined(separator: "\n")
    }
}

extension String {
    /// The text with control characters replaced, tabs apart; a text takes one line.
    fileprivate var printable: String {
        var text = UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control where scalar != "\t": text.append("\u{FFFD}")
            case .lineSeparator, .paragraphSeparator: text.append("\u{FFFD}")
            // Characters that turn the direction of what follows.
            case .format where (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value):
                text.append("\u{FFFD}")
            default: text.append(scalar)
            }
        }
        return String(text)
    }
}
