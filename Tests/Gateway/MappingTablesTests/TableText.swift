import MappingTables

/// Reads the small part of YAML in which the tables of tests are written: keys, lists, flow collections on one line,
/// plain and quoted scalars, comments.
struct TableText {
    private struct Line {
        var indent: Int
        var text: [Unicode.Scalar]
        let number: Int
    }

    private let file: String
    private var lines: [Line] = []
    private var next = 0

    static func node(_ text: String, file: String = "t.yaml") -> MappingNode {
        var reader = TableText(text, file)
        return reader.block(0)
    }

    private init(_ text: String, _ file: String) {
        self.file = file
        for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let scalars = Array(raw.unicodeScalars)
            let indent = scalars.prefix { $0 == " " }.count
            guard indent < scalars.count, scalars[indent] != "#" else { continue }
            lines.append(Line(indent: indent, text: scalars, number: index + 1))
        }
    }

    private func position(_ column: Int) -> SourcePosition {
        SourcePosition(file: file, line: next < lines.count ? lines[next].number : 1, column: column + 1)
    }

    private mutating func block(_ indent: Int) -> MappingNode {
        let start = position(next < lines.count ? lines[next].indent : 0)
        guard next < lines.count, lines[next].indent >= indent else {
            return MappingNode(.scalar("", .plain), at: start)
        }
        let indent = lines[next].indent
        return lines[next].text[indent] == "-" ? sequence(indent, start) : mapping(indent, start)
    }

    private mutating func sequence(_ indent: Int, _ start: SourcePosition) -> MappingNode {
        var elements: [MappingNode] = []
        while next < lines.count, lines[next].indent == indent, lines[next].text[indent] == "-" {
            lines[next].text[indent] = " "
            let column = lines[next].text.firstIndex { $0 != " " } ?? indent
            lines[next].indent = column
            if Self.keyEnd(lines[next].text, column) == nil {
                elements.append(line(column))
            } else {
                elements.append(block(column))
            }
        }
        return MappingNode(.sequence(elements), at: start)
    }

    private mutating func mapping(_ indent: Int, _ start: SourcePosition) -> MappingNode {
        var pairs: [(key: MappingNode, value: MappingNode)] = []
        while next < lines.count, lines[next].indent == indent, let end = Self.keyEnd(lines[next].text, indent) {
            let text = lines[next].text
            let key = MappingNode(.scalar(Self.string(text[indent..<end]), .plain), at: position(indent))
            if let column = text[(end + 1)...].firstIndex(where: { $0 != " " }) {
                pairs.append((key, line(column)))
            } else {
                let empty = position(end + 1)
                next += 1
                let hasBlock =
                    next < lines.count
                    && (lines[next].indent > indent || lines[next].indent == indent && lines[next].text[indent] == "-")
                pairs.append((key, hasBlock ? block(indent) : MappingNode(.scalar("", .plain), at: empty)))
            }
        }
        return MappingNode(.mapping(pairs), at: start)
    }

    /// The rest of a line as one value.
    private mutating func line(_ column: Int) -> MappingNode {
        var column = column
        let value = flow(&column, isNested: false)
        next += 1
        return value
    }

    /// Where the colon after a plain key stands.
    private static func keyEnd(_ text: [Unicode.Scalar], _ start: Int) -> Int? {
        guard let first = text[start...].first, !"{['\"".unicodeScalars.contains(first) else { return nil }
        return text.indices[start...].first { text[$0] == ":" && ($0 + 1 == text.count || text[$0 + 1] == " ") }
    }

    private static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    private func flow(_ column: inout Int, isNested: Bool) -> MappingNode {
        let text = lines[next].text
        let start = position(column)
        func skip() { while column < text.count, text[column] == " " || text[column] == "," { column += 1 } }
        switch text[column] {
        case "{":
            column += 1
            var pairs: [(key: MappingNode, value: MappingNode)] = []
            skip()
            while column < text.count, text[column] != "}" {
                let key = flow(&column, isNested: true)
                if column < text.count, text[column] == ":" { column += 1 }
                while column < text.count, text[column] == " " { column += 1 }
                pairs.append((key, flow(&column, isNested: true)))
                skip()
            }
            column += 1
            return MappingNode(.mapping(pairs), at: start)
        case "[":
            column += 1
            var elements: [MappingNode] = []
            skip()
            while column < text.count, text[column] != "]" {
                elements.append(flow(&column, isNested: true))
                skip()
            }
            column += 1
            return MappingNode(.sequence(elements), at: start)
        case "\"", "'":
            let quote = text[column]
            let end = text[(column + 1)...].firstIndex(of: quote) ?? text.count
            let value = Self.string(text[(column + 1)..<end])
            column = end + 1
            return MappingNode(.scalar(value, .quoted), at: start)
        default:
            var end = column
            while end < text.count {
                if isNested, ",}]".unicodeScalars.contains(text[end]) { break }
                if isNested, text[end] == ":", end + 1 < text.count, text[end + 1] == " " { break }
                if text[end] == "#", end > 0, text[end - 1] == " " { break }
                end += 1
            }
            let value = text[column..<end]
            column = end
            return MappingNode(.scalar(Self.string(value.reversed().drop { $0 == " " }.reversed()), .plain), at: start)
        }
    }
}
