/// Bounds of the flow of presence; times in milliseconds.
public struct PresenceLimits: Sendable, Equatable {
    /// Watches of both directions in all.
    public var watches = 200_000
    /// Watches of one watcher.
    public var watchesPerWatcher = 1_000
    /// Watches that wait for a decision, in all.
    public var undecided = 20_000
    /// Watchers of whom presence servers told, undecided and refused, in all.
    public var announced = 10_000
    /// The same of one presentity.
    public var announcedPerPresentity = 100
    /// How long one is kept after a server told of it last.
    public var announcedHold: Int64 = 86_400_000
    /// Devices of one presentity.
    public var parts = 100
    /// Bytes that one device may say.
    public var partBytes = 64 << 10
    /// Bytes of what all devices said and were shown saying; beyond it a device has no words, or counts as gone.
    public var bytes = 256 << 20
    /// Between two updates of one watcher about one presentity.
    public var pace: Int64 = 5_000
    /// How long the answer to a fetch waits for what the presentity says.
    public var fetchPatience: Int64 = 3_000
    /// The first pause before a subscription is made anew; doubles up to `longestPause`.
    public var firstPause: Int64 = 60_000
    /// The longest pause before a subscription is made anew.
    public var longestPause: Int64 = 3_600_000
    /// How long a presentity that answered with an error is not asked again.
    public var failedPause: Int64 = 3_600_000
    /// How long what a device of a presentity said holds while it cannot be asked, or does not answer.
    public var silence: Int64 = 60_000
    /// Probes in a second, after a link is up again and before subscriptions are renewed.
    public var probesPerSecond = 20
    /// How long a subscription that is to be renewed waits for a turn to ask whether its watcher exists.
    public var verifyWait: Int64 = 20_000
    /// How long it waits for the answer.
    public var verifyPatience: Int64 = 5_000
    /// Subscriptions made, renewed or told of in a second after a start.
    public var subscriptionsPerSecond = 200

    /// The defaults.
    public init() {}
}
