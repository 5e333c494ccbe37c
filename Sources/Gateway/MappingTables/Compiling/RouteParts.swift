/// What of a route depends on the tables of a profile and on the switches that rows name; many routes share it.
final class RouteParts: Sendable {
    let messageFields: FieldRules
    let carrierFields: FieldRules
    let presenceFields: FieldRules
    let errors: ErrorTable
    let values: [String: ValueTable]

    init(_ set: TableSet, swaps: [String: String], _ switches: SwitchSet) {
        let tables = set.values.reduce(into: [String: ValueTable]()) { tables, pair in
            let name = swaps[pair.key] ?? pair.key
            tables[pair.key] = (set.values[name] ?? pair.value).table(switches)
        }
        func rules(_ table: String) -> FieldRules {
            let rows = set.fields[swaps[table] ?? table] ?? []
            return FieldRules(
                outward: rows.compactMap { $0.rule(inward: false, switches, tables) },
                inward: rows.compactMap { $0.rule(inward: true, switches, tables) }
            )
        }
        messageFields = rules(TableSet.messageFields)
        carrierFields = rules(TableSet.carrierFields)
        presenceFields = rules(TableSet.presenceFields)
        errors = set.errors.holding(switches)
        values = tables
    }
}

/// Makes the parts of routes, those that are alike once.
final class RoutePartsStore {
    private struct Key: Hashable {
        let peer: String?
        let swaps: [String: String]
        /// The values of the switches that rows of the set name.
        let switches: [String]
    }

    private var parts: [Key: RouteParts] = [:]

    func parts(_ set: TableSet, swaps: [String: String], _ switches: SwitchSet) -> RouteParts {
        let key = Key(peer: set.peer, swaps: swaps, switches: set.switches.map { switches.text($0) })
        if let found = parts[key] { return found }
        let made = RouteParts(set, swaps: swaps, switches)
        parts[key] = made
        return made
    }
}
