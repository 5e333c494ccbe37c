import MappingTables

/// The rows of tables as they stand in their files.
struct RowIndex {
    private var nodes: [SourcePosition: MappingNode] = [:]

    init(_ files: [TableFile]) {
        for file in files {
            for row in file.root["rows"]?.elements ?? [] { nodes[row.position] = row }
        }
    }

    /// The row as it was written.
    func node(_ row: Generation.RowInfo) -> MappingNode? { nodes[row.position] }

    /// A node on one line, as it could stand in a table.
    static func text(_ node: MappingNode?) -> String {
        guard let node else { return "" }
        if let text = node.text { return text }
        if let elements = node.elements { return "[" + elements.map { text($0) }.joined(separator: ", ") + "]" }
        let pairs = node.pairs ?? []
        return "{" + pairs.map { "\(text($0.key)): \(text($0.value))" }.joined(separator: ", ") + "}"
    }
}
