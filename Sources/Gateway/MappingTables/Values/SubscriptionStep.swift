/// What the tables say about a subscription on the CPIM shore that has failed or ended.
public enum SubscriptionStep: String, Sendable, CaseIterable {
    /// The authorization is gone: the user gets `unsubscribed`, and nothing is tried again.
    case unsubscribed
    /// The user gets an error, with the condition of the answer or else that of the error table.
    case error
    /// The authorization stays, the resources are unavailable, and a new subscription starts at once.
    case retryNow = "retry-now"
    /// The authorization stays, the resources are unavailable, and a new subscription starts after the time that the
    /// notifier gave, or after a pause that grows.
    case retryLater = "retry-later"
    /// The same request goes again with the duration that the notifier asks for; nobody is told.
    case raise
    /// A new dialog takes the place of the one that is gone; nobody is told.
    case redial
    /// The last state stays, and nothing is tried again.
    case keep
}
