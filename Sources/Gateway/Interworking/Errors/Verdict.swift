public import MappingTables
import SIPMessages

/// What the error table makes of a failed request.
public struct Verdict: Sendable, Equatable {
    /// What it is towards XMPP, and what the item may do before its sender is told.
    public var words: StanzaErrorWords
    /// After how many seconds the other side wants to be asked again; nil when it did not say.
    ///
    /// Source: RFC 3261 §20.33.
    public var retryAfter: UInt32?
}

extension ErrorTranslator {
    /// What the error table makes of a failed request.
    ///
    /// - Parameters:
    ///   - failure: how the request failed.
    ///   - peer: the domain of the CPIM shore that it went to, in lower case.
    /// - Returns: the verdict; nil for a response that is no failure.
    ///
    /// Source: RFC 7247 §7.2, RFC 3261 §8.1.3.1.
    public func verdict(for failure: RequestFailure, peer: String) -> Verdict? {
        verdict(for: failure, route(peer))
    }

    func verdict(for failure: RequestFailure, _ route: Route) -> Verdict? {
        let retryAfter = failure.retryAfter
        return route.errors.words(for: failure.kind, hasRetryAfter: retryAfter != nil, route.switches)
            .map { Verdict(words: $0, retryAfter: retryAfter) }
    }
}

extension RequestFailure {
    /// The failure as the error table names it.
    public var kind: SIPFailure {
        switch self {
        case .response(let response): .status(response.status)
        case .timeout: .timeout
        case .transport: .transport
        }
    }

    /// The status code that it counts as.
    ///
    /// Source: RFC 3261 §8.1.3.1.
    public var status: Int {
        switch self {
        case .response(let response): response.status
        case .timeout: 408
        case .transport: 503
        }
    }

    /// After how many seconds the other side wants to be asked again.
    var retryAfter: UInt32? {
        guard case .response(let response) = self else { return nil }
        return response.headers.retryAfter?.seconds
    }

    /// What the other side said of it: the reason phrase, or the usual one, with the texts of warnings.
    ///
    /// Source: RFC 7247 §7, RFC 3261 §20.43.
    var text: String {
        guard case .response(let response) = self else { return SIPStatus.reason(for: status) }
        let reason = SingleLine.text(response.reason, limit: 256)
        var parts = [reason.isEmpty ? SIPStatus.reason(for: status) : reason]
        let warnings = (try? response.headers.warnings()) ?? []
        for warning in warnings.prefix(8) {
            let text = SingleLine.text(warning.text, limit: 256)
            if !text.isEmpty { parts.append(text) }
        }
        return parts.joined(separator: "; ")
    }
}
