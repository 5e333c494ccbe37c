/// The side that is told: whether the other composes, and until when that is believed.
///
/// ```
///          "active" received
///   idle --------------------> active --+ "active" received
///    ^                          |   ^---+
///    +--------------------------+
///      "idle" or content received, or refresh time-out
/// ```
///
/// Source: RFC 3994 §3.3.
public struct ComposingReceiver: Sendable, Equatable {
    /// What happens.
    public enum Event: Sendable, Equatable {
        /// A document was received.
        case status(ComposingStatus)
        /// A content message was received.
        case content
        /// Time has passed.
        case advanced
    }

    /// For how long a state without a refresh is believed, in milliseconds.
    ///
    /// Source: RFC 3994 §3.3.
    public static let usualRefresh: Int64 = 120_000
    /// For how long a state is believed at most, in milliseconds.
    public static let longestRefresh: Int64 = 3_600_000

    private enum State: Sendable, Equatable {
        /// The other does not write; leads to `active`.
        case idle
        /// The other writes; leads to `idle`. When that is believed no more.
        case active(end: Int64)
    }

    private var state: State

    /// Makes a side that believes the other idle.
    public init() { state = .idle }

    /// What the other does.
    public var current: ComposingStatus.State { state == .idle ? .idle : .active }

    /// When the state changes without an event, in the milliseconds of ``receive(_:now:)``; nil for never.
    public var deadline: Int64? {
        if case .active(let end) = state { end } else { nil }
    }

    /// Takes an event.
    ///
    /// - Parameters:
    ///   - event: what happens.
    ///   - now: milliseconds of a clock that never goes back.
    /// - Returns: the state that has begun; nil when it goes on, or when content itself has ended it.
    public mutating func receive(_ event: Event, now: Int64) -> ComposingStatus.State? {
        switch (state, event) {
        case (_, .status(let status)) where status.state == .active:
            let began = state == .idle
            let refresh = status.refresh.map { Int64(min($0, 3_600)) * 1_000 } ?? Self.usualRefresh
            state = .active(end: now + min(refresh, Self.longestRefresh))
            return began ? .active : nil
        case (.active, .status):
            state = .idle
            return .idle
        case (.active, .content):
            state = .idle
            return nil
        case (.active(let end), .advanced):
            guard now >= end else { return nil }
            state = .idle
            return .idle
        case (.idle, .status), (.idle, .content), (.idle, .advanced): return nil
        }
    }
}
