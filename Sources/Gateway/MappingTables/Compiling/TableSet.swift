/// The tables that hold for one neighbor, or for all others.
struct TableSet: Sendable {
    /// A profile with every switch set.
    struct Profile: Sendable {
        let name: String
        let switches: SwitchSet
        /// Which table stands for which.
        let swaps: [String: String]
        /// Where the value of each switch was written.
        var origins: [SourcePosition?] = []
    }

    static let messageFields = "message.xmpp"
    static let carrierFields = "message.sip"
    static let presenceFields = "presence.fields"

    /// The neighbor whose own rows the tables of each sort have; nil for what is shared with all.
    struct Owners: Hashable {
        var fields: String?
        var values: String?
        var errors: String?
    }

    let owners: Owners
    let fields: [String: [FieldRow]]
    let values: [String: ValueTableSource]
    let errors: ErrorTable
    let losses: LossTable
    let profiles: [String: Profile]
    /// The switches on which rows depend, in the order of their declarations.
    let switches: [Switch]
    /// Those on which rows of fields and of values depend.
    let fieldSwitches: [Switch]

    init(
        owners: Owners,
        fields: [String: [FieldRow]],
        values: [String: ValueTableSource],
        errors: ErrorTable,
        losses: LossTable,
        profiles: [String: Profile]
    ) {
        self.owners = owners
        self.fields = fields
        self.values = values
        self.errors = errors
        self.losses = losses
        self.profiles = profiles
        var names: Set<Switch> = []
        for table in values.values { names.formUnion(table.switches) }
        for rows in fields.values {
            for row in rows where !row.condition.terms.isEmpty { names.formUnion(row.condition.terms.map(\.name)) }
        }
        fieldSwitches = names.sorted { $0.rawValue < $1.rawValue }
        switches = names.union(errors.switches).sorted { $0.rawValue < $1.rawValue }
    }

    /// The rows of errors that hold; where they are explained, those that the switches keep from it, too.
    private func errors(_ switches: SwitchSet, _ observer: TableObserver?) -> ErrorTable {
        guard let observer else { return errors.holding(switches) }
        var errors = errors
        errors.observer = observer
        return errors
    }

    func route(
        _ profile: Profile,
        _ switches: SwitchSet,
        row: RowID?,
        _ store: RoutePartsStore? = nil,
        origins: [SourcePosition?]? = nil,
        observer: TableObserver? = nil
    ) -> Route {
        var losses = losses
        losses.observer = observer
        return Route(
            profile: profile.name,
            row: row,
            switches: switches,
            parts: store?.parts(self, swaps: profile.swaps, switches)
                ?? RouteParts(FieldParts(self, swaps: profile.swaps, switches, observer), errors(switches, observer)),
            losses: losses,
            origins: origins ?? profile.origins
        )
    }
}
