import SIPMessages

/// The durations that a notifier or a compositor grants, and its pace.
///
/// Source: RFC 3856 §6.4, §6.10.
public struct EventLimits: Sendable, Equatable {
    /// The least duration in seconds; what is shorter and not 0 is refused with 423; 60 unless set.
    public var minimum: UInt32
    /// The duration in seconds for who asks for none; 3600 unless set.
    public var standard: UInt32
    /// The greatest duration in seconds; 3600 unless set.
    public var maximum: UInt32
    /// The time between two documents, in nanoseconds; 5 s unless set.
    public var pace: UInt64
    /// How long a fetch waits to be authorized before it is answered neutrally, in nanoseconds; 3 s unless set.
    public var patience: UInt64

    /// Makes limits; they are put in order, none below the least.
    public init(
        minimum: UInt32 = 60,
        standard: UInt32 = 3_600,
        maximum: UInt32 = 3_600,
        pace: UInt64 = 5_000_000_000,
        patience: UInt64 = 3_000_000_000
    ) {
        self.minimum = minimum
        self.maximum = max(maximum, minimum)
        self.standard = min(max(standard, minimum), self.maximum)
        self.pace = pace
        self.patience = patience
    }

    /// The duration that is granted: 0 when 0 is asked for, never more than is asked for; nil when it is too brief.
    ///
    /// Source: RFC 6665 §4.2.1.1.
    func granted(_ asked: UInt32?) -> UInt32? {
        guard let asked else { return standard }
        // Nobody may be refused who asks for an hour or more.
        guard asked == 0 || asked >= min(minimum, 3_600) else { return nil }
        return min(asked, maximum)
    }

    /// The answer to who asks for too brief a time.
    var tooBrief: UserAgentServer.Answer {
        UserAgentServer.Answer(423, headers: [.minExpires(min(minimum, 3_600))])
    }
}

/// Monotonic time, in nanoseconds.
enum Clock {
    static let second: UInt64 = 1_000_000_000

    /// A time that many seconds later, or the last time there is.
    static func after(_ now: UInt64, seconds: UInt32) -> UInt64 {
        let (sum, overflow) = now.addingReportingOverflow(UInt64(seconds) * second)
        return overflow ? UInt64.max : sum
    }

    /// The whole seconds until then, 0 when it is past.
    static func seconds(until then: UInt64, from now: UInt64) -> UInt32 {
        then > now ? UInt32(clamping: (then - now) / second) : 0
    }
}
