public import MappingTables
public import XMPPStanzas

/// What becomes of a subscription to a user of the CPIM shore that failed or ended.
public struct SubscriptionVerdict: Sendable, Equatable {
    /// What is done.
    public var step: SubscriptionStep
    /// What the user is told when the step is an error; nil for other steps.
    public var error: StanzaError?
    /// After how many seconds the other side wants to be asked again; nil when it did not say.
    ///
    /// Source: RFC 6665 §4.1.3, RFC 3261 §20.33.
    public var retryAfter: UInt32?
    /// The row that says so; nil when no table does.
    public var row: RowID?

    /// Makes a verdict.
    ///
    /// - Parameters:
    ///   - step: what is done.
    ///   - error: what the user is told.
    ///   - retryAfter: after how many seconds the other side wants to be asked again.
    ///   - row: the row that says so.
    public init(_ step: SubscriptionStep, error: StanzaError? = nil, retryAfter: UInt32? = nil, row: RowID? = nil) {
        self.step = step
        self.error = error
        self.retryAfter = retryAfter
        self.row = row
    }
}

/// How a watcher of the CPIM shore is told that it may not, or not now, see a user of the XMPP shore.
public struct SubscriptionEnd: Sendable, Equatable {
    /// The reason in Subscription-State.
    ///
    /// Source: RFC 6665 §4.1.3.
    public var reason: String
    /// After how many seconds the watcher may ask again; nil when that is not said.
    public var retryAfter: UInt32?
    /// The row that says so; nil when no table does.
    public var row: RowID?

    /// Makes an end.
    ///
    /// - Parameters:
    ///   - reason: the reason in Subscription-State.
    ///   - retryAfter: after how many seconds the watcher may ask again.
    ///   - row: the row that says so.
    public init(reason: String, retryAfter: UInt32? = nil, row: RowID? = nil) {
        self.reason = reason
        self.retryAfter = retryAfter
        self.row = row
    }
}
