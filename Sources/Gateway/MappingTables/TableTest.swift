/// A test that stands beside the rows of a table.
public struct TableTest: Sendable {
    /// Its name.
    public let name: String
    /// The table that it belongs to.
    public let table: String
    /// The kind of the table.
    public let kind: TableKind
    /// Where it stands.
    public let position: SourcePosition
    /// The neighbor whose tables it runs under; nil for all others.
    public let peer: String?
    /// The profile that it runs under.
    public let profile: String
    /// The switches that it sets.
    public let settings: [(name: String, value: String)]
    /// The lines of the facts language that hold.
    public let context: [String]
    /// The input.
    public let given: MappingNode
    /// The output.
    public let expect: MappingNode
    /// What the output becomes on the way back; nil when that is not tested.
    public let andBack: MappingNode?
}
