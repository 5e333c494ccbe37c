/// The side that composes: what it tells the other of its writing, and when.
///
/// ```
///          composing / "active"
///   idle ------------------------> active --+ refresh time-out / "active"
///    ^                              |   ^---+
///    +------------------------------+
///      content sent / nothing; paused or idle time-out / "idle"
/// ```
///
/// The idle time-out runs from the start of the writing, for those whose client tells once that they write.
///
/// Source: RFC 3994 §3.2.
public struct ComposingSender: Sendable, Equatable {
    /// How long the times are, in milliseconds.
    public struct Times: Sendable, Equatable {
        /// After how long an active state is told again, at least a minute; 90 s unless set.
        public var refresh: Int64
        /// After how long somebody who says nothing more counts as idle; 5 minutes unless set.
        public var idle: Int64

        /// Makes times.
        ///
        /// - Parameters:
        ///   - refresh: after how long an active state is told again, 90 s.
        ///   - idle: after how long somebody who says nothing more counts as idle, 5 minutes.
        public init(refresh: Int64 = 90_000, idle: Int64 = 300_000) {
            self.refresh = max(refresh, 60_000)
            self.idle = idle
        }
    }

    /// What happens.
    public enum Event: Sendable, Equatable {
        /// The user writes.
        case composing
        /// The user has stopped.
        case paused
        /// The user has sent what was being written.
        case sentContent
        /// Time has passed.
        case advanced
    }

    private enum State: Sendable, Equatable {
        /// Nothing is being written; leads to `active`.
        case idle
        /// Something is; leads to `idle`. When the state is told again, and when it ends.
        case active(refresh: Int64, end: Int64)
    }

    /// The times.
    public let times: Times
    private var state = State.idle

    /// Makes a side that is idle.
    ///
    /// - Parameter times: how long the times are.
    public init(times: Times = Times()) { self.times = times }

    /// What was told last.
    public var told: ComposingStatus.State { state == .idle ? .idle : .active }

    /// When something is to be done without an event, in the milliseconds of ``receive(_:now:)``; nil for never.
    public var deadline: Int64? {
        guard case .active(let refresh, let end) = state else { return nil }
        return min(refresh, end)
    }

    /// Takes an event.
    ///
    /// - Parameters:
    ///   - event: what happens.
    ///   - now: milliseconds of a clock that never goes back.
    /// - Returns: the state to tell; nil for nothing.
    public mutating func receive(_ event: Event, now: Int64) -> ComposingStatus.State? {
        switch (state, event) {
        case (.idle, .composing):
            state = .active(refresh: now + times.refresh, end: now + times.idle)
            return .active
        case (.idle, .paused), (.idle, .sentContent), (.idle, .advanced): return nil
        case (.active(let refresh, _), .composing):
            // One document for each interval, unless the state changes.
            state = .active(refresh: refresh, end: now + times.idle)
            return nil
        case (.active, .paused):
            state = .idle
            return .idle
        case (.active, .sentContent):
            state = .idle
            return nil
        case (.active(let refresh, let end), .advanced):
            if now >= end {
                state = .idle
                return .idle
            }
            guard now >= refresh else { return nil }
            state = .active(refresh: now + times.refresh, end: end)
            return .active
        }
    }
}
