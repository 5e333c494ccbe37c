public import SIPMessages

/// The notifier's side of one subscription.
///
/// ```
///  SUBSCRIBE / answer, notify          authorize / notify
///  ---------------------> Pending ------------------------> Active
///  |                         |                                |  changed / notify, at the pace
///  | Expires: 0              | end, Expires: 0, expiry        |
///  V                         V                                |
///  Fetching ------------> Ending <----------------------------+
///    authorize, end,         | notify terminated
///    patience                V
///                         Closing ----------------------------> Over
///                                   any answer, or none
/// ```
///
/// In any state a NOTIFY that is answered 481 and its like, or not at all, leads to Over without another word.
///
/// One NOTIFY is open at a time. What happens meanwhile is owed, and told by one NOTIFY when that has ended: the caller
/// composes its document when ``Action/notify(_:withBody:)`` asks for it, so it is the newest. A document waits for
/// the pace; a change of the subscription itself, and the answer to a refresh, do not.
///
/// The caller owns the dialog. It asks ``SIPDialog/receive(_:)`` first and brings only requests in order.
///
/// Source: RFC 6665 §4.2.2, RFC 3856 §6.7, §6.10.
public struct NotifierState: Sendable, Equatable {
    enum State: Sendable, Equatable {
        /// Nobody has decided; leads to `active`, `ending`, `over`.
        case pending
        /// The watcher may see; leads to `ending`, `over`.
        case active
        /// A fetch that nobody has decided on; leads to `ending`.
        case fetching(until: UInt64)
        /// The last NOTIFY is owed; leads to `closing`, `over`.
        case ending(SubscriptionState, withBody: Bool)
        /// The last NOTIFY is open; leads to `over`.
        case closing(SubscriptionState)
        /// There is no subscription.
        case over
    }

    private enum Debt: Sendable, Equatable {
        case nothing
        /// To be told at the pace.
        case document
        /// To be told at once.
        case status
        /// To be told at this time, unless something is told before: nobody knows what an earlier process told.
        case again(UInt64)
    }

    /// What is to be done.
    public enum Action: Sendable, Equatable {
        /// Answer the SUBSCRIBE; Contact, and the Record-Route of a first one, are the caller's to add.
        case answer(UserAgentServer.Answer)
        /// Send a NOTIFY in the dialog, with the document as it is now if it is to have one.
        case notify(SubscriptionState, withBody: Bool)
        /// Forget subscription and dialog.
        case ended(End)
    }

    /// How a subscription ended.
    public enum End: Sendable, Equatable {
        /// The watcher was told.
        case told
        /// A NOTIFY was refused.
        case refused(status: Int)
        /// A NOTIFY was not answered.
        case unreachable
    }

    /// What doubles with each failure in a row, in nanoseconds, where the pace is less: 500 ms after the first.
    private static let leastPause: UInt64 = 250_000_000

    /// What is subscribed to.
    public let event: SIPEvent

    private(set) var state: State
    /// When the subscription ends unless the watcher renews it.
    public private(set) var expiry: UInt64
    private let limits: EventLimits
    private var isOpen = false
    private var debt = Debt.nothing
    /// The earliest time of the next document.
    private var earliest: UInt64 = 0
    /// NOTIFYs in a row that failed without ending the subscription.
    private var failures: UInt8 = 0

    /// Makes a subscription; one of an earlier process with a time at which it is told where it stands.
    init(event: SIPEvent, state: State, expiry: UInt64, limits: EventLimits, again: UInt64? = nil) {
        self.event = event
        self.state = state
        self.expiry = expiry
        self.limits = limits
        if let again { debt = .again(again) }
    }

    /// Makes a subscription of a granted duration; 0 makes a fetch.
    ///
    /// - Returns: the actions after the answer.
    mutating func opened(duration: UInt32, isAuthorized: Bool, now: UInt64) -> [Action] {
        if duration > 0 {
            state = isAuthorized ? .active : .pending
            debt = .status
        } else if isAuthorized {
            finish(.terminated(.timeout), withBody: true)
        } else {
            state = .fetching(until: now &+ limits.patience)
        }
        return next(now)
    }

    /// Whether the watcher may see documents.
    public var isActive: Bool { state == .active }

    /// Whether nobody has decided what the watcher may see.
    public var isPending: Bool {
        switch state {
        case .pending, .fetching: true
        case .active, .ending, .closing, .over: false
        }
    }

    /// When ``timerFired(now:)`` is to be called; nil when there is nothing to wait for.
    public var deadline: UInt64? {
        switch state {
        case .pending, .active: min(expiry, due ?? expiry)
        case .fetching(let until): until
        case .ending: due
        case .closing, .over: nil
        }
    }

    /// When what is owed is told; nil when that waits for no time.
    private var due: UInt64? {
        switch debt {
        case .document where !isOpen: earliest
        case .again(let time): time
        case .nothing, .document, .status: nil
        }
    }

    /// A SUBSCRIBE arrived in the dialog: a refresh, or the end of the subscription.
    ///
    /// Source: RFC 6665 §4.2.1.4.
    public mutating func refresh(_ request: SIPRequest, now: UInt64) -> [Action] {
        let asked: UInt32?
        do throws(SIPError) {
            guard try request.headers.event() == event else { return [.answer(UserAgentServer.Answer(481))] }
            asked = try request.headers.duration()
        } catch {
            return [.answer(UserAgentServer.Answer(400))]
        }
        guard state == .pending || state == .active else { return [.answer(UserAgentServer.Answer(481))] }
        guard let duration = limits.granted(asked) else { return [.answer(limits.tooBrief)] }
        if duration == 0 {
            finish(.terminated(.timeout), withBody: isActive)
        } else {
            expiry = Clock.after(now, seconds: duration)
            debt = .status
        }
        return [.answer(UserAgentServer.Answer(200, headers: [.expires(duration)]))] + next(now)
    }

    /// The watcher may see.
    ///
    /// Source: RFC 3856 §6.6.2.
    public mutating func authorize(now: UInt64) -> [Action] {
        switch state {
        case .pending:
            state = .active
            debt = .status
        case .fetching: finish(.terminated(.timeout), withBody: true)
        case .active, .ending, .closing, .over: return []
        }
        return next(now)
    }

    /// The subscription ends from this side; a fetch is answered without a body.
    public mutating func end(
        _ reason: SubscriptionState.Reason,
        retryAfter: UInt32? = nil,
        now: UInt64
    ) -> [Action] {
        switch state {
        case .pending, .active, .fetching:
            // What is over for other reasons has no state to show.
            let withBody = isActive && (reason == .timeout || reason == .invariant)
            finish(.terminated(reason, retryAfter: retryAfter), withBody: withBody)
            return next(now)
        case .ending, .closing, .over: return []
        }
    }

    /// There is another document.
    public mutating func changed(now: UInt64) -> [Action] {
        guard state == .active else { return [] }
        if debt != .status { debt = .document }
        return next(now)
    }

    /// The open NOTIFY was answered; one that could not be sent counts as answered 503 (RFC 3261 §8.1.3.1).
    ///
    /// - Parameters:
    ///   - status: the code of the final response.
    ///   - retryAfter: the seconds of its Retry-After.
    ///   - now: the time.
    /// - Returns: what to do.
    ///
    /// Source: RFC 6665 §4.2.2.
    public mutating func answered(status: Int, retryAfter: UInt32? = nil, now: UInt64) -> [Action] {
        guard isOpen else { return [] }
        isOpen = false
        if case .closing = state { return over(.told) }
        if SubscriptionEnd.statuses.contains(status) { return over(.refused(status: status)) }
        if status < 300 {
            failures = 0
        } else {
            failures = min(failures + 1, 6)
            if debt == .nothing { debt = .document }
            let pause = max(limits.pace, Self.leastPause) << UInt64(failures)
            earliest = max(now &+ pause, Clock.after(now, seconds: retryAfter ?? 0))
        }
        return next(now)
    }

    /// The open NOTIFY was not answered in time.
    ///
    /// Source: RFC 6665 §4.2.2.
    public mutating func timedOut() -> [Action] {
        guard isOpen else { return [] }
        isOpen = false
        if case .closing = state { return over(.told) }
        return over(.unreachable)
    }

    /// The open NOTIFY came to its end.
    ///
    /// Source: RFC 6665 §4.2.2.
    public mutating func finished(with outcome: ClientOutcome, now: UInt64) -> [Action] {
        switch outcome {
        case .response(let response):
            answered(status: response.status, retryAfter: response.headers.retryAfter?.seconds, now: now)
        case .timeout: timedOut()
        case .transportError: answered(status: 503, now: now)
        }
    }

    /// The deadline passed.
    public mutating func timerFired(now: UInt64) -> [Action] {
        switch state {
        case .pending where now >= expiry, .active where now >= expiry:
            finish(.terminated(.timeout), withBody: isActive)
        case .fetching(let until):
            guard now >= until else { return [] }
            finish(.terminated(.timeout), withBody: false)
        case .pending, .active, .ending, .closing, .over: break
        }
        return next(now)
    }

    /// Owes the last NOTIFY.
    private mutating func finish(_ last: SubscriptionState, withBody: Bool) {
        state = .ending(last, withBody: withBody)
        debt = .status
    }

    private mutating func over(_ end: End) -> [Action] {
        state = .over
        return [.ended(end)]
    }

    /// Sends what is owed, if it may be sent.
    private mutating func next(_ now: UInt64) -> [Action] {
        guard !isOpen, debt == .status || due.map({ $0 <= now }) == true else { return [] }
        let action: Action
        switch state {
        case .pending: action = .notify(status(.pending, now), withBody: false)
        case .active: action = .notify(status(.active, now), withBody: true)
        case .ending(let last, let withBody):
            action = .notify(last, withBody: withBody)
            state = .closing(last)
        case .fetching, .closing, .over: return []
        }
        isOpen = true
        debt = .nothing
        earliest = now &+ limits.pace
        return [action]
    }

    private func status(_ phase: SubscriptionState.Phase, _ now: UInt64) -> SubscriptionState {
        SubscriptionState(phase, expires: Clock.seconds(until: expiry, from: now))
    }
}
