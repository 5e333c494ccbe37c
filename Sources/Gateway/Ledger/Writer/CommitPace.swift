/// Decides when small transactions follow each other so fast that waiting for company saves more than it costs.
///
/// A fsync costs far more than what is stored by it. At low rates each transaction begins at once. When more of them
/// have begun than one each `interval`, beyond a few in a row, the next one waits until it is back on that schedule;
/// meanwhile further submissions join it.
struct CommitPace {
    /// How many transactions may run ahead of the schedule.
    static let burst = 16

    private let interval: Duration
    /// When the schedule would have the next transaction begin.
    private var due: ContinuousClock.Instant

    init(interval: Duration, now: ContinuousClock.Instant) {
        self.interval = interval
        due = now
    }

    /// How long a small transaction waits before it begins.
    func delay(now: ContinuousClock.Instant) -> Duration {
        let early = due - now - interval * CommitPace.burst
        return min(max(early, .zero), interval)
    }

    /// Notes that a transaction begins.
    mutating func begins(now: ContinuousClock.Instant) {
        due = max(due, now) + interval
    }
}
