/// Completes profiles with what they extend.
struct ProfileBuilder {
    let findings: Findings
    let tables: [String: TableKind]

    func profiles(_ rows: [ProfileRow]) -> [String: TableSet.Profile] {
        var result: [String: TableSet.Profile] = [:]
        for row in rows {
            var switches = SwitchSet()
            var swaps: [String: String] = [:]
            for part in chain(of: row, rows) {
                for (name, value, _) in part.settings { try? switches.set(name, to: value) }
                for (name, other, node) in part.tables {
                    swaps[name] = other
                    if tables[name] != .fields || tables[other] != .fields {
                        findings.add(
                            node,
                            "unknown-table",
                            "\"\(tables[name] == .fields ? other : name)\" is no field table",
                            help: "field tables: "
                                + tables.filter { $0.value == .fields }.keys.sorted().joined(separator: ", ")
                        )
                    }
                }
            }
            if !switches.isComplete {
                findings.add(
                    row.node,
                    "not-total",
                    "the profile \"\(row.id)\" does not set \(switches.missing.map(\.name).joined(separator: ", "))",
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
