/// Orders the rows of a value table and looks for those that nothing reaches.
struct ValueTableBuilder {
    let findings: Findings

    func source(
        _ name: String,
        _ rows: [(source: SourceRow, row: ValueRow)],
        _ unmapped: [UnmappedRow]
    ) -> ValueTableSource {
        let sides = rows.first?.row.sides ?? []
        for (source, row) in rows where row.sides != sides {
            findings.add(
                source.node,
                "unknown-column",
                "\"\(row.id)\" joins other sides than the table does",
                help: "the rows of this table join \(sides.map(\.rawValue).joined(separator: " and "))"
            )
        }
        for target in sides {
            var index = PatternIndex()
            for (place, (source, row)) in rows.enumerated() {
                guard let origin = row.source(to: target) else { continue }
                let cells = row.patterns[origin] ?? [:]
                if index.covers(cells, row.condition, by: { rows[$0].row.covers(row, from: origin) }) {
                    unreachable(source, target)
                }
                index.insert(place, row.cells(from: origin), row.condition)
            }
        }
        let columns = sides.map { side in (side, Self.columns(of: side, rows.map(\.row))) }
        for part in unmapped { check(part, rows.map(\.row), columns) }
        return ValueTableSource(
            name: name,
            rows: rows.map(\.row),
            unmapped: unmapped,
            columns: Dictionary(columns, uniquingKeysWith: { first, _ in first }),
            position: rows.first?.source.node.position
        )
    }

    /// The columns that rows name on one side, in the order of their declarations.
    private static func columns(of side: Vocabulary, _ rows: [ValueRow]) -> [ValueColumn] {
        var names: Set<String> = []
        for row in rows {
            names.formUnion((row.patterns[side] ?? [:]).keys)
            names.formUnion((row.results[side] ?? [:]).keys)
        }
        return ValueColumn.columns(of: side).filter { names.contains($0.name) }
    }

    /// A row of a later folder that an earlier one hides was meant to replace it.
    private func unreachable(_ source: SourceRow, _ target: Vocabulary) {
        let isShipped = source.layer == .standard
        findings.add(
            source.node,
            isShipped ? "unreachable-row" : "shadowed-row",
            "\"\(source.id)\" is never reached \(target.way.rawValue): an earlier row takes all that it matches",
            help: "write overrides: ID to replace the earlier row, or remove this one, or say which way it leads",
            severity: isShipped ? .warning : .error
        )
    }

    private func check(
        _ part: UnmappedRow,
        _ rows: [ValueRow],
        _ columns: [(side: Vocabulary, columns: [ValueColumn])]
    ) {
        let known = rows.filter { $0.results[part.target] != nil }.map(\.id)
        let ids = Set(known)
        for id in (part.all.map { [$0] } ?? []) + part.byFirst.values.sorted() where !ids.contains(id) {
            findings.add(
                part.node,
                "unknown-value",
                "\"\(id.prefix(64))\" is no row that leads \(part.target.way.rawValue)",
                help: "rows that do: " + known.prefix(24).joined(separator: ", ")
            )
        }
        guard let first = columns.first(where: { $0.side != part.target })?.columns.first else { return }
        let words = (first.words ?? []) + (first.isRequired ? [] : [""])
        for word in part.byFirst.keys.sorted() where !words.contains(word) {
            findings.add(
                part.node,
                "unknown-value",
                "\"\(word.prefix(64))\" is not \(first.what)",
                help: "expected one of " + words.map { $0.isEmpty ? "none" : $0 }.joined(separator: ", ")
            )
        }
    }
}

/// The rows of a value table in force for a neighbor, from which the table of each set of switches is made.
struct ValueTableSource: Sendable {
    let name: String
    let rows: [ValueRow]
    let unmapped: [UnmappedRow]
    let columns: [Vocabulary: [ValueColumn]]
    let position: SourcePosition?
    /// The table itself where no row depends on switches.
    private let shared: ValueTable?
    /// The sides that its rows lead to.
    private let targets: [Vocabulary]
    /// The switches on which rows depend.
    let switches: Set<Switch>

    init(
        name: String,
        rows: [ValueRow],
        unmapped: [UnmappedRow],
        columns: [Vocabulary: [ValueColumn]],
        position: SourcePosition?
    ) {
        self.name = name
        self.rows = rows
        self.unmapped = unmapped
        self.columns = columns
        self.position = position
        switches = Set(rows.flatMap { $0.condition.terms.map(\.name) })
        // A way that some row leads is one of the table's, whether or not that row holds under the switches.
        targets = columns.keys.filter { target in
            rows.contains { $0.source(to: target) != nil } || unmapped.contains { $0.target == target }
        }
        shared = switches.isEmpty ? Self.table(name, rows, unmapped, columns, targets) : nil
    }

    /// Of sets of switches one for each that makes a table of its own.
    func distinct(_ sets: [SwitchSet]) -> [SwitchSet] {
        let names = switches.sorted { $0.rawValue < $1.rawValue }
        var seen: Set<[String]> = []
        return sets.filter { set in seen.insert(names.map { set.text($0) }).inserted }
    }

    func table(_ switches: SwitchSet) -> ValueTable {
        shared ?? Self.table(name, rows.filter { $0.condition.holds(switches) }, unmapped, columns, targets)
    }

    private static func table(
        _ name: String,
        _ rows: [ValueRow],
        _ unmapped: [UnmappedRow],
        _ columns: [Vocabulary: [ValueColumn]],
        _ targets: [Vocabulary]
    ) -> ValueTable {
        var directions: [Vocabulary: ValueTable.Direction] = [:]
        for target in targets {
            guard let source = columns.keys.first(where: { $0 != target }) else { continue }
            let rules = rows.compactMap { $0.source(to: target) == nil ? nil : $0.rule(to: target, from: source) }
            let part = unmapped.last { $0.target == target }
            let named = Dictionary(rows.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            func fallback(_ id: String) -> ValueTable.Rule? { named[id]?.rule(to: target, from: source) }
            directions[target] = direction(
                columns[source] ?? [],
                rules,
                fallback: part?.all.flatMap(fallback),
                fallbacks: (part?.byFirst ?? [:]).compactMapValues(fallback),
                loss: part?.loss,
                source
            )
        }
        return ValueTable(name: name, directions: directions, targets: columns)
    }

    private static func direction(
        _ columns: [ValueColumn],
        _ rules: [ValueTable.Rule],
        fallback: ValueTable.Rule?,
        fallbacks: [String: ValueTable.Rule],
        loss: LossClass?,
        _ source: Vocabulary
    ) -> ValueTable.Direction {
        ValueTable.Direction(
            source: source,
            columns: columns,
            rules: rules,
            fallbacks: fallbacks,
            fallback: fallback,
            fallbackLoss: loss
        )
    }
}
