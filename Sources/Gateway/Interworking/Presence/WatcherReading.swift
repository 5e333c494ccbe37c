/// What a watcherinfo document says that concerns a user of the XMPP shore.
public struct WatcherReading: Sendable, Equatable {
    /// The number of the document in its subscription.
    public var version: UInt32
    /// Whether it tells all; otherwise only what changed.
    public var isFull: Bool
    /// The watchers who wait for a decision, each as the request that it made.
    public var waiting: [PresenceOperation]
}

/// The order of the watcherinfo documents of one subscription.
///
/// Of what they tell nothing is kept: only watchers who wait matter, and who was asked for is the caller's to know.
///
/// Source: RFC 3858 §4.
public struct WatcherOrder: Sendable, Equatable {
    /// What becomes of a document.
    public enum Verdict: Sendable, Equatable {
        /// It is the next.
        case taken
        /// It counts, and others before it are missing, so that the whole is to be asked for.
        case gap
        /// It is older than another, or the same again.
        case outdated
    }

    private var version: UInt32?

    /// Makes the order of a subscription that has told nothing yet.
    public init() {}

    /// Takes the next document.
    ///
    /// - Parameters:
    ///   - version: its number.
    ///   - isFull: whether it tells all, so that nothing can be missing before it.
    /// - Returns: what becomes of it.
    public mutating func take(_ version: UInt32, isFull: Bool) -> Verdict {
        if let known = self.version, version <= known { return .outdated }
        defer { self.version = version }
        if isFull { return .taken }
        guard let known = self.version else { return .gap }
        return version - known == 1 ? .taken : .gap
    }
}
