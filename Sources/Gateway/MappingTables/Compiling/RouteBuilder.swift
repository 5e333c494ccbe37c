/// Compiles route rows: the switches of the profile, then those that the row sets.
///
/// A row that names no profile changes what holds for all others; one that names a profile starts from it.
struct RouteBuilder {
    let findings: Findings
    let tables: TableSet
    let peers: [String: TableSet]
    let store: RoutePartsStore

    /// What holds for all others, as it stands in the file.
    typealias Otherwise = (
        profile: String, settings: [(name: Switch, value: String, node: MappingNode)], node: MappingNode
    )

    func routes(_ rows: [RouteRow], _ otherwise: Otherwise?) -> RouteTable {
        var result = RouteTable()
        let domains = peers.keys.sorted()
        // The neighbors with tables of their own by what stands behind each dot of their names.
        var below: [String: [String]] = [:]
        for domain in domains {
            for suffix in DomainIndex.suffixes(of: domain) { below[suffix, default: []].append(domain) }
        }
        for row in rows {
            if result.covers(row.pattern) {
                findings.add(
                    row.node,
                    "unreachable-row",
                    "no domain reaches this route: an earlier one takes them all",
                    help: "put it before the other, or write overrides: ID to replace that",
                    severity: .warning
                )
            }
            // A neighbor with tables of its own keeps them under a row for many domains.
            let suffix = row.pattern.suffix
            for domain in row.pattern.isBelow ? below[suffix] ?? [] : peers[suffix] == nil ? [] : [suffix] {
                guard let pattern = DomainPattern(domain), !result.covers(pattern),
                    let route = route(row, otherwise, peers[domain] ?? tables)
                else { continue }
                result.append(pattern, route)
            }
            if row.pattern.isBelow || peers[suffix] == nil, let route = route(row, otherwise, tables) {
                result.append(row.pattern, route)
            }
        }
        // A neighbor with tables of its own and no route takes that of all others under those tables.
        guard let otherwise else { return result }
        for domain in domains {
            guard let pattern = DomainPattern(domain), !result.covers(pattern),
                let route = route(otherwise.profile, otherwise.settings, otherwise.node, peers[domain] ?? tables, nil)
            else { continue }
            result.append(pattern, route)
        }
        return result
    }

    func otherwise(
        _ found: Otherwise?,
        anywhere: SourcePosition?
    ) -> Route? {
        guard let found else {
            if let anywhere {
                findings.add(
                    SourcePosition(file: anywhere.file, line: 1, column: 1),
                    "not-total",
                    "no table of kind routes says what holds for all other domains",
                    help: "otherwise: {profile: default}"
                )
            }
            return nil
        }
        return route(found.profile, found.settings, found.node, tables, nil)
    }

    private func route(_ row: RouteRow, _ otherwise: Otherwise?, _ set: TableSet) -> Route? {
        guard let profile = row.profile else {
            let base = otherwise?.settings ?? []
            return route(otherwise?.profile ?? "default", base + row.settings, row.node, set, row.row)
        }
        return route(profile, row.settings, row.node, set, row.row)
    }

    private func route(
        _ name: String,
        _ settings: [(name: Switch, value: String, node: MappingNode)],
        _ node: MappingNode,
        _ set: TableSet,
        _ row: RowID?
    ) -> Route? {
        guard let profile = set.profiles[name] else {
            findings.unknown(node["profile"] ?? node, "unknown-profile", "a profile", among: set.profiles.keys.sorted())
            return nil
        }
        var switches = profile.switches
        var origins = profile.origins
        for (name, value, node) in settings {
            try? switches.set(name, to: value)
            origins[name.rawValue] = node.position
        }
        return set.route(profile, switches, row: row, store, origins: origins)
    }
}
