/// A part of a JSON Schema; keys stay in order.
enum SchemaNode: Sendable, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    case text(String)
    case number(Int)
    case flag(Bool)
    case list([SchemaNode])
    case keys([(String, SchemaNode)])

    init(stringLiteral value: String) { self = .text(value) }

    init(arrayLiteral elements: SchemaNode...) { self = .list(elements) }

    init(dictionaryLiteral elements: (String, SchemaNode)...) { self = .keys(elements) }

    /// Lists of texts.
    static func texts(_ texts: [String]) -> SchemaNode { .list(texts.map { .text($0) }) }

    /// JSON with two blanks a level; what has no keys inside stands on one line.
    func json(indent: Int = 0) -> String {
        let margin = String(repeating: " ", count: indent + 2)
        let end = "\n" + String(repeating: " ", count: indent)
        switch self {
        case .text(let text): return Self.quoted(text)
        case .number(let number): return String(number)
        case .flag(let flag): return flag ? "true" : "false"
        case .list(let nodes):
            let texts = nodes.map { $0.json(indent: indent + 2) }
            guard texts.contains(where: { $0.contains("\n") }) else { return "[" + texts.joined(separator: ", ") + "]" }
            return "[\n" + texts.map { margin + $0 }.joined(separator: ",\n") + end + "]"
        case .keys(let pairs):
            let texts = pairs.map { Self.quoted($0.0) + ": " + $0.1.json(indent: indent + 2) }
            let isFlat = pairs.allSatisfy { if case .keys = $0.1 { false } else { !$0.1.json().contains("\n") } }
            let line = "{" + texts.joined(separator: ", ") + "}"
            if isFlat, line.count <= 100 { return line }
            return "{\n" + texts.map { margin + $0 }.joined(separator: ",\n") + end + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
