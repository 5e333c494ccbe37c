public import XMLStreams
public import XMPPStanzas

/// Why a stream between servers ended.
public enum StreamReason: Sendable, Equatable {
    /// A step of the negotiation that took too long.
    public enum Step: String, Sendable, CaseIterable {
        /// The peer's stream header.
        case header
        /// The peer's list of features.
        case features
        /// The answer to STARTTLS, or STARTTLS itself.
        case startTLS = "starttls"
        /// The TLS handshake.
        case handshake
        /// The check of the peer's certificate.
        case certificate
        /// SASL.
        case authentication
        /// Dialback.
        case dialback
    }

    /// The gateway ended it.
    case finished
    /// Nothing had been sent for long.
    case idle
    /// The peer ended it without naming a reason.
    case peerClosed
    /// The peer named a reason.
    case peerFault(StreamFault)
    /// The peer's domain may not connect.
    case notAdmitted(String)
    /// The peer broke the rules; the sentence says how.
    case fault(StreamFault, String)
    /// The peer's bytes could not be read.
    case unreadable(XMLStreamError)
    /// A step took too long.
    case timeout(Step)
    /// The peer refused TLS.
    case encryptionRefused
    /// The TLS handshake failed; the sentence says why.
    case handshakeFailed(String)
    /// Bytes that came in the clear stood behind the last element before TLS.
    case injectedBytes
    /// The peer's certificate does not prove the domain; the sentence says why.
    case certificateRefused(domain: String, String)
    /// The peer's certificate expired while the stream was open.
    case certificateExpired
    /// The peer did not take the gateway's certificate.
    case authenticationRefused(SASLFault)
    /// The peer did not take the gateway's key.
    case dialbackRefused(PairFault)
    /// The peer offers nothing that both sides can negotiate.
    case notNegotiable
    /// The peer has proved itself and names another host, for the same domain.
    case redirected(String)
    /// The peer names another host, and may not.
    case redirectRefused(String)
    /// The question that the stream was opened for is answered.
    case answered
    /// The peer did not answer a ping, or a request for acknowledgement, in time.
    case unanswered
    /// The peer acknowledged nothing for too long.
    case unacknowledged
    /// The connection broke.
    case connectionLost

    /// A stable word for records; the condition where the peer named one.
    public var code: String {
        switch self {
        case .finished: "finished"
        case .idle: "idle"
        case .peerClosed: "peer-closed"
        case .peerFault(let fault), .fault(let fault, _): fault.condition.rawValue
        case .notAdmitted: "not-admitted"
        case .unreadable(let error): error.code.rawValue
        case .timeout(let step): "timeout-" + step.rawValue
        case .encryptionRefused: "encryption-refused"
        case .handshakeFailed: "handshake-failed"
        case .injectedBytes: "injected-bytes"
        case .certificateRefused: "certificate-refused"
        case .certificateExpired: "certificate-expired"
        case .authenticationRefused(let fault): "authentication-" + fault.rawValue
        case .dialbackRefused: "dialback-refused"
        case .notNegotiable: "not-negotiable"
        case .redirected: "redirected"
        case .redirectRefused: "redirect-refused"
        case .answered: "answered"
        case .unanswered: "unanswered"
        case .unacknowledged: "unacknowledged"
        case .connectionLost: "connection-lost"
        }
    }

    /// How soon connecting again makes sense; nil when nothing failed.
    ///
    /// Source: RFC 6120 §4.9.3.
    public var advice: Reconnection.Advice? {
        switch self {
        case .finished, .idle, .peerClosed, .redirected, .answered, .certificateExpired: nil
        case .peerFault(let fault):
            switch fault.condition {
            case .connectionTimeout, .internalServerError, .remoteConnectionFailed, .reset, .resourceConstraint,
                .systemShutdown, .undefinedCondition, .conflict:
                .usual
            case .badFormat, .badNamespacePrefix, .hostGone, .hostUnknown, .improperAddressing, .invalidFrom,
                .invalidNamespace, .invalidXML, .notAuthorized, .notWellFormed, .policyViolation, .restrictedXML,
                .seeOtherHost, .unsupportedEncoding, .unsupportedFeature, .unsupportedStanzaType, .unsupportedVersion:
                .slow
            }
        case .notAdmitted, .fault, .encryptionRefused, .injectedBytes, .certificateRefused, .authenticationRefused,
            .dialbackRefused, .notNegotiable, .redirectRefused:
            .slow
        case .unreadable, .timeout, .handshakeFailed, .unanswered, .unacknowledged, .connectionLost: .usual
        }
    }

    /// What the senders of waiting stanzas are told.
    ///
    /// Source: RFC 6120 §10.4.3, XEP-0220 §2.1.1.
    public var condition: StanzaError.Condition {
        if case .dialbackRefused(let fault) = self { return fault.condition }
        return .remoteServerTimeout
    }
}
