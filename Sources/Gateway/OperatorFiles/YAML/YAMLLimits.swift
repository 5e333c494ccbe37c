/// The bounds of a file that an operator edits.
public struct YAMLLimits: Sendable, Equatable {
    /// The largest file, in bytes.
    public var bytes = 4 << 20
    /// The deepest nesting; the root is at depth 1.
    public var depth = 16
    /// The most values, lists and mappings, keys included.
    public var nodes = 400_000

    /// The defaults.
    public init() {}
}
