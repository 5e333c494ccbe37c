public import NIOCore

/// The time by which a connector waits.
public struct ConnectorClock: Sendable {
    /// Calls something once at a time, unless the closure that it returns is called before.
    public typealias Schedule =
        @Sendable (any EventLoop, NIODeadline, @escaping @Sendable () -> Void) -> @Sendable () -> Void

    let now: @Sendable () -> NIODeadline
    let schedule: Schedule

    /// Makes a clock.
    ///
    /// - Parameters:
    ///   - now: tells the time.
    ///   - schedule: calls on an event loop, and returns how to cancel.
    public init(now: @escaping @Sendable () -> NIODeadline, schedule: @escaping Schedule) {
        self.now = now
        self.schedule = schedule
    }

    /// The clock of the system.
    public static let system = ConnectorClock(
        now: { .now() },
        schedule: { eventLoop, deadline, call in
            let scheduled = eventLoop.scheduleTask(deadline: deadline, call)
            return { scheduled.cancel() }
        }
    )
}

/// Bounds of one search for a server.
public struct ConnectorLimits: Sendable, Equatable {
    /// How long one question may take.
    public var question = TimeAmount.seconds(5)
    /// How long everything may take.
    public var total = TimeAmount.seconds(60)
    /// Servers that are tried.
    public var servers = 8
    /// Lines of what was tried that are kept.
    public var attempts = 64
    /// The times between attempts.
    public var timing = HappyEyeballs.Timing()

    /// The defaults.
    public init() {}
}
