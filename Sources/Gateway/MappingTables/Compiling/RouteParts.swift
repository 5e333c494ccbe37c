/// What of a route depends on the tables of a profile and on the switches that rows name; many routes share it.
final class RouteParts: Sendable {
    let fields: FieldParts
    let errors: ErrorTable

    init(_ fields: FieldParts, _ errors: ErrorTable) {
        self.fields = fields
        self.errors = errors
    }
}

/// The tables of fields and of values under one set of switches.
final class FieldParts: Sendable {
    let messageFields: FieldRules
    let carrierFields: FieldRules
    let presenceFields: FieldRules
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
            return FieldRules(
                outward: rows.compactMap { $0.rule(inward: false, switches, tables) },
                inward: rows.compactMap { $0.rule(inward: true, switches, tables) },
                observer: observer.map { FieldObserver(stage, name, rows, switches, plain, $0) }
            )
        }
        messageFields = rules(TableSet.messageFields, .message)
        carrierFields = rules(TableSet.carrierFields, .carrier)
        presenceFields = rules(TableSet.presenceFields, .presence)
        values = tables
    }
}

/// Makes the parts of routes, those that are alike once.
final class RoutePartsStore {
    private struct Key: Hashable {
        let owners: TableSet.Owners
        let swaps: [String: String]
        /// The values of the switches that rows of the set name.
        let switches: [String]
    }

    private var parts: [Key: RouteParts] = [:]
    private var fields: [Key: FieldParts] = [:]

    func parts(_ set: TableSet, swaps: [String: String], _ switches: SwitchSet) -> RouteParts {
        let texts = set.switches.map { switches.text($0) }
        let key = Key(owners: set.owners, swaps: swaps, switches: texts)
        if let found = parts[key] { return found }
        var owners = set.owners
        owners.errors = nil
        // The switches of other error rows are others; a set without its own shares all of them.
        let fieldTexts = set.fieldSwitches.map { switches.text($0) }
        let fieldKey = Key(owners: owners, swaps: swaps, switches: fieldTexts)
        let shared = fields[fieldKey] ?? FieldParts(set, swaps: swaps, switches)
        fields[fieldKey] = shared
        let made = RouteParts(shared, set.errors.holding(switches))
        parts[key] = made
        return made
    }
}
