/// What of a route depends on the tables of a profile and on the switches that rows name; many routes share it.
final class RouteParts: Sendable {
    let messageFields: FieldRules
    let carrierFields: FieldRules
    let presenceFields: FieldRules
    let errors: ErrorTable
    let values: [String: ValueTable]

    /// - Parameters:
    ///   - set: all rows of one neighbor.
    ///   - swaps: which table stands for which.
    ///   - switches: the switches.
    ///   - observer: explains what the tables are asked; nil in live traffic.
    init(_ set: TableSet, swaps: [String: String], _ switches: SwitchSet, _ observer: TableObserver? = nil) {
        let plain = set.values.reduce(into: [String: ValueTable]()) { tables, pair in
            let name = swaps[pair.key] ?? pair.key
            tables[pair.key] = (set.values[name] ?? pair.value).table(switches)
        }
        var tables = plain
        if let observer {
            for (key, source) in set.values {
                let source = swaps[key].flatMap { set.values[$0] } ?? source
                tables[key]?.observer = ValueObserver(source, switches, observer)
            }
        }
        func rules(_ table: String, _ stage: TableStep.Stage) -> FieldRules {
            let name = swaps[table] ?? table
            let rows = set.fields[name] ?? []
            var rules = FieldRules(
                outward: rows.compactMap { $0.rule(inward: false, switches, tables) },
                inward: rows.compactMap { $0.rule(inward: true, switches, tables) }
            )
            if let observer { rules.observer = FieldObserver(stage, name, rows, switches, plain, observer) }
            return rules
        }
        messageFields = rules(TableSet.messageFields, .message)
        carrierFields = rules(TableSet.carrierFields, .carrier)
        presenceFields = rules(TableSet.presenceFields, .presence)
        // Rows that the switches keep from holding are explained, too.
        var errors = observer == nil ? set.errors.holding(switches) : set.errors
        errors.observer = observer
        self.errors = errors
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
