/// The JSON Schema of mapping files, for editors; made of the declarations by which tables are compiled.
public enum MappingSchema {
    /// The schema as JSON, in the dialect 2020-12, with a line end.
    public static var text: String { root.json() + "\n" }

    /// The comment by which a file of a folder names the schema that lies beside the folders.
    ///
    /// - Parameter depth: how many folders lie between the mappings directory and the file.
    /// - Returns: a line without its end.
    public static func modeline(depth: Int) -> String {
        "# yaml-language-server: $schema=" + String(repeating: "../", count: depth) + name
    }

    /// The name of the file that holds it, in the mappings directory.
    public static let name = ".schema.json"

    private static var root: SchemaNode {
        [
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "A mapping file of isthmus",
            "description": "Printed by: isthmus mappings schema",
            "type": "object",
            "required": ["format", "table", "kind"],
            "properties": .keys(TableHead.columns.map { ($0.name, $0.schema) }),
            "additionalProperties": .flag(false),
            "allOf": .list(TableKind.allCases.map(kind)),
            "$defs": .keys(
                TableKind.allCases.map { ("\($0.rawValue)-row", row($0)) } + [
                    ("scalar", .scalar), ("lossClass", lossClasses), ("settings", .settings),
                    ("condition", .condition()), ("value-condition", .condition(sides: ValueRow.sides)),
                    ("test", test),
                ]
                    + ValueRow.sides.flatMap { side in
                        [("side-\(side.rawValue)", SchemaNode.side(side))]
                            + ValueColumn.columns(of: side).map { ($0.reference(side), $0.wordSchema) }
                    }
            ),
        ]
    }

    /// What holds for the files of one kind.
    private static func kind(_ kind: TableKind) -> SchemaNode {
        var properties: [(String, SchemaNode)] = [("rows", ["items": .reference("\(kind.rawValue)-row")])]
        for column in TableHead.columns where column.kinds.map({ !$0.contains(kind) }) ?? false {
            properties.append((column.name, .flag(false)))
        }
        return [
            "if": ["properties": ["kind": ["const": .text(kind.rawValue)]], "required": ["kind"]],
            "then": ["properties": .keys(properties)],
        ]
    }

    private static func row(_ kind: TableKind) -> SchemaNode {
        let columns = TableColumn.common + kind.columns
        var node: [(String, SchemaNode)] = [
            ("type", "object"),
            ("required", .texts(columns.filter(\.isRequired).map(\.name))),
            ("properties", .keys(columns.map { ($0.name, $0.schema) })),
            ("additionalProperties", .flag(false)),
        ]
        node += kind.rules
        return .keys(node)
    }

    private static var lossClasses: SchemaNode { ["enum": .texts(LossClass.allCases.map(\.rawValue))] }

    private static var test: SchemaNode {
        .keys([
            ("type", "object"),
            ("required", ["name", "given", "expect"]),
            ("properties", .keys(TestReader.columns.map { ($0.name, $0.schema) })),
            ("additionalProperties", .flag(false)),
        ])
    }
}

extension SchemaNode {
    /// Any single value: the reader takes it as text.
    static let scalar: SchemaNode = ["type": ["string", "number", "boolean"]]

    /// A part that is declared once.
    static func reference(_ name: String) -> SchemaNode { ["$ref": .text("#/$defs/\(name)")] }

    /// One of some words; numbers may stand without quotes.
    static func words(_ words: [String]) -> SchemaNode {
        ["enum": .list(words.map { .text($0) } + words.compactMap { Int($0).map { .number($0) } })]
    }

    static func list(of node: SchemaNode) -> SchemaNode { ["type": "array", "items": node] }

    static func any(_ nodes: [SchemaNode]) -> SchemaNode { ["anyOf": .list(nodes)] }

    /// Keys with their values, and no others.
    static func object(_ keys: [(String, SchemaNode)], required: [String] = []) -> SchemaNode {
        var node: [(String, SchemaNode)] = [("type", "object")]
        if !required.isEmpty { node.append(("required", .texts(required))) }
        node += [("properties", .keys(keys)), ("additionalProperties", .flag(false))]
        return .keys(node)
    }

    /// Switches with a value each.
    static var settings: SchemaNode { .object(Switch.allCases.map { ($0.name, $0.domain.schema) }) }

    /// Switches with the values under which a row holds; sides of a value row may stand among these.
    static func condition(sides: [Vocabulary] = []) -> SchemaNode {
        let switches = Switch.allCases.map { name -> (String, SchemaNode) in
            let value = SchemaNode.reference("settings/properties/\(name.name)")
            return (name.name, .any([value, .list(of: value)]))
        }
        return .object(switches + sides.map { ($0.rawValue, .reference("side-\($0.rawValue)")) })
    }

    /// The columns of one side of value rows.
    static func side(_ side: Vocabulary) -> SchemaNode {
        .object(ValueColumn.columns(of: side).map { ($0.name, $0.cellSchema(side)) })
    }
}

extension Switch.Domain {
    fileprivate var schema: SchemaNode {
        switch self {
        case .words(let words): .words(words)
        case .duration: ["type": "string", "pattern": "^(off|[0-9]+(ms|s|min|h))$"]
        case .domains, .users: .any([["type": "string"], .list(of: ["type": "string"])])
        }
    }
}

extension ValueColumn {
    /// The name of what can stand in it.
    fileprivate func reference(_ side: Vocabulary) -> String { "\(side.rawValue)-\(name)" }

    /// One of its words, or any text.
    fileprivate var wordSchema: SchemaNode { words.map { .words($0) } ?? .scalar }

    /// What can stand in a cell.
    fileprivate func cellSchema(_ side: Vocabulary) -> SchemaNode {
        let word = SchemaNode.reference(reference(side))
        var forms: [SchemaNode] = [word, .words(["none", "any"])]
        if case .set = domain { forms.append(.list(of: word)) }
        forms.append(.object([("contains", word)], required: ["contains"]))
        forms.append(.object([("contains-any", .any([word, .list(of: word)]))], required: ["contains-any"]))
        if domain == .text { forms.append(.object([("from", .scalar)], required: ["from"])) }
        return .keys([("description", .text("\(what) (\(source))")), ("anyOf", .list(forms))])
    }
}
