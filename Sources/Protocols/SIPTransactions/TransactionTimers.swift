/// The times of transactions, in nanoseconds.
///
/// Source: RFC 3261 §17.1.1.1, §17.1.2.2.
public struct TransactionTimers: Sendable, Equatable {
    /// T1, the estimate of a round trip: 500 ms unless set.
    public var roundTrip: UInt64
    /// T2, the longest pause between two copies of a request: 4 s unless set.
    public var longestPause: UInt64
    /// T4, how long a message stays in the network: 5 s unless set.
    public var lifetime: UInt64

    /// Makes times.
    public init(
        roundTrip: UInt64 = 500_000_000,
        longestPause: UInt64 = 4_000_000_000,
        lifetime: UInt64 = 5_000_000_000
    ) {
        self.roundTrip = max(1, roundTrip)
        self.longestPause = max(1, longestPause)
        self.lifetime = lifetime
    }

    /// 64*T1, after which a request has failed: timers F and J.
    public var timeout: UInt64 { roundTrip.multipliedReportingOverflow(by: 64).partialValue }

    /// How long a client waits until its timer E is T2: the earliest moment of a 100 over UDP, 3.5 s unless set.
    ///
    /// Source: RFC 4320 §4.1.
    public var quietTime: UInt64 {
        var pause = roundTrip
        var sum: UInt64 = 0
        while pause < longestPause {
            sum &+= pause
            pause &*= 2
        }
        return sum
    }
}
