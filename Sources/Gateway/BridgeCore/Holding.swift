/// Why an item is held: what the tables said of it when it was translated last.
public struct Holding: Sendable, Equatable {
    /// The reason, as it stands in the column `gateway` of the error table.
    public var code: String
    /// A sentence about this item; empty where the table's own says all.
    public var text: String
    /// The names of the rows that fired, in order.
    public var rules: [String]
    /// The classes of what was lost.
    public var losses: [String]

    /// Makes a reason.
    ///
    /// - Parameters:
    ///   - code: the reason.
    ///   - text: a sentence about this item.
    ///   - rules: the names of the rows that fired.
    ///   - losses: the classes of what was lost.
    public init(code: String, text: String = "", rules: [String] = [], losses: [String] = []) {
        self.code = code
        self.text = text
        self.rules = rules
        self.losses = losses
    }
}

/// What a held item becomes when other tables let it cross.
public struct Rendition: Sendable {
    /// The recipient's bare address on the target shore, in compared form.
    public var recipient: String
    /// The neighbor that carries it on.
    public var hop: String
    /// The queue that has one open request at a time; empty where there is no such rule.
    public var lane: String
    /// Its bytes.
    public var cargo: Cargo
    /// The generation of mapping tables that it was translated under.
    public var generation: String
    /// Milliseconds since 1970 after which it is no longer worth delivering.
    public var deadline: Int64
    /// The key under which it is recognized as one of ours when it comes back.
    public var ownKey: UInt64?

    /// Makes a rendition.
    public init(
        recipient: String,
        hop: String,
        lane: String,
        cargo: Cargo,
        generation: String,
        deadline: Int64,
        ownKey: UInt64? = nil
    ) {
        self.recipient = recipient
        self.hop = hop
        self.lane = lane
        self.cargo = cargo
        self.generation = generation
        self.deadline = deadline
        self.ownKey = ownKey
    }
}
