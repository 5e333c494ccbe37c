import MappingTables

/// The text of a file as lines of Unicode scalars, without line ends and byte order mark.
struct YAMLSource {
    let file: String
    private(set) var lines: [[Unicode.Scalar]] = [[]]

    private init(file: String) {
        self.file = file
    }

    /// Decodes UTF-8 and refuses what editors and YAML would count differently.
    ///
    /// - Returns: the source, nil when a character was refused; and the first such character of each line.
    static func decode(_ bytes: [UInt8], file: String) -> (source: YAMLSource?, faults: [Diagnostic]) {
        var source = YAMLSource(file: file)
        var faults: [Int: Diagnostic] = [:]
        func fault(_ code: String, column: Int, _ message: String, _ help: String) {
            let line = source.lines.count
            guard faults[line] == nil, faults.count < 20 else { return }
            let position = SourcePosition(file: file, line: line, column: column)
            faults[line] = .error(code, at: position, message, help: help)
        }
        func faultOfReturn() {
            fault(
                "control-character",
                column: source.lines[source.lines.count - 1].count,
                "a carriage return stands alone",
                "end lines with LF or CRLF"
            )
        }
        var decoder = UTF8()
        var iterator = (bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]).makeIterator()
        decoding: while true {
            let last = source.lines.count - 1
            switch decoder.decode(&iterator) {
            case .emptyInput:
                if source.lines[last].last == "\r" { faultOfReturn() }
                break decoding
            case .error:
                fault("invalid-utf-8", column: source.lines[last].count + 1, "this is not UTF-8", "save it as UTF-8")
                source.lines[last].append("\u{FFFD}")
            case .scalarValue("\n"):
                if source.lines[last].last == "\r" { source.lines[last].removeLast() }
                source.lines.append([])
            case .scalarValue(let scalar):
                if source.lines[last].last == "\r" { faultOfReturn() }
                source.lines[last].append(scalar)
                guard scalar != "\r", !isText(scalar) else { continue }
                let code = String(scalar.value, radix: 16, uppercase: true)
                let name = "U+" + String(repeating: "0", count: max(0, 4 - code.count)) + code
                fault(
                    "control-character",
                    column: source.lines[last].count,
                    "the character \(name) cannot stand here",
                    "remove it, or write it as an escape in double quotes"
                )
            }
        }
        return (faults.isEmpty ? source : nil, faults.values.sorted { $0.position < $1.position })
    }

    /// What YAML calls printable, but for the line breaks that most editors do not show as such.
    private static func isText(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD: true
        case 0x10000...0x10FFFF: true
        default: false
        }
    }

    /// The text with the characters of `columns` put in.
    func text(_ columns: YAMLColumns) -> String {
        // Bytes: a view of scalars that grows line by line is copied again and again.
        var text: [UInt8] = []
        text.reserveCapacity(lines.reduce(0) { $0 + $1.count + 1 })
        for (index, line) in lines.enumerated() {
            if index > 0 { text.append(0x0A) }
            for scalar in columns.mark(line, number: index + 1) {
                if scalar.isASCII {
                    text.append(UInt8(truncatingIfNeeded: scalar.value))
                } else {
                    text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
                }
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The character at a place; nil at the end of a line and outside the file.
    func scalar(line: Int, column: Int) -> Unicode.Scalar? {
        guard lines.indices.contains(line - 1), lines[line - 1].indices.contains(column - 1) else { return nil }
        return lines[line - 1][column - 1]
    }

    /// A place that can be shown: for the end of the file, its last character.
    func visible(_ place: SourcePosition) -> SourcePosition {
        func isBlank(_ line: [Unicode.Scalar]) -> Bool { line.allSatisfy { $0 == " " || $0 == "\t" } }
        guard lines.dropFirst(place.line - 1).allSatisfy(isBlank) else { return place }
        guard let last = lines.prefix(place.line - 1).lastIndex(where: { !isBlank($0) }) else {
            return position(line: 1, column: 1)
        }
        return position(line: last + 1, column: lines[last].count)
    }

    func position(line: Int, column: Int) -> SourcePosition {
        SourcePosition(file: file, line: line, column: column)
    }
}
