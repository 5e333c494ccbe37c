/// Completes profiles with what they extend.
struct ProfileBuilder {
    let findings: Findings
    let tables: [String: TableKind]

    func profiles(_ rows: [ProfileRow]) -> [String: TableSet.Profile] {
        let known = Dictionary(rows.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var result: [String: TableSet.Profile] = [:]
        var written: [String: Set<String>] = [:]
        for row in rows where known[row.id]?.node.position != row.node.position {
            findings.add(
                row.node["id"] ?? row.node,
                "duplicate-row",
                "\"\(row.id)\" is a profile at \(known[row.id]?.node.position.description ?? "") already",
                help: "choose another id; tables of profiles share their names"
            )
        }
        for row in rows {
            for part in chain(of: row, known, until: result) {
                let base = part.extended.flatMap { result[$0] }
                var switches = base?.switches ?? SwitchSet()
                var swaps = base?.swaps ?? [:]
                var origins = base?.origins ?? [SourcePosition?](repeating: nil, count: Switch.allCases.count)
                for (name, value, node) in part.settings {
                    try? switches.set(name, to: value)
                    origins[name.rawValue] = node.position
                }
                for (name, other, node) in part.tables {
                    swaps[name] = other
                    check(name, other, node)
                }
                // A value that a switch cannot have is a fault of its own.
                let mine = (part.extended.flatMap { written[$0] } ?? [])
                    .union((part.node["set"]?.pairs ?? []).compactMap(\.key.text))
                let missing = switches.missing.map(\.name).filter { !mine.contains($0) }
                if !missing.isEmpty {
                    findings.add(
                        part.node,
                        "not-total",
                        "the profile \"\(part.id)\" does not set \(Self.list(missing))",
                        help: "set each switch, or extend a profile that does"
                    )
                }
                result[part.id] = TableSet.Profile(
                    name: part.id,
                    switches: switches,
                    swaps: swaps,
                    origins: origins
                )
                written[part.id] = mine
            }
        }
        if result["default"] == nil, let first = rows.first {
            findings.add(first.node, "not-total", "there is no profile \"default\"", help: "name one profile default")
        }
        return result
    }

    /// The names of switches on one line, of very many the first.
    private static func list(_ names: [String]) -> String {
        guard names.count > 8 else { return names.joined(separator: ", ") }
        return names.prefix(8).joined(separator: ", ") + " and \(names.count - 8) more"
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

    /// A profile and what it extends, as far as that is not made yet, outermost first.
    private func chain(
        of row: ProfileRow,
        _ known: [String: ProfileRow],
        until made: [String: TableSet.Profile]
    ) -> [ProfileRow] {
        guard made[row.id] == nil else { return [] }
        var chain = [row]
        var places = [row.id: 0]
        while let last = chain.last, let name = last.extended, made[name] == nil, let node = last.node["extends"] {
            guard let next = known[name] else {
                findings.unknown(node, "unknown-profile", "a profile", among: known.keys.sorted())
                break
            }
            if let start = places[name] {
                // Each profile of the circle has its part in it.
                for member in chain[start...] {
                    findings.add(
                        member.node["extends"] ?? member.node,
                        "profile-cycle",
                        "\"\(member.extended ?? member.id)\" extends itself",
                        help: "extend a profile that does not extend this one"
                    )
                }
                break
            }
            places[name] = chain.count
            chain.append(next)
        }
        return chain.reversed()
    }
}
