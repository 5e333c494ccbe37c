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

    init(
        name: String,
        table: String,
        kind: TableKind,
        position: SourcePosition,
        peer: String?,
        profile: String,
        settings: [(name: String, value: String)],
        context: [String],
        given: MappingNode,
        expect: MappingNode,
        andBack: MappingNode?
    ) {
        self.name = name
        self.table = table
        self.kind = kind
        self.position = position
        self.peer = peer
        self.profile = profile
        self.settings = settings
        self.context = context
        self.given = given
        self.expect = expect
        self.andBack = andBack
    }

    /// Makes a test that only asks.
    ///
    /// - Parameters:
    ///   - table: the table that is asked.
    ///   - kind: its kind.
    ///   - given: the input.
    ///   - expect: which side is asked for, where the input does not tell.
    public init(asking table: String, _ kind: TableKind, given: MappingNode, expect: MappingNode) {
        self.init(
            name: "",
            table: table,
            kind: kind,
            position: given.position,
            peer: nil,
            profile: "default",
            settings: [],
            context: [],
            given: given,
            expect: expect,
            andBack: nil
        )
    }
}
