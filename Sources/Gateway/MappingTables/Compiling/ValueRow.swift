/// A row of a value table: what it takes on one side and gives on the other.
struct ValueRow: Sendable {
    let row: RowID
    let id: String
    /// The two sides that it joins.
    let sides: [Vocabulary]
    let way: Way
    /// Whether it claims that what it takes and what it gives mean the same.
    let isEqual: Bool
    /// What it takes, by side.
    let patterns: [Vocabulary: [String: ValuePattern]]
    /// What it gives, by side.
    let results: [Vocabulary: [String: ValueResult]]
    let loss: LossClass?
    let condition: SwitchCondition

    /// The side that it comes from when it leads to a side; nil when it does not lead there.
    func source(to target: Vocabulary) -> Vocabulary? {
        guard way == .both || way == target.way, sides.contains(target) else { return nil }
        return sides.first { $0 != target }
    }

    /// The row as a rule one way; its cells are empty where it is used for what no row takes.
    func rule(to target: Vocabulary, from source: Vocabulary) -> ValueTable.Rule? {
        guard let results = results[target] else { return nil }
        var answer = ValueTable.Answer(values: [:], row: row, loss: loss)
        var copies: [(column: String, from: String)] = []
        for (column, result) in results.sorted(by: { $0.key < $1.key }) {
            switch result {
            case .values(let values): answer.values[column] = values.isEmpty ? nil : values
            case .copy(let source): copies.append((column, source))
            }
        }
        return ValueTable.Rule(row: row, cells: cells(from: source), answer: answer, copies: copies)
    }

    /// What it takes on one side, in the order of the columns' names.
    func cells(from source: Vocabulary) -> [(column: String, pattern: ValuePattern)] {
        (patterns[source] ?? [:]).sorted { $0.key < $1.key }.map { (column: $0.key, pattern: $0.value) }
    }

    /// Whether it takes everything that another row takes one way.
    func covers(_ other: ValueRow, from source: Vocabulary) -> Bool {
        guard condition.terms.isEmpty || condition == other.condition else { return false }
        let mine = patterns[source] ?? [:]
        let its = other.patterns[source] ?? [:]
        return mine.allSatisfy { $0.value.covers(its[$0.key] ?? .absent) }
            && its.allSatisfy { mine[$0.key] != nil || $0.value == .absent }
    }
}

/// What a value table says of records that no row takes, one way.
struct UnmappedRow: Sendable {
    let table: String
    let target: Vocabulary
    let layer: TableFile.Layer
    /// The row for all of them; nil when that depends on the first column.
    let all: String?
    /// The row by the value of the first column, empty for none.
    let byFirst: [String: String]
    let loss: LossClass?
    let node: MappingNode
}
