/// Who watches whom, as it is stored; one row for each pair of users and direction.
///
/// Times are milliseconds since 1970-01-01T00:00:00Z.
public struct WatchRow: Sendable, Equatable {
    /// The watcher, in the caller's form.
    public var watcher: String
    /// The presentity, in the caller's form.
    public var presentity: String
    /// The shore on which the presentity lives.
    public var target: OutboxTarget
    /// Where the watch stands, in the caller's numbering.
    public var state: Int64
    /// When it last changed.
    public var changed: Int64
    /// What was shown or said, opaque.
    public var parts: [UInt8]

    /// Creates a row.
    ///
    /// - Parameters:
    ///   - watcher: the watcher.
    ///   - presentity: the presentity.
    ///   - target: the shore on which the presentity lives.
    ///   - state: where the watch stands.
    ///   - changed: when it last changed.
    ///   - parts: what was shown or said.
    public init(
        watcher: String,
        presentity: String,
        target: OutboxTarget,
        state: Int64,
        changed: Int64,
        parts: [UInt8]
    ) {
        self.watcher = watcher
        self.presentity = presentity
        self.target = target
        self.state = state
        self.changed = changed
        self.parts = parts
    }
}

/// A subscription or publication at the CPIM shore, as it is stored.
public struct UsageRow: Sendable, Equatable {
    /// What it is.
    public enum Kind: Int64, Sendable, CaseIterable {
        /// A subscription that the gateway made.
        case subscriber = 0
        /// A subscription that a neighbor made.
        case notifier = 1
        /// A publication that the gateway made.
        case publisher = 2
        /// What a user of the CPIM shore published to the gateway.
        case compositor = 3
    }

    /// Its number: assigned by the caller, never used twice for another one.
    public var id: Int64
    /// What it is.
    public var kind: Kind
    /// The watcher, in the caller's form; empty for what was published to the gateway.
    public var watcher: String
    /// The presentity, in the caller's form.
    public var presentity: String
    /// When it ends unless it is renewed: milliseconds since 1970-01-01T00:00:00Z.
    public var expires: Int64
    /// The state of its machine, opaque.
    public var state: [UInt8]

    /// Creates a row.
    ///
    /// - Parameters:
    ///   - id: its number.
    ///   - kind: what it is.
    ///   - watcher: the watcher.
    ///   - presentity: the presentity.
    ///   - expires: when it ends unless it is renewed.
    ///   - state: the state of its machine.
    public init(id: Int64, kind: Kind, watcher: String, presentity: String, expires: Int64, state: [UInt8]) {
        self.id = id
        self.kind = kind
        self.watcher = watcher
        self.presentity = presentity
        self.expires = expires
        self.state = state
    }
}

/// Which watches are asked for; what is nil does not matter.
public struct WatchFilter: Sendable, Equatable {
    /// One of the two users.
    public var user: String?
    /// The shore on which the presentity lives.
    public var target: OutboxTarget?

    /// Asks for all.
    public init(user: String? = nil, target: OutboxTarget? = nil) {
        self.user = user
        self.target = target
    }
}
