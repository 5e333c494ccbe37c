/// Looks for a record of closed sets that no row takes, without trying each record.
///
/// Column by column the rows are left that can still take the record. Values of a column that leave the same rows have the
/// same answer, so that one of them stands for all; and where a row takes whatever comes, nothing is left to try.
struct OpenRecord {
    private let columns: [String]
    private let values: [[String]]
    /// The rows' patterns by column; a column that a row does not name must be absent.
    private let patterns: [[ValuePattern]]
    /// The values of the first column that have an answer without any row.
    private let answered: Set<String>

    /// The first record that is open, in the order in which the first column changes fastest.
    ///
    /// - Parameters:
    ///   - direction: the rows that lead one way.
    ///   - values: of each column what it can be, empty for absent.
    /// - Returns: the values by column; nil when every record has its answer.
    static func first(of direction: ValueTable.Direction, _ values: [[String]]) -> [String: [String]]? {
        let search = OpenRecord(direction, values)
        let found = search.record(column: values.count - 1, Array(direction.rules.indices))
        guard let found else { return nil }
        var record: [String: [String]] = [:]
        for (column, value) in zip(search.columns, found) where !value.isEmpty { record[column] = [value] }
        return record
    }

    private init(_ direction: ValueTable.Direction, _ values: [[String]]) {
        columns = direction.columns.map(\.name)
        self.values = values
        answered = Set(direction.fallbacks.keys)
        patterns = columns.map { column in
            direction.rules.map { rule in rule.cells.first { $0.column == column }?.pattern ?? .absent }
        }
    }

    /// The values of the columns up to one that no row takes, of those that take the rest of the record.
    private func record(column: Int, _ rows: [Int]) -> [String]? {
        guard column >= 0 else { return rows.isEmpty ? [] : nil }
        // A row that takes anything in all columns that are left answers every record.
        if rows.contains(where: { row in (0...column).allSatisfy { patterns[$0][row] == .any } }) { return nil }
        var tried: Set<[Int]> = []
        for value in values[column] where column > 0 || !answered.contains(value) {
            let cell = value.isEmpty ? [] : [value]
            let left = rows.filter { patterns[column][$0].matches(cell) }
            guard tried.insert(left).inserted else { continue }
            if let rest = record(column: column - 1, left) { return rest + [value] }
        }
        return nil
    }
}
