/// One mapping file of a generation, byte by byte.
public struct GenerationFile: Sendable, Equatable {
    /// The path from the mappings directory.
    public var path: String
    /// The bytes as they were checked.
    public var content: [UInt8]

    /// Creates a file.
    ///
    /// - Parameters:
    ///   - path: the path from the mappings directory.
    ///   - content: the bytes as they were checked.
    public init(path: String, content: [UInt8]) {
        self.path = path
        self.content = content
    }
}

/// How a generation of mapping tables came into force, and what became of it.
///
/// Times are milliseconds since 1970-01-01T00:00:00Z.
public struct ActivationRow: Sendable, Equatable {
    /// What brought a generation into force.
    public enum Cause: String, Sendable, CaseIterable {
        /// A gateway that started.
        case start
        /// A signal to a gateway.
        case signal
        /// A command with files.
        case apply
        /// A command that named an earlier generation.
        case rollback
    }

    /// The place among all activations, from 1; given by the ledger when it is 0.
    public var number: Int64
    /// The identifier of the generation.
    public var generation: String
    /// The identifier of the one that was in force; nil for the first.
    public var before: String?
    /// The identifier of the files on disk at that moment, where it is another one.
    public var onDisk: String?
    /// What brought it into force.
    public var cause: Cause
    /// Who asked.
    public var actor: String
    /// Why, in the words of who asked.
    public var reason: String?
    /// When its files were found without fault.
    public var checked: Int64
    /// When its tests had passed.
    public var tested: Int64
    /// When recorded crossings had been replayed; nil when none were.
    public var shadowed: Int64?
    /// When it came into force.
    public var activated: Int64
    /// When it was out of force and its last open crossing had ended; nil before that.
    public var retired: Int64?

    /// Creates a row that has no number and is not retired.
    ///
    /// - Parameters:
    ///   - generation: the identifier of the generation.
    ///   - before: the identifier of the one that was in force.
    ///   - onDisk: the identifier of the files on disk, where it is another one.
    ///   - cause: what brought it into force.
    ///   - actor: who asked.
    ///   - reason: why.
    ///   - checked: when its files were found without fault.
    ///   - tested: when its tests had passed.
    ///   - shadowed: when recorded crossings had been replayed.
    ///   - activated: when it came into force.
    public init(
        generation: String,
        before: String? = nil,
        onDisk: String? = nil,
        cause: Cause,
        actor: String,
        reason: String? = nil,
        checked: Int64,
        tested: Int64,
        shadowed: Int64? = nil,
        activated: Int64
    ) {
        number = 0
        self.generation = generation
        self.before = before
        self.onDisk = onDisk
        self.cause = cause
        self.actor = actor
        self.reason = reason
        self.checked = checked
        self.tested = tested
        self.shadowed = shadowed
        self.activated = activated
    }
}

/// How much of earlier generations is kept.
public struct GenerationLimits: Sendable, Equatable {
    /// The most generations that are kept with their files; those of open crossings are kept beside them.
    public var generations = 100
    /// The most activations that are kept; the records keep all.
    public var activations = 1_000

    /// The defaults.
    public init() {}
}
