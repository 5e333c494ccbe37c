import MappingTables
import SIPMessages
public import XMPPStanzas

extension PresenceTranslator {
    /// What a failed SUBSCRIBE means for the user who asked.
    ///
    /// - Parameters:
    ///   - failure: how the request failed.
    ///   - isInitial: whether it was to begin the subscription, not to refresh it.
    ///   - contact: the user of the CPIM shore.
    /// - Returns: the verdict; nil for a response that is no failure.
    ///
    /// Source: RFC 8048 §5.2.2, RFC 3922 §6.1, RFC 6665 §4.1.2.
    public func verdict(
        for failure: RequestFailure,
        isInitial: Bool,
        of contact: Correspondent
    ) -> SubscriptionVerdict? {
        verdict(failure.kind, failure.retryAfter, failure.text, isInitial, contact)
    }

    /// What a failed SUBSCRIBE means for the user who asked, by the status of its response alone.
    ///
    /// - Parameters:
    ///   - status: the status code.
    ///   - isInitial: whether it was to begin the subscription, not to refresh it.
    ///   - contact: the user of the CPIM shore.
    /// - Returns: the verdict; nil for a status that is no failure.
    ///
    /// Source: RFC 8048 §5.2.2.
    public func verdict(forStatus status: Int, isInitial: Bool, of contact: Correspondent) -> SubscriptionVerdict? {
        verdict(.status(status), nil, SIPStatus.reason(for: status), isInitial, contact)
    }

    private func verdict(
        _ failure: SIPFailure,
        _ retryAfter: UInt32?,
        _ text: String,
        _ isInitial: Bool,
        _ contact: Correspondent
    ) -> SubscriptionVerdict? {
        let word: String
        switch failure {
        case .status(let status):
            guard status >= 300 else { return nil }
            word = String(status)
        case .timeout: word = "timeout"
        case .transport: word = "transport"
        }
        let route = route(of: contact)
        let record = ["request": [isInitial ? "initial" : "refresh"], "status": [word]]
        let answer = route.values("subscription.failures")?.answer(record, to: .xmpp)
        let step = answer?["do"].flatMap { SubscriptionStep(rawValue: $0) } ?? (isInitial ? .error : .retryLater)
        var verdict = SubscriptionVerdict(step, retryAfter: retryAfter, row: answer?.row)
        guard step == .error else { return verdict }
        // A row without a condition leaves it to the error table.
        let usual = route.errors.words(for: failure, hasRetryAfter: retryAfter != nil, route.switches)
        let own = answer?["condition"].flatMap { StanzaError.Condition(rawValue: $0) }
        let type = own == nil ? usual?.type : answer?["error-type"]
        let condition = own ?? usual.flatMap { StanzaError.Condition(rawValue: $0.condition) } ?? .internalServerError
        // Who asks for a first subscription is a stranger, and the reason phrase would tell as much.
        if isInitial, ErrorTranslator.isHidden(condition, route) {
            verdict.error = StanzaError(.serviceUnavailable)
            return verdict
        }
        verdict.error = StanzaError(
            condition,
            type.flatMap { StanzaError.Kind(rawValue: $0) },
            text: text,
            textLanguage: "en"
        )
        return verdict
    }

    /// What the end of a subscription means for the user who watches.
    ///
    /// - Parameters:
    ///   - reason: the reason in Subscription-State, in any case; nil for none.
    ///   - retryAfter: the seconds in its `retry-after`; nil for none.
    ///   - contact: the user of the CPIM shore.
    /// - Returns: the verdict.
    ///
    /// Source: RFC 6665 §4.1.3.
    public func verdict(
        forReason reason: String?,
        retryAfter: UInt32?,
        of contact: Correspondent
    ) -> SubscriptionVerdict {
        let record = reason.map { ["reason": [$0.lowercased()]] } ?? [:]
        let answer = route(of: contact).values("subscription.reasons")?.answer(record, to: .xmpp)
        let step = answer?["do"].flatMap { SubscriptionStep(rawValue: $0) } ?? .retryNow
        return SubscriptionVerdict(step, retryAfter: step == .retryLater ? retryAfter : nil, row: answer?.row)
    }

    /// How a watcher is told that its request failed, by the error that answered it.
    ///
    /// - Parameters:
    ///   - condition: the condition of the error.
    ///   - contact: the watcher.
    /// - Returns: the reason, and when it may ask again.
    ///
    /// Source: RFC 3922 §6.2, RFC 3859 §3.4.1, RFC 6665 §4.1.3.
    public func end(for condition: StanzaError.Condition, of contact: Correspondent) -> SubscriptionEnd {
        let record = ["condition": [condition.rawValue]]
        let answer = route(of: contact).values("subscription.refusals")?.answer(record, to: .sip)
        return SubscriptionEnd(
            reason: answer?["reason"] ?? "probation",
            retryAfter: answer?["retry-after"].flatMap { UInt32($0) },
            row: answer?.row
        )
    }

    /// Whether a request for a subscription that stands already is an error instead of being answered again.
    ///
    /// - Parameter contact: the user of the CPIM shore.
    /// - Returns: whether the answer is `conflict`.
    ///
    /// Source: RFC 3922 §6.1, RFC 6121 §3.1.3.
    public func refusesRepeats(of contact: Correspondent) -> Bool {
        route(of: contact).switches.isSet(.subscriptionDuplicate, "conflict")
    }
}
