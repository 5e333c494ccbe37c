/// What differs between the rows of two sets of mapping files.
///
/// Rows are told by folder, table and id. Comments, tests and layout do not count, as they do not for the identifier of
/// a generation. What a table says beside its rows, `otherwise` and `unmapped`, counts as a row of that name in
/// parentheses.
public struct GenerationDiff: Sendable {
    /// One row that differs.
    public struct Change: Sendable, Hashable {
        /// How a row differs.
        public enum Kind: String, Sendable, CaseIterable {
            /// It is there after and not before.
            case added
            /// It is there before and not after.
            case removed
            /// It has other columns.
            case changed
            /// It has the same columns and stands elsewhere among the rows of its table, so that it may match elsewhere.
            case moved
        }

        /// How the row differs.
        public let kind: Kind
        /// `TABLE.ID`.
        public let row: String
        /// The neighbor whose row it is; nil for all.
        public let peer: String?
        /// Where it stands before; nil for a row that was added.
        public let before: SourcePosition?
        /// Where it stands after; nil for a row that was removed.
        public let after: SourcePosition?
        /// The columns that differ, by name.
        public let columns: [Column]
    }

    /// One column of a row before and after.
    public struct Column: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// Its value as it would stand in a file, shortened; nil where the row has no such column.
        public let before: String?
        /// The same after.
        public let after: String?
    }

    /// The rows that differ, by table, folder and place.
    public let changes: [Change]

    /// The most scalars of a value that are kept.
    static let longestValue = 1_000

    /// Compares two sets of files.
    ///
    /// - Parameters:
    ///   - before: the files before, in the order in which their rows match.
    ///   - after: the files after.
    public init(_ before: [TableFile], _ after: [TableFile]) {
        let one = RowList(before)
        let other = RowList(after)
        var changes: [Change] = []
        for (key, entry) in one.rows where other.rows[key] == nil {
            let columns = entry.columns.map { Column(name: $0.key, before: $0.value.flowText, after: nil) }
            changes.append(Change(.removed, key, before: entry, after: nil, columns))
        }
        let moved = one.moved(in: other)
        for (key, entry) in other.rows {
            guard let earlier = one.rows[key] else {
                let columns = entry.columns.map { Column(name: $0.key, before: nil, after: $0.value.flowText) }
                changes.append(Change(.added, key, before: nil, after: entry, columns))
                continue
            }
            let names = Set(earlier.columns.keys).union(entry.columns.keys)
            let columns = names.compactMap { name -> Column? in
                let (old, new) = (earlier.columns[name], entry.columns[name])
                if let old, let new, old.says(new) { return nil }
                return Column(name: name, before: old?.flowText, after: new?.flowText)
            }
            if !columns.isEmpty {
                changes.append(Change(.changed, key, before: earlier, after: entry, columns))
            } else if moved.contains(key) {
                changes.append(Change(.moved, key, before: earlier, after: entry, []))
            }
        }
        self.changes = changes.sorted { $0.order < $1.order }
    }
}

extension GenerationDiff.Change {
    fileprivate init(
        _ kind: Kind,
        _ key: RowList.Key,
        before: RowList.Entry?,
        after: RowList.Entry?,
        _ columns: [GenerationDiff.Column]
    ) {
        self.kind = kind
        row = "\(key.table).\(key.id)"
        if case .peer(let domain) = key.layer { peer = domain } else { peer = nil }
        self.before = before?.position
        self.after = after?.position
        self.columns = columns.sorted { $0.name < $1.name }
    }

    fileprivate var order: (String, String, SourcePosition, String) {
        let table = row.split(separator: ".").dropLast().joined(separator: ".")
        return (table, peer ?? "", after ?? before ?? SourcePosition(file: "", line: 0, column: 0), row)
    }
}

/// The rows of files by folder, table and id.
private struct RowList {
    struct Key: Hashable {
        let layer: TableFile.Layer
        let table: String
        let id: String
    }

    struct Entry {
        let position: SourcePosition
        let columns: [String: MappingNode]
        /// The place among all rows of the files.
        let place: Int
    }

    private(set) var rows: [Key: Entry] = [:]

    init(_ files: [TableFile]) {
        for file in files {
            guard let table = file.root["table"]?.text else { continue }
            for part in ["otherwise", "unmapped"] {
                guard let node = file.root[part] else { continue }
                insert(node, Key(layer: file.layer, table: table, id: "(\(part))"))
            }
            for node in file.root["rows"]?.elements ?? [] {
                guard let id = node["id"]?.text else { continue }
                insert(node, Key(layer: file.layer, table: table, id: id))
            }
        }
    }

    private mutating func insert(_ node: MappingNode, _ key: Key) {
        guard rows[key] == nil, let pairs = node.pairs else { return }
        var columns: [String: MappingNode] = [:]
        for (name, value) in pairs { if let name = name.text, name != "about" { columns[name] = value } }
        rows[key] = Entry(position: node.position, columns: columns, place: rows.count)
    }

    /// The fewest rows of both lists without which the others stand in the same order.
    func moved(in other: RowList) -> Set<Key> {
        var tables: [String: [(place: Int, key: Key)]] = [:]
        for (key, entry) in rows where other.rows[key] != nil {
            tables[key.table, default: []].append((entry.place, key))
        }
        var moved: Set<Key> = []
        for rows in tables.values {
            let keys = rows.sorted { $0.place < $1.place }.map(\.key)
            let places = keys.map { other.rows[$0]?.place ?? 0 }
            let kept = Set(Self.longestRise(places))
            for (index, key) in keys.enumerated() where !kept.contains(index) { moved.insert(key) }
        }
        return moved
    }

    /// The indices of a longest rising subsequence of distinct numbers.
    private static func longestRise(_ numbers: [Int]) -> [Int] {
        var ends: [Int] = []
        var previous = [Int](repeating: -1, count: numbers.count)
        for (index, number) in numbers.enumerated() {
            var (low, high) = (0, ends.count)
            while low < high {
                let middle = (low + high) / 2
                if numbers[ends[middle]] < number { low = middle + 1 } else { high = middle }
            }
            if low > 0 { previous[index] = ends[low - 1] }
            if low == ends.count { ends.append(index) } else { ends[low] = index }
        }
        var rise: [Int] = []
        var index = ends.last ?? -1
        while index >= 0 {
            rise.append(index)
            index = previous[index]
        }
        return rise.reversed()
    }
}

extension MappingNode {
    /// Whether two nodes say the same, wherever they stand and however they are written.
    fileprivate func says(_ other: MappingNode) -> Bool {
        switch (value, other.value) {
        case (.scalar(let one, _), .scalar(let two, _)): return one == two
        case (.sequence(let one), .sequence(let two)):
            return one.count == two.count && zip(one, two).allSatisfy { $0.says($1) }
        case (.mapping(let one), .mapping(let two)):
            func named(_ pairs: [(key: MappingNode, value: MappingNode)]) -> [(name: String, value: MappingNode)] {
                pairs.map { ($0.key.text ?? "", $0.value) }.filter { $0.name != "about" }.sorted { $0.name < $1.name }
            }
            let (one, two) = (named(one), named(two))
            return one.count == two.count && zip(one, two).allSatisfy { $0.name == $1.name && $0.value.says($1.value) }
        default: return false
        }
    }

    /// The node on one line, as it would stand in a file, shortened.
    fileprivate var flowText: String {
        let text = whole.unicodeScalars
        guard text.count > GenerationDiff.longestValue else { return String(text) }
        return String(text.prefix(GenerationDiff.longestValue)) + "…"
    }

    private var whole: String {
        switch value {
        case .scalar(let text, let style):
            let isPlain = style == .plain && !text.isEmpty
            return isPlain ? text : "\"" + text.replacingLineBreaks + "\""
        case .sequence(let nodes): return "[" + nodes.map(\.whole).joined(separator: ", ") + "]"
        case .mapping(let pairs):
            return "{" + pairs.map { "\($0.key.text ?? ""): \($0.value.whole)" }.joined(separator: ", ") + "}"
        }
    }
}

extension String {
    fileprivate var replacingLineBreaks: String {
        var text = ""
        for character in self { if character.isNewline { text += "\\n" } else { text.append(character) } }
        return text
    }
}
