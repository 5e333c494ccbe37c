/// A file of a table, its head checked.
struct TableHead {
    let name: String
    let kind: TableKind
    let layer: TableFile.Layer
    let rows: [MappingNode]
    let otherwise: MappingNode?
    let unmapped: MappingNode?
    let tests: [MappingNode]
    let root: MappingNode

    /// The format that this code reads.
    static let format = "isthmus-mapping/1"

    init?(_ file: TableFile, _ findings: Findings) {
        var reader = RowReader(file.root, findings)
        if let format = reader.required("format", Self.format), format != Self.format, let node = file.root["format"] {
            findings.add(
                node,
                "unknown-format",
                "\"\(format.prefix(64))\" is not a format that is read here",
                help: "expected \(Self.format)"
            )
        }
        let name = reader.required("table", "the name of the table")
        _ = reader.required("kind", "one of " + TableKind.allCases.map(\.rawValue).joined(separator: ", "))
        let kind = file.root["kind"] == nil ? nil : reader.choice("kind", TableKind.self, "a kind of table")
        _ = reader.text("about")
        let rows = Self.list("rows", &reader)
        let tests = Self.list("tests", &reader)
        otherwise = kind == .routes ? reader.column("otherwise") : nil
        unmapped = kind == .values ? reader.column("unmapped") : nil
        reader.finish("a mapping file")
        guard let name, let kind else { return nil }
        if case .peer = file.layer, kind == .addresses || kind == .profiles {
            findings.add(
                file.root,
                "not-for-peers",
                "\(kind.rawValue) tables hold for all neighbors",
                help: "move the rows to 50-site"
            )
        }
        self.name = name
        self.kind = kind
        self.layer = file.layer
        self.rows = rows
        self.tests = tests
        root = file.root
    }

    private static func list(_ key: String, _ reader: inout RowReader) -> [MappingNode] {
        guard let node = reader.column(key) else { return [] }
        if let elements = node.elements { return elements }
        if node.text?.isEmpty == true { return [] }
        reader.findings.add(
            node,
            "wrong-type",
            "\"\(key)\" must be a list",
            help: "write each on a line that begins with -"
        )
        return []
    }
}
