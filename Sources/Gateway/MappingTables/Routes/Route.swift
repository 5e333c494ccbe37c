/// What holds for the items to and from one neighbor of the CPIM shore: switches and tables.
///
/// Immutable; shared by all items that take it.
public final class Route: Sendable {
    /// The name of the profile.
    public let profile: String
    /// The row that chose it; nil for the row of all others, or for a route that no row chose.
    public let row: RowID?
    /// The value of every switch.
    public let switches: SwitchSet
    /// Between stanzas and the pivot.
    public let messageFields: FieldRules
    /// Between the pivot and requests.
    public let carrierFields: FieldRules
    /// Between presence stanzas and presence documents.
    public let presenceFields: FieldRules
    /// Errors.
    public let errors: ErrorTable
    /// Losses.
    public let losses: LossTable
    private let tables: [String: ValueTable]

    init(
        profile: String,
        row: RowID?,
        switches: SwitchSet,
        messageFields: FieldRules,
        carrierFields: FieldRules,
        presenceFields: FieldRules,
        errors: ErrorTable,
        losses: LossTable,
        values: [String: ValueTable]
    ) {
        self.profile = profile
        self.row = row
        self.switches = switches
        self.messageFields = messageFields
        self.carrierFields = carrierFields
        self.presenceFields = presenceFields
        self.errors = errors
        self.losses = losses
        tables = values
    }

    /// A table of kind `values`, or the one that the profile has in its place.
    ///
    /// - Parameter table: its name, such as `presence.show`.
    /// - Returns: the table under the switches of this route; nil when there is none.
    public func values(_ table: String) -> ValueTable? { tables[table] }
}
