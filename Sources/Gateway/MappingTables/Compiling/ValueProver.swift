/// Proves at load what value tables claim: rows that are equal both ways map one to one, and every record has an answer.
struct ValueProver {
    let findings: Findings
    /// The most records that are tried one by one where a table does not say what becomes of the unmapped.
    static let records = 65_536

    /// Proves one table under the switches of each route.
    ///
    /// - Returns: what was proved, in a sentence.
    func prove(_ source: ValueTableSource, under switches: [SwitchSet]) -> String? {
        guard let position = source.position else { return nil }
        var missing: [String] = []
        for switches in switches {
            let table = source.table(switches)
            for row in source.rows where row.isEqual && row.way == .both && row.condition.holds(switches) {
                for target in row.sides where !isReversible(row, target, table) {
                    missing.append("\(row.id) \(target.way.rawValue)")
                }
            }
            for (target, direction) in table.directions.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                prove(direction, to: target, source.name, position)
            }
        }
        for name in Set(missing).sorted() {
            findings.add(
                position,
                "not-reversible",
                "the row \(name) of \(source.name) is not one to one: another row answers instead",
                help: "rows that are equal both ways take and give what no other row takes; say broader or a way"
            )
        }
        let pairs = source.rows.filter { $0.isEqual && $0.way == .both }.count
        let sizes = source.columns.keys.sorted { $0.rawValue < $1.rawValue }.compactMap { target -> String? in
            let table = switches.first.map { source.table($0) }
            guard let direction = table?.directions[target] else { return nil }
            return "\(Self.size(of: direction.columns)) records \(target.way.rawValue)"
        }
        return "\(source.name): \(pairs) rows map one to one, and \(sizes.joined(separator: " and ")) have their answer"
    }

    /// What a row gives on one side leads back to it and to what it takes.
    private func isReversible(_ row: ValueRow, _ target: Vocabulary, _ table: ValueTable) -> Bool {
        guard let source = row.source(to: target) else { return true }
        let given = Self.record(row, source)
        guard let there = table.answer(given, to: target), there.row == row.row else { return false }
        return table.answer(there.values, to: source).map { $0.row == row.row && $0.values == given } ?? false
    }

    private static func record(_ row: ValueRow, _ side: Vocabulary) -> [String: [String]] {
        (row.results[side] ?? [:]).compactMapValues { result in
            if case .values(let values) = result, !values.isEmpty { values } else { nil }
        }
    }

    // MARK: Totality

    private func prove(
        _ direction: ValueTable.Direction,
        to target: Vocabulary,
        _ name: String,
        _ position: SourcePosition
    ) {
        if direction.fallback != nil { return }
        // A set or a text stands for its many values by nothing and by something that only any takes.
        let values = direction.columns.map { column -> [String] in
            switch column.domain {
            case .word(let words): words + (column.isRequired ? [] : [""])
            case .set, .text: ["", "\u{0}"]
            }
        }
        let count = values.reduce(1) { min($0 * $1.count, Self.records + 1) }
        if let first = values.first, first.allSatisfy({ direction.fallbacks[$0] != nil }) { return }
        let open =
            count > Self.records
            ? "more records than can be tried" : OpenRecord.first(of: direction, values).map(Self.text)
        guard let open else { return }
        findings.add(
            position,
            "not-total",
            "\(name) does not say what becomes \(target.way.rawValue) of \(open)",
            help: "unmapped: {\(target.way.rawValue): {use: ROW, loss: CLASS}}"
        )
    }

    private static func text(_ record: [String: [String]]) -> String {
        let cells = record.sorted { $0.key < $1.key }.map {
            "\($0.key): \($0.value.joined() == "\u{0}" ? "…" : $0.value.joined())"
        }
        return "{" + cells.joined(separator: ", ") + "}"
    }

    /// The number of records, texts aside.
    private static func size(of columns: [ValueColumn]) -> String {
        var size = 1
        for column in columns where column.domain != .text {
            let (product, isTooLarge) = size.multipliedReportingOverflow(by: column.count ?? .max)
            guard !isTooLarge else { return "more than \(size)" }
            size = product
        }
        return String(size)
    }
}
