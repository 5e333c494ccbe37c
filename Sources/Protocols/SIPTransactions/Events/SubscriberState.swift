public import SIPMessages

/// The subscriber's side of one subscription, over all dialogs that it takes.
///
/// ```
///        start / send              NOTIFY / state             unsubscribe / send
///  Idle -------------> Subscribing ------------> Established --------------------> Leaving --> Ended
///   ^ |                  |    ^  ^                 |   |  ^ |                        terminated,
///   | | retry            |    |  |  481 / send     |   |  | | refresh / send         timer N
///   | V                  |    |  +-----------------+   |  +-+
///  Waiting ---------------+---+                        |
///   ^     time / send    |                             |
///   +-- Idle <-----------+-----------------------------+
///                   failed, terminated
/// ```
///
/// What follows a failure or an end is the caller's to say, by ``retry(at:)`` or ``stop()``. A fetch ends by itself.
///
/// The machine owns the dialog, which the first NOTIFY makes, before or after the answer to the SUBSCRIBE. One
/// SUBSCRIBE is out at a time.
///
/// Source: RFC 6665 §4.1.
public struct SubscriberState: Sendable, Equatable {
    enum State: Sendable, Equatable {
        /// Nothing is asked for; leads to `subscribing`, `waiting`, `ended`.
        case idle
        /// A SUBSCRIBE outside a dialog is out, or answered; leads to `established`, `leaving`, `idle`, `ended`.
        case subscribing(until: UInt64)
        /// There is a dialog; leads to `subscribing`, `leaving`, `idle`.
        case established(Standing)
        /// The end is asked for, or is to be; leads to `ended`.
        case leaving(until: UInt64, isSent: Bool, isConfirmed: Bool)
        /// Asks again at that time; leads to `subscribing`, `ended`.
        case waiting(until: UInt64)
        /// Over.
        case ended
    }

    /// The times of a subscription that stands.
    struct Standing: Sendable, Equatable {
        var phase: Phase
        var expiry: UInt64
        var refresh: UInt64
        /// Timer N, until the NOTIFY that follows a SUBSCRIBE comes.
        var notifyBy: UInt64?
        /// Whether a NOTIFY after the last SUBSCRIBE told the expiry.
        var isTold: Bool
        /// Refreshes in a row that failed without ending the subscription.
        var failures: UInt8 = 0

        /// A SUBSCRIBE goes out.
        mutating func sent(notifyBy: UInt64) {
            self.notifyBy = notifyBy
            isTold = false
        }
    }

    /// What the notifier says.
    public enum Phase: UInt8, Sendable, Equatable {
        /// Nobody has decided; the document, if any, means nothing. States of extensions count as this.
        case pending
        /// The documents are true.
        case active
    }

    /// A SUBSCRIBE that is to be sent.
    public struct Subscribe: Sendable, Equatable {
        /// Where it belongs.
        public enum Place: Sendable, Equatable {
            /// Outside a dialog, with a Call-ID and a From tag that were never used, and this CSeq number.
            case fresh(sequence: UInt32)
            /// Outside a dialog, with Call-ID and From tag of the one before, and this CSeq number.
            case again(sequence: UInt32)
            /// In the dialog.
            case dialog(DialogRequest)
        }

        /// What ``SubscriberState/finished(_:with:isEnd:now:)`` is to be told.
        public let attempt: UInt32
        /// Where it belongs.
        public let place: Place
        /// The Expires header field.
        public let expires: UInt32
    }

    /// Why there is no subscription.
    public enum Failure: Sendable, Equatable {
        /// The SUBSCRIBE was refused.
        case refused(status: Int, retryAfter: UInt32?)
        /// The SUBSCRIBE was not answered, or could not be sent.
        case unanswered
        /// No NOTIFY followed the SUBSCRIBE within timer N.
        case noNotify
        /// It could not be refreshed before it expired.
        case expired
    }

    /// What is to be done.
    public enum Action: Sendable, Equatable {
        /// Send a SUBSCRIBE.
        case send(Subscribe)
        /// Answer the NOTIFY.
        case answer(UserAgentServer.Answer)
        /// The NOTIFY tells where the subscription stands; its body is to be read if it has one. `isFirst` at the first
        /// time that it is active.
        case state(Phase, isFirst: Bool, hasBody: Bool)
        /// The notifier ended the subscription. A fetch always ends so, with the document in the body.
        case terminated(SubscriptionState.Reason?, retryAfter: UInt32?, hasBody: Bool)
        /// There is no subscription; `wasEstablished` when there was one, so that what it told is no longer true.
        case failed(Failure, wasEstablished: Bool)
        /// The subscription was ended as asked.
        case unsubscribed
        /// Forget the subscription.
        case ended
    }

    /// What is subscribed to.
    public let event: SIPEvent
    /// The dialog, while there is one.
    public internal(set) var dialog: SIPDialog?

    var state: State
    /// The duration to ask for; 0 makes a fetch.
    var wanted: UInt32
    /// The duration that the last 2xx granted.
    var granted: UInt32
    /// Timer N.
    let patience: UInt64
    var attempt: UInt32 = 0
    /// Whether the SUBSCRIBE of `attempt` waits for its answer.
    var isOut = false
    /// The CSeq number of the last SUBSCRIBE outside a dialog.
    var sequence: UInt32 = 0
    /// Whether the caller has something to withdraw.
    var wasEstablished = false
    var wasActive: Bool
    /// Whether a longer duration was asked for because of a 423.
    var isLengthened = false
    /// Whether another dialog was tried because of a 481.
    var isRenewed = false

    /// Makes a subscription, or a fetch.
    ///
    /// - Parameters:
    ///   - event: what is subscribed to.
    ///   - expires: the duration to ask for in seconds; 0 for a fetch.
    ///   - wasActive: whether an earlier subscription of the same pair was active, so that none is the first.
    ///   - patience: timer N in nanoseconds; 32 s unless set.
    public init(
        event: SIPEvent = .presence,
        expires: UInt32 = 3_600,
        wasActive: Bool = false,
        patience: UInt64 = 32_000_000_000
    ) {
        self.init(event: event, state: .idle, wanted: expires, wasActive: wasActive, patience: patience)
    }

    init(event: SIPEvent, state: State, wanted: UInt32, wasActive: Bool, patience: UInt64) {
        self.event = event
        self.state = state
        self.wanted = wanted
        self.wasActive = wasActive
        self.patience = patience
        granted = wanted
    }

    /// Whether it asks for the state once.
    public var isFetch: Bool { wanted == 0 }

    /// Whether its end is asked for, or has come.
    public var isLeaving: Bool {
        switch state {
        case .leaving, .ended: true
        case .idle, .subscribing, .established, .waiting: false
        }
    }

    /// Where the subscription stands; nil when there is none.
    public var phase: Phase? {
        if case .established(let standing) = state { standing.phase } else { nil }
    }

    /// When ``timerFired(now:)`` is to be called; nil when there is nothing to wait for.
    public var deadline: UInt64? {
        switch state {
        case .idle, .ended: nil
        case .subscribing(let until), .waiting(let until), .leaving(let until, _, _): until
        case .established(let standing):
            // While a SUBSCRIBE is out, its end is waited for, which is no later than timer N.
            isOut ? standing.expiry : min(standing.expiry, standing.notifyBy ?? UInt64.max, standing.refresh)
        }
    }

    /// Subscribes; when it is waiting, at once instead of later.
    public mutating func start(now: UInt64) -> [Action] {
        switch state {
        case .idle, .waiting: return [subscribe(now)]
        case .subscribing, .established, .leaving, .ended: return []
        }
    }

    /// When the subscription ends unless it is renewed; nil when there is none.
    public var expiry: UInt64? {
        if case .established(let standing) = state { standing.expiry } else { nil }
    }

    /// Whether nothing but the refresh is due, and the one before did not fail.
    ///
    /// - Parameter now: the time.
    /// - Returns: false while there is no subscription, and while a SUBSCRIBE is out.
    public func isRefreshDue(now: UInt64) -> Bool {
        guard case .established(let standing) = state, !isOut else { return false }
        return now >= standing.refresh && now < standing.expiry && standing.notifyBy == nil && standing.failures == 0
    }

    /// Subscribes at that time, after a failure or an end.
    public mutating func retry(at time: UInt64) {
        switch state {
        case .idle, .waiting: state = .waiting(until: time)
        case .subscribing, .established, .leaving, .ended: break
        }
    }

    /// Does not subscribe again after a failure or an end.
    public mutating func stop() -> [Action] {
        switch state {
        case .idle, .waiting: return end()
        case .subscribing, .established, .leaving, .ended: return []
        }
    }

    /// Ends the subscription: what its NOTIFYs tell from here on is not shown.
    ///
    /// Source: RFC 6665 §4.1.2.3.
    public mutating func unsubscribe(now: UInt64) -> [Action] {
        switch state {
        case .idle, .waiting: return [.unsubscribed] + end()
        case .subscribing where isFetch: return [.unsubscribed] + end()
        case .subscribing, .established:
            state = .leaving(until: now &+ patience, isSent: false, isConfirmed: false)
            return leave(now)
        case .leaving, .ended: return []
        }
    }

    /// The deadline passed.
    public mutating func timerFired(now: UInt64) -> [Action] {
        guard let deadline, now >= deadline else { return [] }
        switch state {
        case .idle, .ended: return []
        case .waiting: return [subscribe(now)]
        case .leaving(_, _, let isConfirmed): return (isConfirmed ? [] : [.unsubscribed]) + end()
        case .subscribing:
            if isFetch, wasEstablished { return end() }
            return fail(isOut ? .unanswered : .noNotify)
        case .established(var standing):
            if now >= standing.expiry { return fail(.expired) }
            if let limit = standing.notifyBy, now >= limit { return fail(.noNotify) }
            return refresh(&standing, now)
        }
    }

    /// Asks for the whole state now, when a subscription stands and no SUBSCRIBE is out.
    ///
    /// Source: RFC 6665 §4.1.2.2.
    public mutating func refresh(now: UInt64) -> [Action] {
        guard case .established(var standing) = state, !isOut else { return [] }
        return refresh(&standing, now)
    }

    private mutating func refresh(_ standing: inout Standing, _ now: UInt64) -> [Action] {
        standing.sent(notifyBy: now &+ patience)
        state = .established(standing)
        return sendInDialog(expires: wanted)
    }
}
