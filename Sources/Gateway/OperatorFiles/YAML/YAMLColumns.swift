import MappingTables

/// Characters put into a source before it is parsed, and the columns that the source has without them.
///
/// The parser refuses a mapping with a repeated key and names only the first of its places. A character put into that
/// first key makes it differ, so that the rest is read and every repetition can be shown where it stands.
struct YAMLColumns {
    /// What is put in; it may stand in plain and in quoted text.
    private static let first: UInt32 = 0xF0000

    /// Columns of the source, by line and ascending, and which character stands before each.
    private var marked: [Int: [(column: Int, scalar: Unicode.Scalar)]] = [:]
    /// The places of the keys that were marked.
    private(set) var keys: Set<SourcePosition> = []

    /// Puts a character before a column, into a key of that line.
    mutating func insert(column: Int, ofKeyAt key: SourcePosition) {
        let scalar = Unicode.Scalar(Self.first + UInt32(keys.count)) ?? "\u{F0000}"
        marked[key.line, default: []].append((column, scalar))
        marked[key.line]?.sort { $0.column < $1.column }
        keys.insert(key)
    }

    /// A line with its characters put in.
    func mark(_ line: [Unicode.Scalar], number: Int) -> [Unicode.Scalar] {
        var line = line
        for (column, scalar) in (marked[number] ?? []).reversed() {
            line.insert(scalar, at: min(column - 1, line.count))
        }
        return line
    }

    /// The column of the source for a column that the parser reports.
    func original(line: Int, column: Int) -> Int {
        var column = column
        for inserted in marked[line] ?? [] where inserted.column < column { column -= 1 }
        return column
    }
}
