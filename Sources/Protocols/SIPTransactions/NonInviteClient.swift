/// The client side of a transaction other than INVITE.
///
/// ```
///            Timer E / send              Timer E / send
///               +---+                       +---+
///  start / send |   V     1xx / tell        |   V
///  --------> Trying --------------------> Proceeding
///               |  \                      /  |
///               |   \  200-699 / tell    /   | 200-699 / tell
///   Timer F     |    +-----> Completed <+    | Timer F
///   / timeout   |               | Timer K    | / timeout
///               +-----------> Terminated <---+
/// ```
///
/// Over a reliable transport nothing is sent twice, and Completed ends at once.
///
/// Source: RFC 3261 §17.1.2.2.
public struct NonInviteClient: Sendable, Equatable {
    private enum State: Sendable, Equatable {
        /// Sent, nothing heard; leads to `proceeding`, `completed`, `terminated`.
        case trying(resend: UInt64?, pause: UInt64)
        /// A provisional response came; leads to `completed`, `terminated`.
        case proceeding(resend: UInt64?)
        /// Answered: copies of the answer are absorbed; leads to `terminated`.
        case completed(until: UInt64)
        /// Over.
        case terminated
    }

    /// What is to be done.
    public enum Action: Sendable, Equatable {
        /// Nothing.
        case none
        /// Send the request.
        case send
        /// Tell of a provisional response.
        case provisional
        /// Tell of the final response.
        case final
        /// Tell that no final response came in time.
        case timeout
        /// Forget the transaction.
        case terminated
    }

    private var state: State
    private let timers: TransactionTimers
    private let isReliable: Bool
    /// When timer F fires.
    private let failure: UInt64

    /// Makes a transaction; its request is to be sent at once.
    public init(timers: TransactionTimers, isReliable: Bool, now: UInt64) {
        self.timers = timers
        self.isReliable = isReliable
        failure = now &+ timers.timeout
        let first = min(timers.roundTrip, timers.longestPause)
        state = .trying(resend: isReliable ? nil : now &+ first, pause: first)
    }

    /// When ``timerFired(now:)`` is to be called; nil when over.
    public var deadline: UInt64? {
        switch state {
        case .trying(let resend, _), .proceeding(let resend): min(resend ?? failure, failure)
        case .completed(let until): until
        case .terminated: nil
        }
    }

    /// Whether a final response or a failure has been told.
    public var isFinished: Bool {
        switch state {
        case .trying, .proceeding: false
        case .completed, .terminated: true
        }
    }

    /// A response arrived.
    public mutating func receive(status: Int, now: UInt64) -> Action {
        switch state {
        case .trying, .proceeding:
            if status < 200 {
                if case .trying = state {
                    state = .proceeding(resend: isReliable ? nil : now &+ timers.longestPause)
                }
                return .provisional
            }
            state = isReliable ? .terminated : .completed(until: now &+ timers.lifetime)
            return .final
        case .completed, .terminated:
            return .none
        }
    }

    /// The deadline passed.
    ///
    /// - Returns: what to do for one timer; call again while ``deadline`` is not later than `now`.
    public mutating func timerFired(now: UInt64) -> Action {
        switch state {
        case .trying(let resend, let pause):
            if now >= failure { return fail() }
            guard let resend, now >= resend else { return .none }
            let next = min(pause &* 2, timers.longestPause)
            state = .trying(resend: following(resend &+ next, now, pause: next), pause: next)
            return .send
        case .proceeding(let resend):
            if now >= failure { return fail() }
            guard let resend, now >= resend else { return .none }
            let next = timers.longestPause
            state = .proceeding(resend: following(resend &+ next, now, pause: next))
            return .send
        case .completed(let until):
            guard now >= until else { return .none }
            state = .terminated
            return .terminated
        case .terminated:
            return .none
        }
    }

    /// The next time to send; times that a late call has missed are left out.
    private func following(_ due: UInt64, _ now: UInt64, pause: UInt64) -> UInt64 {
        due > now ? due : now &+ pause
    }

    private mutating func fail() -> Action {
        state = .terminated
        return .timeout
    }
}
