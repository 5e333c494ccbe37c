extension StanzaError {
    /// The closed list of conditions.
    ///
    /// Source: RFC 6120 §8.3.3.
    public enum Condition: String, Sendable, CaseIterable {
        /// The stanza is malformed.
        case badRequest = "bad-request"
        /// Something with this name exists.
        case conflict
        /// The feature is not implemented.
        case featureNotImplemented = "feature-not-implemented"
        /// The sender may not do this.
        case forbidden
        /// The addressee is not here any more.
        case gone
        /// The receiver has a fault or a wrong configuration.
        case internalServerError = "internal-server-error"
        /// The address or item does not exist.
        case itemNotFound = "item-not-found"
        /// An address in the stanza is none.
        case jidMalformed = "jid-malformed"
        /// The stanza does not meet the receiver's criteria.
        case notAcceptable = "not-acceptable"
        /// Nobody may do this.
        case notAllowed = "not-allowed"
        /// The sender has to give credentials.
        case notAuthorized = "not-authorized"
        /// A local policy, such as a limit of rate or size, is violated.
        case policyViolation = "policy-violation"
        /// The addressee is not available for the moment.
        case recipientUnavailable = "recipient-unavailable"
        /// The addressee asks to use another address for the moment.
        case redirect
        /// The sender has to register first.
        case registrationRequired = "registration-required"
        /// The addressee's server cannot be found.
        case remoteServerNotFound = "remote-server-not-found"
        /// The addressee's server does not answer.
        case remoteServerTimeout = "remote-server-timeout"
        /// The receiver lacks resources.
        case resourceConstraint = "resource-constraint"
        /// The service is not offered, or nothing about the addressee may be told.
        case serviceUnavailable = "service-unavailable"
        /// The sender has to subscribe first.
        case subscriptionRequired = "subscription-required"
        /// None of the other conditions.
        case undefinedCondition = "undefined-condition"
        /// The stanza is not expected at this point.
        case unexpectedRequest = "unexpected-request"

        /// The error type RFC 6120 recommends; the first where it names two.
        ///
        /// Source: RFC 6120 §8.3.3.
        public var usualKind: Kind {
            switch self {
            case .forbidden, .notAuthorized, .registrationRequired, .subscriptionRequired:
                .auth
            case .badRequest, .jidMalformed, .notAcceptable, .policyViolation, .redirect:
                .modify
            case .recipientUnavailable, .remoteServerTimeout, .resourceConstraint, .unexpectedRequest:
                .wait
            case .conflict, .featureNotImplemented, .gone, .internalServerError, .itemNotFound, .notAllowed,
                .remoteServerNotFound, .serviceUnavailable, .undefinedCondition:
                .cancel
            }
        }

        /// The condition that a number of the time before conditions stands for; `undefinedCondition` for a number
        /// without a meaning of its own.
        ///
        /// - Parameter legacyCode: a number of three digits.
        ///
        /// Source: XEP-0086 §3.
        public init(legacyCode: Int) {
            switch legacyCode {
            case 302: self = .redirect
            case 400: self = .badRequest
            case 401: self = .notAuthorized
            case 403: self = .forbidden
            case 404: self = .itemNotFound
            case 405: self = .notAllowed
            case 406: self = .notAcceptable
            case 407: self = .registrationRequired
            case 408, 504: self = .remoteServerTimeout
            case 409: self = .conflict
            case 500: self = .internalServerError
            case 501: self = .featureNotImplemented
            case 502, 503, 510: self = .serviceUnavailable
            default: self = .undefinedCondition
            }
        }
    }
}
