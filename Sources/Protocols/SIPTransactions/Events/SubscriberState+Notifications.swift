public import SIPMessages

extension SubscriberState {
    /// A NOTIFY arrived whose Call-ID and To tag are those of the last SUBSCRIBE outside a dialog.
    ///
    /// The checks: Event (400, 489, 481), Subscription-State (400), dialog (481; the first NOTIFY makes it, one of
    /// another branch belongs to none), order (500).
    ///
    /// Source: RFC 6665 §4.1.3, §4.4.1, RFC 3856 §6.8, §6.9.
    public mutating func notified(_ request: SIPRequest, now: UInt64) -> [Action] {
        let headers = request.headers
        if let refusal = EventCheck.refusal(of: headers, packages: [event.package]) { return [.answer(refusal)] }
        do throws(SIPError) {
            guard try headers.event() == event else { return [.answer(UserAgentServer.Answer(481))] }
            guard let told = try headers.subscriptionState() else { return [.answer(UserAgentServer.Answer(400))] }
            guard let refusal = try place(request, told) else {
                return [.answer(UserAgentServer.Answer(200))] + take(told, hasBody: !request.body.isEmpty, now)
            }
            return [.answer(UserAgentServer.Answer(refusal))]
        } catch {
            return [.answer(UserAgentServer.Answer(400))]
        }
    }

    /// Finds or makes the dialog; the status to refuse with, or nil.
    private mutating func place(_ request: SIPRequest, _ told: SubscriptionState) throws(SIPError) -> Int? {
        switch state {
        case .idle, .waiting, .ended: return 481
        case .subscribing, .established, .leaving: break
        }
        if dialog == nil {
            // What is over at once needs no dialog, so no Contact either.
            if told.phase != .terminated { dialog = try SIPDialog(notify: request, localSequence: sequence) }
            return nil
        }
        switch dialog?.receive(request) {
        case .inOrder: return nil
        case .outOfOrder: return 500
        case .foreign, nil: return 481
        }
    }

    private mutating func take(_ told: SubscriptionState, hasBody: Bool, _ now: UInt64) -> [Action] {
        if case .leaving(_, _, let isConfirmed) = state {
            guard told.phase == .terminated else { return leave(now) }
            return (isConfirmed ? [] : [.unsubscribed]) + end()
        }
        if told.phase == .terminated {
            let action = Action.terminated(told.reason, retryAfter: told.retryAfter, hasBody: hasBody)
            return [action] + rest()
        }
        let phase: Phase = told.phase == .active ? .active : .pending
        let isFirst = phase == .active && !wasActive
        wasActive = wasActive || phase == .active
        wasEstablished = true
        isRenewed = false
        if !isFetch { stand(phase, told.expires, now) }
        return [.state(phase, isFirst: isFirst, hasBody: hasBody)]
    }

    private mutating func stand(_ phase: Phase, _ expires: UInt32?, _ now: UInt64) {
        let expiry = Clock.after(now, seconds: expires ?? granted)
        guard case .established(var standing) = state else {
            state = .established(Standing(phase, expiry: expiry, isTold: expires != nil, now))
            return
        }
        standing.phase = phase
        standing.notifyBy = nil
        if expires != nil {
            standing.isTold = true
            standing.expiry = expiry
            // After a failure the pause counts.
            if standing.failures == 0 { standing.refresh = Self.refresh(until: expiry, now) }
        }
        state = .established(standing)
    }
}

extension SubscriberState.Standing {
    init(_ phase: SubscriberState.Phase, expiry: UInt64, isTold: Bool, _ now: UInt64) {
        self.init(
            phase: phase,
            expiry: expiry,
            refresh: SubscriberState.refresh(until: expiry, now),
            notifyBy: nil,
            isTold: isTold
        )
    }
}
