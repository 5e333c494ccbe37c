/// Completes profiles with what they extend.
struct ProfileBuilder {
    let findings: Findings
    let tables: [String: TableKind]

    func profiles(_ rows: [ProfileRow]) -> [String: TableSet.Profile] {
        var result: [String: TableSet.Profile] = [:]
        for row in rows {
            var switches = SwitchSet()
            var swaps: [String: String] = [:]
            var written: Set<String> = []
            for part in chain(of: row, rows) {
                written.formUnion((part.node["set"]?.pairs ?? []).compactMap(\.key.text))
                for (name, value, _) in part.settings { try? switches.set(name, to: value) }
                for (name, other, node) in part.tables {
                    swaps[name] = other
                    check(name, other, node)
                }
            }
            // A value that a switch cannot have is a fault of its own.
            let missing = switches.missing.map(\.name).filter { !written.contains($0) }
            if !missing.isEmpty {
                findings.add(
                    row.node,
                    "not-total",
                    "the profile \"\(row.id)\" does not set \(missing.joined(separator: ", "))",
                    help: "set each switch, or extend a profile that does"
                )
            }
            result[row.id] = TableSet.Profile(name: row.id, switches: switches, swaps: swaps)
        }
        if result["default"] == nil, let first = rows.first {
            findings.add(first.node, "not-total", "there is no profile \"default\"", help: "name one profile default")
        }
        return result
    }

    /// A table of fields stands for one of fields, a table of values for one of values.
    private func check(_ name: String, _ other: String, _ node: MappingNode) {
        let kinds: [TableKind] = [.fields, .values]
        let kind = tables[name].flatMap { kinds.contains($0) ? $0 : nil }
        guard kind == nil || tables[other] != kind else { return }
        let known = tables.filter { table in kind.map { table.value == $0 } ?? kinds.contains(table.value) }
        findings.add(
            node,
            "unknown-table",
            "\"\(kind == nil ? name : other)\" is no \(kind == .values ? "value" : "field") table",
            help: "such tables: " + known.keys.sorted().joined(separator: ", ")
        )
    }

    /// What a profile extends, outermost first, then itself.
    private func chain(of row: ProfileRow, _ rows: [ProfileRow]) -> [ProfileRow] {
        var chain = [row]
        while let name = chain.last?.extended {
            guard let node = chain.last?.node["extends"] else { break }
            guard let next = rows.first(where: { $0.id == name }) else {
                findings.unknown(node, "unknown-profile", "a profile", among: rows.map(\.id))
                break
            }
            guard !chain.contains(where: { $0.id == next.id }) else {
                findings.add(
                    node,
                    "profile-cycle",
                    "\"\(name)\" extends itself",
                    help: "extend a profile that does not extend this one"
                )
                break
            }
            chain.append(next)
        }
        return chain.reversed()
    }
}
