/// A Subscription-State value: what a notifier says about the subscription itself.
///
/// Source: RFC 6665 §8.2.3.
public struct SubscriptionState: Sendable, Equatable, CustomStringConvertible {
    /// Where a subscription stands.
    public enum Phase: Sendable, Equatable {
        /// Nobody has decided yet.
        case pending
        /// It is accepted.
        case active
        /// It is over.
        case terminated
        /// A state of an extension, in lower case.
        case other(String)
    }

    /// Why a subscription is over.
    ///
    /// Source: RFC 6665 §4.1.3.
    public enum Reason: Sendable, Hashable {
        /// Subscribe again at once.
        case deactivated
        /// Subscribe again later.
        case probation
        /// The watcher may not see this.
        case rejected
        /// It was not refreshed, or it was a fetch.
        case timeout
        /// Nobody decided in time.
        case giveUp
        /// What was watched does not exist.
        case noResource
        /// What was watched does not change.
        case invariant
        /// A reason of an extension, in lower case.
        case other(String)

        /// Every reason of the standard.
        public static let standard: [Reason] = [
            .deactivated, .probation, .rejected, .timeout, .giveUp, .noResource, .invariant,
        ]

        /// Finds a reason by its name, without regard to case.
        public init(_ name: String) {
            let name = name.utf8.map(\.lowered).repairedText
            self = Self.standard.first { $0.name == name } ?? .other(name)
        }

        /// The reason as it is written.
        public var name: String {
            switch self {
            case .deactivated: "deactivated"
            case .probation: "probation"
            case .rejected: "rejected"
            case .timeout: "timeout"
            case .giveUp: "giveup"
            case .noResource: "noresource"
            case .invariant: "invariant"
            case .other(let name): name
            }
        }
    }

    /// Where the subscription stands.
    public let phase: Phase
    /// The seconds left; nil when it is not said.
    public let expires: UInt32?
    /// Why it is over; nil when it is not said.
    public let reason: Reason?
    /// The seconds to wait before subscribing again; nil when it is not said.
    public let retryAfter: UInt32?

    /// Makes a value.
    public init(_ phase: Phase, expires: UInt32? = nil, reason: Reason? = nil, retryAfter: UInt32? = nil) {
        self.phase = phase
        self.expires = expires
        self.reason = reason
        self.retryAfter = retryAfter
    }

    /// The value of a subscription that is over, which has no `expires` (RFC 6665 §4.2.2).
    public static func terminated(_ reason: Reason, retryAfter: UInt32? = nil) -> SubscriptionState {
        SubscriptionState(.terminated, reason: reason, retryAfter: retryAfter)
    }

    /// The value as it is written.
    public var description: String {
        var text =
            switch phase {
            case .pending: "pending"
            case .active: "active"
            case .terminated: "terminated"
            case .other(let name): name
            }
        if let reason { text += ";reason=" + reason.name }
        if let expires { text += ";expires=" + String(expires) }
        if let retryAfter { text += ";retry-after=" + String(retryAfter) }
        return text
    }
}

extension SIPHeaders {
    /// The Subscription-State value; nil when there is none.
    ///
    /// - Throws: ``SIPError`` with `.malformedHeader` when it, or a number in it, is malformed, and `.duplicateHeader`
    ///   when there are two.
    public func subscriptionState() throws(SIPError) -> SubscriptionState? {
        guard let token = try single(token: .subscriptionState) else { return nil }
        let name = token.name.utf8.map(\.lowered).repairedText
        let phase: SubscriptionState.Phase =
            switch name {
            case "pending": .pending
            case "active": .active
            case "terminated": .terminated
            default: .other(name)
            }
        return SubscriptionState(
            phase,
            expires: try seconds("expires", of: token),
            reason: token.parameters["reason"]?.value.map { SubscriptionState.Reason($0) },
            retryAfter: try seconds("retry-after", of: token)
        )
    }

    private func seconds(_ name: String, of token: SIPToken) throws(SIPError) -> UInt32? {
        guard let parameter = token.parameters[name] else { return nil }
        guard let value = DeltaSeconds.value(parameter.rawValue ?? []) else {
            throw SIPError(
                .malformedHeader,
                "The parameter \(name) is not a number.",
                at: parameter.nameRange.lowerBound,
                header: .subscriptionState
            )
        }
        return value
    }
}
