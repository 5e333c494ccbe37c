/// When to connect again.
///
/// The first wait is anywhere between nothing and the first ceiling; after that the ceiling doubles up to its end,
/// and the wait lies in its upper half. A link that held for long begins anew.
///
/// Source: RFC 6120 §3.3.
public struct Reconnection: Sendable, Equatable {
    /// The named waits, in nanoseconds.
    public struct Limits: Sendable, Equatable {
        /// The longest first wait.
        public var first: UInt64
        /// The longest wait of all.
        public var longest: UInt64
        /// The shortest wait behind a fault that an operator has to mend.
        public var slow: UInt64
        /// How long a link has to hold until its faults are forgotten.
        public var stable: UInt64

        /// Makes limits.
        ///
        /// - Parameters:
        ///   - first: the longest first wait, 60 s.
        ///   - longest: the longest wait of all, 10 min.
        ///   - slow: the shortest wait behind a fault that an operator has to mend, 60 s.
        ///   - stable: how long a link has to hold until its faults are forgotten, 5 min.
        public init(
            first: UInt64 = 60_000_000_000,
            longest: UInt64 = 600_000_000_000,
            slow: UInt64 = 60_000_000_000,
            stable: UInt64 = 300_000_000_000
        ) {
            self.first = first
            self.longest = longest
            self.slow = slow
            self.stable = stable
        }
    }

    /// How soon a try makes sense.
    public enum Advice: Sendable, Equatable {
        /// The fault may pass by itself.
        case usual
        /// An operator has to mend something first.
        case slow
    }

    /// The named waits.
    public let limits: Limits
    /// How many tries failed since a link last held.
    public private(set) var failures = 0
    private var openSince: UInt64?

    /// Makes a schedule without faults.
    ///
    /// - Parameter limits: the named waits.
    public init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// The link was opened.
    ///
    /// - Parameter now: nanoseconds of a monotonic clock.
    public mutating func opened(now: UInt64) {
        openSince = now
    }

    /// The link or a try to open it ended.
    ///
    /// - Parameters:
    ///   - advice: how soon a try makes sense.
    ///   - now: nanoseconds of a monotonic clock.
    ///   - jitter: a random number, equally likely over the whole range.
    /// - Returns: when to try again, in nanoseconds of that clock.
    public mutating func ended(_ advice: Advice, now: UInt64, jitter: UInt64) -> UInt64 {
        if let openSince, now >= openSince, now - openSince >= limits.stable { failures = 0 }
        openSince = nil
        var ceiling = min(limits.first, limits.longest)
        for _ in 0..<min(failures, 63) where ceiling < limits.longest {
            ceiling = ceiling > limits.longest / 2 ? limits.longest : ceiling * 2
        }
        var floor = failures == 0 ? 0 : ceiling / 2
        if advice == .slow {
            floor = max(floor, limits.slow)
            ceiling = max(ceiling, floor.saturated(adding: floor / 2))
        }
        failures += 1
        // The upper half of the product is `jitter` scaled down to the span.
        let span = (ceiling - floor).saturated(adding: 1)
        return now.saturated(adding: floor).saturated(adding: span.multipliedFullWidth(by: jitter).high)
    }
}

extension UInt64 {
    /// The sum, or the largest value where it would exceed that.
    func saturated(adding other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
