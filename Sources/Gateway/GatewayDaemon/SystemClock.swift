import BridgeCore
import Glibc

/// The machine's clocks.
enum SystemClock {
    /// Both readings at once.
    static var now: Moment { Moment(monotonic: nanoseconds(CLOCK_MONOTONIC), wall: wall) }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    static var wall: Int64 { Int64(nanoseconds(CLOCK_REALTIME) / 1_000_000) }

    private static func nanoseconds(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        // The pointer does not outlive the call.
        _ = unsafe clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// Where a gateway reads the time.
struct GatewayClock: Sendable {
    /// Both readings at once.
    let read: @Sendable () -> Moment

    /// The machine's clocks.
    static let system = GatewayClock { SystemClock.now }
}
