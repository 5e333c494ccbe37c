/// Reads the columns of one mapping and reports those that it does not have.
struct RowReader {
    let node: MappingNode
    let findings: Findings
    private var taken: [String] = []

    init(_ node: MappingNode, _ findings: Findings) {
        self.node = node
        self.findings = findings
    }

    mutating func column(_ key: String) -> MappingNode? {
        take(key)
        return node[key]
    }

    private mutating func take(_ key: String) {
        if !taken.contains(key) { taken.append(key) }
    }

    /// A single text; a list or keys in its place are reported.
    mutating func text(_ key: String) -> String? {
        guard let value = column(key) else { return nil }
        guard let text = value.text else {
            findings.add(value, "wrong-type", "\"\(key)\" must be a single value", help: "write \(key): VALUE")
            return nil
        }
        return text
    }

    mutating func required(_ key: String, _ what: String) -> String? {
        if node[key] == nil {
            take(key)
            findings.add(node, "missing-column", "the column \"\(key)\" is missing", help: "\(key): \(what)")
            return nil
        }
        return text(key)
    }

    /// One of the words of a closed list.
    mutating func choice<Word: RawRepresentable & CaseIterable>(
        _ key: String,
        _ type: Word.Type,
        _ what: String
    ) -> Word? where Word.RawValue == String {
        guard let value = column(key) else { return nil }
        if let text = value.text, let word = Word(rawValue: text) { return word }
        findings.unknown(value, "unknown-value", what, among: Word.allCases.map(\.rawValue))
        return nil
    }

    mutating func word(_ key: String, among words: [String], _ what: String, source: String? = nil) -> String? {
        guard let value = column(key) else { return nil }
        if let text = value.text, words.contains(text) { return text }
        findings.unknown(value, "unknown-value", what, among: words, source: source)
        return nil
    }

    mutating func flag(_ key: String) -> Bool? {
        word(key, among: ["yes", "no"], "yes or no").map { $0 == "yes" }
    }

    /// Names and values of a nested mapping, such as `set: {msg.carrier: cpim}`.
    mutating func pairs(_ key: String) -> [(key: MappingNode, value: MappingNode)] {
        guard let value = column(key) else { return [] }
        guard let pairs = value.pairs else {
            findings.add(value, "wrong-type", "\"\(key)\" must have keys", help: "write \(key): {NAME: VALUE}")
            return []
        }
        return pairs
    }

    mutating func nested(_ key: String) -> RowReader? {
        guard let value = column(key) else { return nil }
        guard value.pairs != nil else {
            findings.add(value, "wrong-type", "\"\(key)\" must have keys", help: "write \(key): {NAME: VALUE}")
            return nil
        }
        return RowReader(value, findings)
    }

    /// Reports the columns that nobody asked for.
    func finish(_ what: String) {
        guard let pairs = node.pairs else {
            findings.add(node, "wrong-type", "\(what) must have columns", help: "write {COLUMN: VALUE, …}")
            return
        }
        for (key, _) in pairs where !taken.contains(key.text ?? "") {
            let word = key.text ?? "this"
            let nearest = findings.guess(word, among: taken)
            findings.add(
                key,
                "unknown-column",
                "\"\(word.prefix(64))\" is not a column of \(what)",
                help: nearest + "known columns: " + taken.joined(separator: ", ")
            )
        }
    }

    /// Switches with the values that a row names: `when: {msg.thread: call-id}`.
    mutating func condition(
        _ key: String,
        isNegated: Bool,
        leaving others: [String] = []
    ) -> [SwitchCondition.Term] {
        pairs(key).compactMap { name, value in
            if others.contains(name.text ?? "") { return nil }
            guard let known = name.text.flatMap({ Switch(name: $0) }) else {
                findings.unknown(name, "unknown-switch", "a switch", among: Switch.names)
                return nil
            }
            let nodes = value.elements ?? [value]
            var values: [String] = []
            for node in nodes {
                var probe = SwitchSet()
                do throws(SwitchSet.Fault) {
                    try probe.set(known, to: node.text ?? "")
                    values.append(probe.text(known))
                } catch {
                    findings.unknown(node, "unknown-value", "a value of \(known.name)", among: error.expected)
                }
            }
            return SwitchCondition.Term(name: known, values: values, isNegated: isNegated)
        }
    }

    /// The switches under which a row holds; other keys of `when` are left to the caller.
    mutating func condition(leaving others: [String] = []) -> SwitchCondition {
        let terms = condition("when", isNegated: false, leaving: others) + condition("unless", isNegated: true)
        return SwitchCondition(terms: terms)
    }

    /// Switches that a row sets: `set: {msg.carrier: auto}`.
    mutating func settings() -> [(name: Switch, value: String, node: MappingNode)] {
        pairs("set").compactMap { name, value in
            guard let known = name.text.flatMap({ Switch(name: $0) }) else {
                findings.unknown(name, "unknown-switch", "a switch", among: Switch.names)
                return nil
            }
            let text = value.elements.map { $0.compactMap(\.text).joined(separator: " ") } ?? value.text ?? ""
            var probe = SwitchSet()
            do throws(SwitchSet.Fault) { try probe.set(known, to: text) } catch {
                findings.unknown(value, "unknown-value", "a value of \(known.name)", among: error.expected)
                return nil
            }
            return (known, text, value)
        }
    }
}
