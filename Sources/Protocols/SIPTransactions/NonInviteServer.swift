/// The server side of a transaction other than INVITE.
///
/// ```
///  request / deliver          3.5 s / 100
///  ------------------> Trying -----------> Proceeding
///                        |                    |  request / repeat the 100
///                        | 200-699 / send     | 200-699 / send
///                        +----> Completed <---+
///                        |          |  request / repeat the response
///              64*T1     |          | Timer J
///                        V          V
///                     Expired -> Terminated
/// ```
///
/// RFC 4320 is followed where it differs from RFC 3261: the only provisional response is 100, it is never sent before
/// a client over UDP has slowed down and always then, and 408 is never sent. A request that is not answered within
/// 64*T1 is not answered at all: Expired absorbs its last copies, so that it is not delivered again.
///
/// Source: RFC 3261 §17.2.2, RFC 4320 §4.1, §4.2.
public struct NonInviteServer: Sendable, Equatable {
    private enum State: Sendable, Equatable {
        /// Nothing sent; leads to `proceeding`, `completed`, `expired`, `terminated`.
        case trying
        /// A 100 was sent; leads to `completed`, `expired`, `terminated`.
        case proceeding
        /// Answered; leads to `terminated`.
        case completed(until: UInt64)
        /// Too late to answer; leads to `terminated`.
        case expired(until: UInt64)
        /// Over.
        case terminated
    }

    /// What is to be done.
    public enum Action: Sendable, Equatable {
        /// Nothing.
        case none
        /// Send the response and keep it.
        case send
        /// Send the response and forget the transaction.
        case sendAndTerminate
        /// Send the response that is kept.
        case repeatResponse
        /// Send a 100 and keep it.
        case sendTrying
        /// Send nothing: the status must not be sent, or it is too early or too late for it.
        case refuse
        /// An answer is no longer possible; the transaction goes on absorbing copies.
        case expired
        /// Forget the transaction.
        case terminated
    }

    private var state: State = .trying
    private let timers: TransactionTimers
    private let isReliable: Bool
    private let start: UInt64

    /// Makes a transaction for a request that arrived.
    public init(timers: TransactionTimers, isReliable: Bool, now: UInt64) {
        self.timers = timers
        self.isReliable = isReliable
        start = now
    }

    private var quietEnd: UInt64 { start &+ timers.quietTime }
    private var expiry: UInt64 { start &+ timers.timeout }

    /// When ``timerFired(now:)`` is to be called; nil when over.
    public var deadline: UInt64? {
        switch state {
        case .trying: min(quietEnd, expiry)
        case .proceeding: expiry
        case .completed(let until), .expired(let until): until
        case .terminated: nil
        }
    }

    /// Whether a final response can still be sent.
    public var isOpen: Bool { state == .trying || state == .proceeding }

    /// The request arrived again.
    public func receivedAgain() -> Action {
        switch state {
        case .proceeding, .completed: .repeatResponse
        case .trying, .expired, .terminated: .none
        }
    }

    /// The user of the transaction answers.
    public mutating func respond(status: Int, now: UInt64) -> Action {
        switch state {
        case .trying, .proceeding:
            guard now < expiry, status != 408 else { return .refuse }
            if status < 200 {
                guard status == 100, isReliable || now >= quietEnd else { return .refuse }
                state = .proceeding
                return .send
            }
            // Timer J is zero over a reliable transport.
            if isReliable {
                state = .terminated
                return .sendAndTerminate
            }
            state = .completed(until: now &+ timers.timeout)
            return .send
        case .completed, .expired, .terminated:
            return .refuse
        }
    }

    /// The deadline passed.
    ///
    /// - Returns: what to do for one timer; call again while ``deadline`` is not later than `now`.
    public mutating func timerFired(now: UInt64) -> Action {
        switch state {
        case .trying where now >= expiry, .proceeding where now >= expiry:
            state = isReliable ? .terminated : .expired(until: expiry &+ timers.lifetime)
            return isReliable ? .terminated : .expired
        case .trying where now >= quietEnd:
            state = .proceeding
            return .sendTrying
        case .completed(let until) where now >= until, .expired(let until) where now >= until:
            state = .terminated
            return .terminated
        case .trying, .proceeding, .completed, .expired, .terminated:
            return .none
        }
    }
}
