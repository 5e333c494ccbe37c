/// Why a session failed.
///
/// Two are equal when code and alert agree.
public struct TLSError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of failures.
    public enum Code: String, Hashable, Sendable {
        /// The peer does not speak TLS.
        case notTLS = "not-tls"
        /// No version is common to both sides.
        case version
        /// No cipher suite is common to both sides.
        case cipher
        /// No application protocol is common to both sides.
        case applicationProtocol = "application-protocol"
        /// A certificate was required and not shown.
        case certificateRequired = "certificate-required"
        /// The peer refused, with an alert.
        case refused
        /// A record was altered, or the keys differ.
        case badRecord = "bad-record"
        /// The peer asked for another handshake on a session that stands.
        case renegotiation
        /// The peer broke another rule of the protocol.
        case violation
        /// The connection ended without the peer's goodbye: what came last may be cut off.
        case truncated
        /// The connection ended before the handshake did.
        case closedInHandshake = "closed-in-handshake"
        /// The handshake took too long.
        case handshakeTimeout = "handshake-timeout"
        /// The peer sends what costs work and carries nothing.
        case flood
        /// More was written before the handshake was over than is kept.
        case excess
        /// The session is over.
        case closed
        /// The library failed without a fault of the peer.
        case library
    }

    /// What kind it is.
    public let code: Code
    /// A sentence, for logs; never for the peer.
    public let reason: String
    /// The description of the alert that the peer sent.
    public let alert: UInt8?

    init(_ code: Code, _ reason: String, alert: UInt8? = nil) {
        self.code = code
        self.reason = reason
        self.alert = alert
    }

    /// The sentence with its code.
    public var description: String { "\(reason) [\(code.rawValue)]" }

    /// Whether two failures are of one kind.
    ///
    /// - Parameters:
    ///   - left: one failure.
    ///   - right: the other failure.
    /// - Returns: true when code and alert agree.
    public static func == (left: TLSError, right: TLSError) -> Bool {
        left.code == right.code && left.alert == right.alert
    }

    /// Feeds code and alert to a hasher.
    ///
    /// - Parameter hasher: the hasher to feed.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(code)
        hasher.combine(alert)
    }
}
