import SIPMessages

extension SubscriberState {
    /// A SUBSCRIBE came to its end.
    ///
    /// - Parameters:
    ///   - attempt: that of the ``Subscribe``; the end of an older one is passed over.
    ///   - outcome: how it ended.
    ///   - isEnd: whether a refusal ends a subscription that stands, although RFC 6665 keeps it until its expiry.
    ///   - now: the time.
    /// - Returns: what to do.
    ///
    /// Source: RFC 6665 §4.1.2.1, §4.1.2.2, RFC 8048 §5.2.2.
    public mutating func finished(
        _ attempt: UInt32,
        with outcome: ClientOutcome,
        isEnd: Bool = false,
        now: UInt64
    ) -> [Action] {
        guard isOut, attempt == self.attempt else { return [] }
        isOut = false
        guard case .response(let response) = outcome else { return failed(.unanswered, status: 408, now) }
        follow(response)
        if response.isSuccess { return accepted(response.headers.expires, now) }
        let retryAfter = response.headers.retryAfter?.seconds
        let failure = Failure.refused(status: response.status, retryAfter: retryAfter)
        if isEnd, case .established = state { return fail(failure) }
        if response.status == 423, let again = lengthen(response.headers.minExpires, now) { return again }
        return failed(failure, status: response.status, now)
    }

    /// Takes from the response what belongs to the dialog, or to the request outside one.
    ///
    /// Whoever answers a challenge takes a number that this machine did not give.
    private mutating func follow(_ response: SIPResponse) {
        do throws(SIPError) {
            let number = try response.headers.cseq().number
            guard var dialog else {
                sequence = Self.later(sequence, number)
                return
            }
            guard dialog.key == DialogKey(answering: response) else { return }
            dialog.localSequence = Self.later(dialog.localSequence, number)
            if response.isSuccess { dialog.refreshTarget(from: response.headers) }
            self.dialog = dialog
        } catch {
            // A response that was matched has a CSeq.
        }
    }

    /// The number that is in use: a later one, unless it is so much later that it can only be made up.
    private static func later(_ ours: UInt32, _ told: UInt32) -> UInt32 {
        told > ours && told - ours <= 8 ? told : ours
    }

    private mutating func accepted(_ expires: UInt32?, _ now: UInt64) -> [Action] {
        granted = expires ?? wanted
        switch state {
        case .established(var standing):
            let expiry = Clock.after(now, seconds: granted)
            // A NOTIFY may shorten what was granted, and may come first.
            standing.expiry = standing.isTold ? min(expiry, standing.expiry) : expiry
            standing.refresh = Self.refresh(until: standing.expiry, now)
            standing.failures = 0
            isLengthened = false
            state = .established(standing)
            return []
        case .leaving(let until, true, false):
            state = .leaving(until: until, isSent: true, isConfirmed: true)
            return [.unsubscribed]
        case .leaving: return leave(now)
        case .idle, .subscribing, .waiting, .ended: return []
        }
    }

    /// Asks once for the least duration that the notifier grants; nil when that is of no use.
    ///
    /// Source: RFC 3261 §21.4.17.
    private mutating func lengthen(_ minimum: UInt32?, _ now: UInt64) -> [Action]? {
        guard let minimum, minimum > wanted, wanted > 0, !isLengthened else { return nil }
        switch state {
        case .subscribing:
            sequence += 1
            state = .subscribing(until: now &+ patience)
        case .established(var standing):
            standing.sent(notifyBy: now &+ patience)
            state = .established(standing)
        case .idle, .leaving, .waiting, .ended: return nil
        }
        isLengthened = true
        wanted = minimum
        granted = minimum
        return dialog == nil ? [send(.again(sequence: sequence), expires: wanted)] : sendInDialog(expires: wanted)
    }

    private mutating func failed(_ failure: Failure, status: Int, _ now: UInt64) -> [Action] {
        switch state {
        case .idle, .waiting, .ended: return []
        case .leaving(_, let isSent, let isConfirmed):
            if !isSent, dialog != nil, !SubscriptionEnd.statuses.contains(status) { return leave(now) }
            return (isConfirmed ? [] : [.unsubscribed]) + end()
        case .subscribing where isFetch && wasEstablished: return []
        case .subscribing:
            return status == 481 ? renew(failure, now) : fail(failure)
        case .established(var standing):
            if status == 481 { return renew(failure, now) }
            if SubscriptionEnd.statuses.contains(status) { return fail(failure) }
            standing.notifyBy = nil
            standing.refresh = pause(after: failure, standing.failures, now)
            standing.failures = min(standing.failures + 1, 6)
            state = .established(standing)
            return []
        }
    }

    /// Tries another dialog, once.
    private mutating func renew(_ failure: Failure, _ now: UInt64) -> [Action] {
        guard !isRenewed, !isFetch else { return fail(failure) }
        isRenewed = true
        return [subscribe(now)]
    }

    /// The next try: 30 s later, then twice that and so on, never before Retry-After is over.
    private func pause(after failure: Failure, _ failures: UInt8, _ now: UInt64) -> UInt64 {
        var seconds: UInt32 = 30 << UInt32(failures)
        if case .refused(_, let retryAfter?) = failure { seconds = max(seconds, retryAfter) }
        return Clock.after(now, seconds: seconds)
    }

    /// When a subscription is refreshed: at 90 % or 30 s before its expiry, whichever is earlier; a brief one at its
    /// half, and never more than every 5 s.
    static func refresh(until expiry: UInt64, _ now: UInt64) -> UInt64 {
        let left = expiry > now ? expiry - now : 0
        let margin = max(left / 10, 30 * Clock.second)
        return now &+ max(left > margin ? left - margin : 0, left / 2, 5 * Clock.second)
    }
}

extension DialogKey {
    /// The key of the dialog that the response to a request of ours names; nil when it cannot be read.
    init?(answering response: SIPResponse) {
        do throws(SIPError) {
            let headers = response.headers
            self.init(
                try headers.callIDBytes(),
                try headers.from().tagBytes ?? [],
                Optional(try headers.to().tagBytes ?? [])
            )
        } catch {
            return nil
        }
    }
}

/// The answers to SUBSCRIBE and NOTIFY that end a subscription.
///
/// Source: RFC 6665 §4.1.2.2, §4.2.2.
enum SubscriptionEnd {
    static let statuses: Set<Int> = [404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604]
}
