/// Explains how a record is looked for in a value table.
final class ValueObserver: Sendable {
    private let source: ValueTableSource
    private let switches: SwitchSet
    private let observer: TableObserver

    init(_ source: ValueTableSource, _ switches: SwitchSet, _ observer: TableObserver) {
        self.source = source
        self.switches = switches
        self.observer = observer
    }

    /// Asks each row in turn by the predicate of the table.
    func explain(_ record: [String: [String]], to target: Vocabulary, _ answer: ValueTable.Answer?) {
        let side = source.columns.keys.first { $0 != target }
        let columns = side.flatMap { source.columns[$0] } ?? []
        var step = TableStep(.values, source.name, way: target.way, asked: Self.words(record, columns))
        step.answer = answer.map { Self.words($0.values, source.columns[target] ?? []) }
        step.given = answer?.row
        var taker: RowID?
        var misses: [Int] = []
        for row in source.rows {
            let found = explain(row, record, to: target, taker, answer)
            if found.row.reason == .matched {
                taker = row.row
                step.fired = [row.row]
            }
            step.rows.append(found.row)
            misses.append(found.misses)
        }
        if let least = misses.min(), least < .max, let index = misses.firstIndex(of: least) {
            step.rows[index].isNear = true
        }
        if taker == nil, let part = source.unmapped.last(where: { $0.target == target }) {
            let why =
                answer?.row.map { "no row takes it: \(observer.name($0)) holds, by unmapped" }
                ?? "no row takes it, and unmapped does not say what holds for it"
            var row = TableStep.Row(
                row: nil,
                name: "\(source.name).unmapped",
                position: part.node.position,
                reason: answer == nil ? .column : .fallback,
                why: why
            )
            row.isNear = true
            row.after = step.answer.map { [$0] } ?? []
            row.losses = answer?.loss.map { [RuleTrace.Loss(lossClass: $0)] } ?? []
            step.rows.append(row)
            if let row = answer?.row { step.fired = [row] }
        }
        step.rows += observer.idle(.values, table: source.name, besides: Set(source.rows.map(\.row)))
        observer.witness.record(step)
    }

    /// The row with how many of its columns differ; the largest number where that does not matter.
    private func explain(
        _ row: ValueRow,
        _ record: [String: [String]],
        to target: Vocabulary,
        _ taker: RowID?,
        _ answer: ValueTable.Answer?
    ) -> (row: TableStep.Row, misses: Int) {
        guard let side = row.source(to: target), let rule = row.rule(to: target, from: side) else {
            return (observer.row(row.row, .otherWay, row.way.words), .max)
        }
        let count = record.values.count { !$0.isEmpty }
        let columns = source.columns[side] ?? []
        guard rule.matches(record, count: count) else {
            let missed = Self.misses(rule, record)
            return (observer.row(row.row, .column, missed.joined(separator: "; ")), missed.count)
        }
        if let obstacle = row.condition.obstacle(switches) {
            return (observer.row(row.row, .condition, obstacle), 0)
        }
        if let taker {
            return (observer.row(row.row, .earlierRow, "\(observer.name(taker)) comes before it"), .max)
        }
        let values = Self.words(rule.answer(for: record).values, source.columns[target] ?? [])
        let asked = Self.words(record, columns)
        var step = observer.row(row.row, .matched, "\(asked) → \(values)")
        step.before = [asked]
        step.after = [values]
        step.losses = rule.answer.loss.map { [RuleTrace.Loss(lossClass: $0)] } ?? []
        return (step, .max)
    }

    /// What differs, column by column.
    private static func misses(_ rule: ValueTable.Rule, _ record: [String: [String]]) -> [String] {
        var misses: [String] = []
        for (column, pattern) in rule.cells where !pattern.matches(record[column] ?? []) {
            misses.append("\(column): \(pattern.words) ≠ \(words(record[column] ?? []))")
        }
        let named = Set(rule.cells.map(\.column))
        for (column, values) in record.sorted(by: { $0.key < $1.key }) where !values.isEmpty && !named.contains(column)
        {
            misses.append("it names no \(column), which is \(words(values))")
        }
        return misses
    }

    private static func words(_ values: [String]) -> String {
        switch values.count {
        case 0: "none"
        case 1: shortened(values[0])
        default: "[" + values.map { shortened($0) }.joined(separator: ", ") + "]"
        }
    }

    /// A record in the order of the table's columns.
    private static func words(_ record: [String: [String]], _ columns: [ValueColumn]) -> String {
        let order = columns.map(\.name)
        let names = order + record.keys.filter { !order.contains($0) }.sorted()
        let parts = names.compactMap { name in
            record[name].flatMap { $0.isEmpty ? nil : "\(name): \(words($0))" }
        }
        return parts.isEmpty ? "nothing" : parts.joined(separator: ", ")
    }
}

extension ValuePattern {
    /// The cell as it stands in a file.
    var words: String {
        switch self {
        case .absent: "none"
        case .text(let text): text
        case .exactly(let texts): "[\(texts.joined(separator: ", "))]"
        case .any: "any"
        case .contains(let text): "{contains: \(text)}"
        case .containsAny(let texts): "{contains-any: [\(texts.joined(separator: ", "))]}"
        }
    }
}
