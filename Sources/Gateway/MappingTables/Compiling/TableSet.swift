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

    let fields: [String: [FieldRow]]
    let values: [String: ValueTableSource]
    let errors: ErrorTable
    let losses: LossTable
    let profiles: [String: Profile]

    func route(_ profile: Profile, _ switches: SwitchSet, row: RowID?) -> Route {
        Route(
            profile: profile.name,
            row: row,
            switches: switches,
            messageFields: rules(profile.swaps[Self.messageFields] ?? Self.messageFields, switches),
            carrierFields: rules(profile.swaps[Self.carrierFields] ?? Self.carrierFields, switches),
            errors: errors,
            losses: losses,
            values: values.reduce(into: [:]) { tables, pair in
                tables[pair.key] = (values[profile.swaps[pair.key] ?? pair.key] ?? pair.value).table(switches)
            }
        )
    }

    private func rules(_ table: String, _ switches: SwitchSet) -> FieldRules {
        let rows = fields[table] ?? []
        return FieldRules(
            outward: rows.compactMap { $0.rule(inward: false, switches) },
            inward: rows.compactMap { $0.rule(inward: true, switches) }
        )
    }
}
