/// What both ends agreed on, and what the peer showed of itself.
public struct TLSPeer: Hashable, Sendable {
    /// The version that is spoken.
    public let version: TLSConfiguration.Version
    /// The cipher suite, in its registered name.
    public let cipher: String
    /// The application protocol, if one was agreed on.
    public let applicationProtocol: String?
    /// The name that was asked for: by the peer of an accepting side, by a connecting side itself.
    public let serverName: String?
    /// Whether the session goes on with the keys of an earlier one, and the chain is the peer's own certificate alone.
    public let isResumed: Bool
    /// The peer's certificates, and what they are worth.
    public let certificates: PeerCertificates
    /// A value that is the same on both sides of this connection and nowhere else; nil where TLS 1.2 lacks the
    /// extended master secret.
    ///
    /// Source: RFC 9266 §2.
    public let channelBinding: [UInt8]?
}
