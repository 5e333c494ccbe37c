import Glibc
import NIOCore

/// The clocks of a connection between servers.
public struct ServerClock: Sendable {
    /// Nanoseconds of a clock that only goes on.
    public let monotonic: @Sendable () -> UInt64
    /// Seconds since 1970-01-01T00:00:00Z.
    public let unixSeconds: @Sendable () -> Int64

    /// Names the clocks.
    ///
    /// - Parameters:
    ///   - monotonic: nanoseconds of a clock that only goes on.
    ///   - unixSeconds: seconds since 1970-01-01T00:00:00Z.
    public init(monotonic: @escaping @Sendable () -> UInt64, unixSeconds: @escaping @Sendable () -> Int64) {
        self.monotonic = monotonic
        self.unixSeconds = unixSeconds
    }

    /// The machine's clocks.
    public static let system = ServerClock(
        monotonic: { NIODeadline.now().uptimeNanoseconds },
        unixSeconds: { Int64(time(nil)) }
    )
}
