extension RowCompiler {
    func value(_ source: SourceRow, _ reader: inout RowReader) -> ValueRow? {
        let sides = ValueRow.sides
        let names = sides.map(\.rawValue)
        var given: [Vocabulary: MappingNode] = [:]
        for side in sides {
            if reader.nested(side.rawValue) != nil { given[side] = source.node[side.rawValue] }
        }
        // What a row only takes stands in when, beside switches.
        var taken: [Vocabulary: MappingNode] = [:]
        for (name, value) in source.node["when"]?.pairs ?? [] {
            guard let side = sides.first(where: { $0.rawValue == name.text }) else { continue }
            taken[side] = value
        }
        let ways: [Way] = [.both, .toXMPP, .toCPIM, .toPIDF, .toSIP]
        let way =
            reader.word("way", among: ways.map(\.rawValue), "a way of value tables").flatMap { Way(rawValue: $0) }
            ?? .both
        _ = reader.required("relation", "equal, broader or narrower")
        let relation = reader.word("relation", among: ValueRow.relations, "a relation")
        let loss = reader.word("loss", among: LossClass.allCases.map(\.rawValue), "a class of losses")
        let condition = reader.condition(leaving: names)
        reader.finish("value rows")
        let joined = sides.filter { given[$0] != nil || taken[$0] != nil }
        guard joined.count == 2, given.count + taken.count == 2 else {
            findings.add(
                source.node,
                "missing-column",
                "a value row joins two of \(names.joined(separator: ", "))",
                help: "xmpp: {COLUMN: VALUE}, pidf: {COLUMN: VALUE}"
            )
            return nil
        }
        guard way == .both || joined.contains(where: { $0.way == way && taken[$0] == nil }),
            way != .both || taken.isEmpty
        else {
            findings.add(
                source.node["way"] ?? source.node,
                "unknown-value",
                "the row cannot lead \(way.rawValue): that side is not given",
                help: "what stands in when is only taken; write way: to-… for the side that is given"
            )
            return nil
        }
        var patterns: [Vocabulary: [String: ValuePattern]] = [:]
        var results: [Vocabulary: [String: ValueResult]] = [:]
        for side in joined {
            guard let node = given[side] ?? taken[side] else { continue }
            let other = joined.first { $0 != side } ?? side
            if way != side.way { patterns[side] = cells(node, side, isBoth: way == .both) }
            if way == .both || way == side.way {
                results[side] = self.results(node, side, copying: given[other] ?? taken[other])
            }
        }
        return ValueRow(
            row: source.row,
            id: source.id,
            sides: joined,
            way: way,
            isEqual: relation == "equal",
            patterns: patterns,
            results: results,
            loss: loss.flatMap { LossClass(rawValue: $0) },
            condition: condition
        )
    }

    // MARK: Cells

    private func columns(_ node: MappingNode, _ side: Vocabulary) -> [(column: ValueColumn, node: MappingNode)] {
        let known = ValueColumn.columns(of: side)
        guard let pairs = node.pairs else {
            findings.add(node, "wrong-type", "\"\(side.rawValue)\" must have keys", help: "write {COLUMN: VALUE}")
            return []
        }
        return pairs.compactMap { key, value in
            if let column = known.first(where: { $0.name == key.text }) { return (column, value) }
            findings.unknown(
                key,
                "unknown-column",
                "a column of \(side.rawValue) in value rows",
                among: known.map(\.name)
            )
            return nil
        }
    }

    private func cells(_ node: MappingNode, _ side: Vocabulary, isBoth: Bool) -> [String: ValuePattern] {
        var cells: [String: ValuePattern] = [:]
        for (column, value) in columns(node, side) {
            cells[column.name] = isBoth ? concrete(value, column).map(Self.pattern) : pattern(value, column)
        }
        return cells
    }

    private static func pattern(_ values: [String]) -> ValuePattern {
        switch values.count {
        case 0: .absent
        case 1: .text(values[0])
        default: .exactly(values.sorted())
        }
    }

    private func pattern(_ node: MappingNode, _ column: ValueColumn) -> ValuePattern? {
        if node.text == "any" { return .any }
        guard node.pairs != nil else { return concrete(node, column).map(Self.pattern) }
        var reader = RowReader(node, findings)
        let one = reader.column("contains")
        let some = reader.column("contains-any")
        reader.finish("a pattern")
        if let one { return word(one, column).map { .contains($0) } }
        if let some { return .containsAny((some.elements ?? [some]).compactMap { word($0, column) }) }
        return nil
    }

    private func results(
        _ node: MappingNode,
        _ side: Vocabulary,
        copying other: MappingNode?
    ) -> [String: ValueResult] {
        var results: [String: ValueResult] = [:]
        for (column, value) in columns(node, side) {
            if let source = value["from"], column.domain == .text {
                let known = (other?.pairs ?? []).compactMap(\.key.text)
                if let name = source.text, known.contains(name) {
                    results[column.name] = .copy(name)
                } else {
                    findings.unknown(source, "unknown-column", "a column that the row takes", among: known)
                }
            } else if let values = concrete(value, column) {
                results[column.name] = .values(values)
            }
        }
        return results
    }

    /// A text, a list, or `none`.
    private func concrete(_ node: MappingNode, _ column: ValueColumn) -> [String]? {
        if node.text == "none" { return [] }
        if node.text != nil { return word(node, column).map { [$0] } }
        guard let elements = node.elements, case .set = column.domain else {
            findings.add(
                node,
                "wrong-type",
                "\"\(column.name)\" takes one value here",
                help: "a list stands in columns of several values; any and {contains: …} in rows that lead one way"
            )
            return nil
        }
        return elements.compactMap { word($0, column) }
    }

    private func word(_ node: MappingNode, _ column: ValueColumn) -> String? {
        guard let words = column.words else { return node.text }
        if let text = node.text, words.contains(text) { return text }
        findings.unknown(node, "unknown-value", column.what, among: words, source: column.source)
        return nil
    }

    // MARK: What no row takes

    /// `unmapped: {to-pidf: {use: ROW, loss: CLASS}, to-xmpp: {use: {VALUE: ROW}}}`.
    func unmapped(_ node: MappingNode, _ head: TableHead) -> [UnmappedRow] {
        var reader = RowReader(node, findings)
        var rows: [UnmappedRow] = []
        for target in ValueRow.sides {
            guard var part = reader.nested(target.way.rawValue), let node = node[target.way.rawValue] else { continue }
            let use = part.column("use")
            let loss = part.word("loss", among: LossClass.allCases.map(\.rawValue), "a class of losses")
            part.finish("unmapped")
            if use == nil {
                findings.add(node, "missing-column", "the column \"use\" is missing", help: "use: ROW, or {VALUE: ROW}")
            }
            var byFirst: [String: String] = [:]
            for (key, value) in use?.pairs ?? [] {
                byFirst[key.text == "none" ? "" : key.text ?? ""] = value.text ?? ""
            }
            rows.append(
                UnmappedRow(
                    table: head.name,
                    target: target,
                    layer: head.layer,
                    all: use?.text,
                    byFirst: byFirst,
                    loss: loss.flatMap { LossClass(rawValue: $0) },
                    node: use ?? node
                )
            )
        }
        reader.finish("unmapped")
        return rows
    }
}
