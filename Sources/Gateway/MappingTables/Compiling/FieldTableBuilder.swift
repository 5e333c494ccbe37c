/// Orders the rows of field tables and looks for those that nothing reaches.
struct FieldTableBuilder {
    let findings: Findings

    func tables(_ merged: [(source: SourceRow, rows: [TypedRow])]) -> [String: [FieldRow]] {
        var tables: [String: [FieldRow]] = [:]
        var taken: [FieldKey: Set<SwitchCondition>] = [:]
        var said: [Saying: [SwitchCondition: SourceRow]] = [:]
        for (source, rows) in merged {
            for case .field(let row) in rows {
                tables[source.table, default: []].append(row)
                // A row that leads both ways and does nothing on one of them is still there for the other.
                let keys = FieldKey.keys(row, of: source.table)
                let covering = [row.condition, SwitchCondition()]
                let settled = keys.filter(\.isSettledByFirst)
                let hidden = settled.filter { key in covering.contains { taken[key]?.contains($0) ?? false } }
                let sayings = keys.map { Saying($0, row) }
                let earlier = sayings.compactMap { saying in covering.compactMap { said[saying]?[$0] }.first }
                if hidden.count == keys.count {
                    findings.unreachable(source)
                } else if earlier.count == keys.count, let first = earlier.first {
                    findings.repeated(source, first)
                }
                for saying in sayings where said[saying]?[row.condition] == nil {
                    said[saying, default: [:]][row.condition] = source
                }
                // What cannot fail and asks no switch gives something for every value; else a later row has its turn.
                let declaration = row.converter.declaration
                guard !declaration.canFail, declaration.switches.isEmpty else { continue }
                for key in settled { taken[key, default: []].insert(row.condition) }
            }
        }
        return tables
    }
}

/// What a row does one way.
private struct Saying: Hashable {
    let key: FieldKey
    let converter: Converter
    let remedy: ConversionRemedy
    let loss: LossClass
    let values: String?

    init(_ key: FieldKey, _ row: FieldRow) {
        self.key = key
        converter = row.converter
        remedy = row.remedy
        loss = row.loss
        values = row.table
    }
}

extension Findings {
    /// A row that does what an earlier one does: what gathers values would have each twice.
    fileprivate func repeated(_ source: SourceRow, _ earlier: SourceRow) {
        let isShipped = source.layer == .standard
        add(
            source.node,
            isShipped ? "unreachable-row" : "shadowed-row",
            "\"\(source.id)\" does what \"\(earlier.id)\" at \(earlier.node.position) does",
            help: "remove one of the two, or write overrides: \(earlier.id) to replace the earlier row",
            severity: isShipped ? .warning : .error
        )
    }
}

/// What a row takes, and what it writes, one way.
private struct FieldKey: Hashable {
    let table: String
    let isInward: Bool
    let source: FieldSelector
    let target: FieldSelector
    let isEvent: Bool

    /// One key for each way that the row leads.
    static func keys(_ row: FieldRow, of table: String) -> [FieldKey] {
        func key(_ isInward: Bool) -> FieldKey {
            FieldKey(
                table: table,
                isInward: isInward,
                source: isInward ? row.outer : row.pivot,
                target: isInward ? row.pivot : row.outer,
                isEvent: row.isEvent
            )
        }
        if row.way == .both { return [key(true), key(false)] }
        return [key(row.way == .toCPIM || row.way == .toPIDF)]
    }

    /// Whether the first row with a value settles the field, whatever the value is.
    ///
    /// Notes, copies, headers, parts and elements gather what several rows give; an address, a time or a number that
    /// cannot be read leaves the field to the next row.
    var isSettledByFirst: Bool {
        switch target {
        case .core(.subject), .core(.content), .core(.contentLanguage), .core(.contentID), .core(.html), .core(.marker),
            .core(.thread), .core(.type), .core(.lang), .core(.body), .core(.originID), .core(.oob),
            .core(.dispositionNotification), .core(.messageID):
            true
        case .core, .element, .descendant, .markup, .header, .annotation, .part, .content: false
        }
    }
}
