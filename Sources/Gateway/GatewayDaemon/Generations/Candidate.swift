public import Ledger
public import MappingTables

/// Tables on their way into force, with the very bytes that were checked: nothing else is put in force.
public struct Candidate: Sendable {
    /// The compiled tables.
    public let generation: Generation
    /// Their files in the order in which their rows match.
    public let files: [GenerationFile]
    /// When they were found without fault, in Unix milliseconds.
    public var checked: Int64
    /// When their tests had passed.
    public var tested: Int64
    /// When recorded crossings had been replayed; nil when none were.
    public var shadowed: Int64?
    /// The identifier of the files on disk, where these are others.
    public var onDisk: String?

    /// Makes a candidate of tables that were checked and tested at one moment.
    ///
    /// - Parameters:
    ///   - generation: the compiled tables.
    ///   - files: their files.
    ///   - now: Unix milliseconds.
    public init(_ generation: Generation, files: [GenerationFile], now: Int64) {
        self.generation = generation
        self.files = files
        checked = now
        tested = now
    }

    /// What the store keeps of the activation.
    func row(_ order: ActivationOrder, before: String?, now: Int64) -> ActivationRow {
        ActivationRow(
            generation: generation.identifier,
            before: before,
            onDisk: onDisk,
            cause: order.cause,
            actor: order.actor,
            reason: order.reason,
            checked: checked,
            tested: tested,
            shadowed: shadowed,
            activated: now
        )
    }
}

/// Who wants which tables in force, and why.
public struct ActivationOrder: Sendable {
    /// What brings them into force.
    public var cause: ActivationRow.Cause
    /// Who asks.
    public var actor: String
    /// Why, in the words of who asks.
    public var reason: String?
    /// The kept generation to return to; nil for the files on disk.
    public var generation: String?
    /// What the identifier must be, or begin with; nil for any.
    public var expected: String?
    /// How many recorded crossings are replayed before.
    public var shadow: Int

    /// Makes an order.
    ///
    /// - Parameters:
    ///   - cause: what brings the tables into force.
    ///   - actor: who asks.
    ///   - reason: why.
    ///   - generation: the kept generation to return to.
    ///   - expected: what the identifier must be, or begin with.
    ///   - shadow: how many recorded crossings are replayed before.
    public init(
        _ cause: ActivationRow.Cause,
        actor: String,
        reason: String? = nil,
        generation: String? = nil,
        expected: String? = nil,
        shadow: Int = 0
    ) {
        self.cause = cause
        self.actor = actor
        self.reason = reason
        self.generation = generation
        self.expected = expected
        self.shadow = min(max(0, shadow), ShadowReplay.mostCrossings)
    }
}
