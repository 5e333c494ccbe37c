/// The tables that hold for one neighbor, or for all others.
struct TableSet: Sendable {
    /// A profile with every switch set.
    struct Profile: Sendable {
        let name: String
        let switches: SwitchSet
        /// Which table stands for which.
        let swaps: [String: String]
    }

    static let messageFields = "message.xmpp"
    static let carrierFields = "message.sip"
    static let presenceFields = "presence.fields"

    let fields: [String: [FieldRow]]
    let values: [String: ValueTableSource]
    let errors: ErrorTable
    let losses: LossTable
    let profiles: [String: Profile]

    func route(_ profile: Profile, _ switches: SwitchSet, row: RowID?) -> Route {
        let tables = values.reduce(into: [String: ValueTable]()) { tables, pair in
            let name = profile.swaps[pair.key] ?? pair.key
            tables[pair.key] = (values[name] ?? pair.value).table(switches)
        }
        func rules(_ table: String) -> FieldRules {
            let rows = fields[profile.swaps[table] ?? table] ?? []
            return FieldRules(
                outward: rows.compactMap { $0.rule(inward: false, switches, tables) },
                inward: rows.compactMap { $0.rule(inward: true, switches, tables) }
            )
        }
        return Route(
            profile: profile.name,
            row: row,
            switches: switches,
            messageFields: rules(Self.messageFields),
            carrierFields: rules(Self.carrierFields),
            presenceFields: rules(Self.presenceFields),
            errors: errors,
            losses: losses,
            values: tables
        )
    }
}
