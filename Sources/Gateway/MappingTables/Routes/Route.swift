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
    /// Losses.
    public let losses: LossTable
    /// What it shares with routes that differ in no switch which a row names.
    let parts: RouteParts
    /// Where the value of each switch was written, in the order of the switches; nil for one that no file sets.
    public let origins: [SourcePosition?]

    init(
        profile: String,
        row: RowID?,
        switches: SwitchSet,
        parts: RouteParts,
        losses: LossTable,
        origins: [SourcePosition?] = []
    ) {
        self.origins = origins
        self.profile = profile
        self.row = row
        self.switches = switches
        self.parts = parts
        self.losses = losses
    }

    /// Between stanzas and the pivot.
    public var messageFields: FieldRules { parts.fields.messageFields }

    /// Between the pivot and requests.
    public var carrierFields: FieldRules { parts.fields.carrierFields }

    /// Between presence stanzas and presence documents.
    public var presenceFields: FieldRules { parts.fields.presenceFields }

    /// Errors, the rows that hold under the switches.
    public var errors: ErrorTable { parts.errors }

    /// A table of kind `values`, or the one that the profile has in its place.
    ///
    /// - Parameter table: its name, such as `presence.show`.
    /// - Returns: the table under the switches of this route; nil when there is none.
    public func values(_ table: String) -> ValueTable? { parts.fields.values[table] }
}
