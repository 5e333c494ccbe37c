public import SIPMessages

extension NotifierState {
    /// What becomes of a SUBSCRIBE outside a dialog.
    public enum Opening: Sendable, Equatable {
        /// It is answered, and nothing is kept.
        case refused(UserAgentServer.Answer)
        /// It makes a subscription, or a fetch; the actions begin with the answer.
        case opened(NotifierState, [Action])
    }

    /// Judges a SUBSCRIBE outside a dialog that is not refused for other reasons.
    ///
    /// The order: Event (489), Contact (400), Accept (406), Expires (400, 423).
    ///
    /// - Parameters:
    ///   - request: the SUBSCRIBE.
    ///   - packages: the event packages that are served.
    ///   - mediaTypes: the media types of the documents, `type/subtype` in lower case; the first is what a watcher
    ///     without Accept takes.
    ///   - limits: durations and pace.
    ///   - isAuthorized: whether the watcher may see at once.
    ///   - now: the time.
    /// - Returns: the answer, or the subscription with its first actions.
    ///
    /// Source: RFC 6665 §4.2.1.1, §4.4.3.
    public static func open(
        _ request: SIPRequest,
        packages: [String] = ["presence"],
        mediaTypes: [String] = ["application/pidf+xml"],
        limits: EventLimits = EventLimits(),
        isAuthorized: Bool,
        now: UInt64
    ) -> Opening {
        let headers = request.headers
        if let refusal = EventCheck.refusal(of: headers, packages: packages) { return .refused(refusal) }
        do throws(SIPError) {
            guard let event = try headers.event() else { return .refused(UserAgentServer.Answer(489)) }
            _ = try headers.remoteTarget()
            guard try takesAny(of: mediaTypes, headers) else {
                return .refused(UserAgentServer.Answer(406, headers: [mediaTypes.acceptLine]))
            }
            guard let duration = limits.granted(try headers.duration()) else { return .refused(limits.tooBrief) }
            var subscription = NotifierState(
                event: event,
                state: .pending,
                expiry: Clock.after(now, seconds: duration),
                limits: limits
            )
            let first = subscription.opened(duration: duration, isAuthorized: isAuthorized, now: now)
            return .opened(
                subscription,
                [.answer(UserAgentServer.Answer(200, headers: [.expires(duration)]))] + first
            )
        } catch {
            return .refused(UserAgentServer.Answer(400))
        }
    }

    private static func takesAny(of mediaTypes: [String], _ headers: SIPHeaders) throws(SIPError) -> Bool {
        for (index, type) in mediaTypes.enumerated() where try headers.accepts(type, isDefault: index == 0) {
            return true
        }
        return false
    }
}

/// The check of the Event header field.
enum EventCheck {
    /// The answer to a request without an event package that is served; nil when it has one.
    ///
    /// Source: RFC 6665 §4.2.1.1, §8.3.2.
    static func refusal(of headers: SIPHeaders, packages: [String]) -> UserAgentServer.Answer? {
        do throws(SIPError) {
            if let event = try headers.event(), packages.contains(event.package) { return nil }
        } catch {
            return UserAgentServer.Answer(400)
        }
        return UserAgentServer.Answer(489, headers: [.allowEvents(packages)])
    }
}

extension [String] {
    var acceptLine: SIPHeaderLine { SIPHeaderLine(.accept, joined(separator: ", ")) }
}
