public import Digests

/// What a verification found, as a whole.
public struct TrailReport: Sendable, Equatable {
    /// What decides how the command ends.
    public var verdict: TrailVerdict
    /// Everything that was found, at most ``TrailVerifier/mostFindings``; the one that decides first.
    public var findings: [TrailFinding]
    /// How many records stand in the log.
    public var records: Int64
    /// How many of them a valid checkpoint vouches for.
    public var signed: Int64
    /// How many checkpoints of the log are valid.
    public var checkpoints: Int
    /// How many checkpoints seen before agree.
    public var agreeing: Int
    /// The hash of the tree of all records; nil when records are missing.
    public var root: Digest?
}
