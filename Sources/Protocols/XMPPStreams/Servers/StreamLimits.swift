/// The named waits of streams between servers, in nanoseconds, and their bounds.
///
/// Source: RFC 6120 §13.12, XEP-0205 §4.
public struct StreamLimits: Sendable, Equatable {
    /// From the connection until a domain is proved, whatever the peer dribbles.
    public var negotiation: UInt64 = 30_000_000_000
    /// Each step of it: a header, a handshake, an answer.
    public var step: UInt64 = 10_000_000_000
    /// Until the authoritative server has answered for a domain.
    public var verification: UInt64 = 30_000_000_000
    /// Until the peer ends its side once the gateway has ended its own.
    public var closing: UInt64 = 5_000_000_000
    /// Silence before white space is sent.
    public var whiteSpace: UInt64 = 300_000_000_000
    /// Silence of the peer before it is asked whether it lives.
    public var ping: UInt64 = 600_000_000_000
    /// Until it has answered.
    public var answer: UInt64 = 30_000_000_000
    /// How long a stream stays without stanzas; nil for ever.
    public var idle: UInt64?
    /// The most bytes of a first-level element before a domain is proved.
    public var strangerBytes = 16_384
    /// The most bytes of a first-level element after that, in both directions.
    public var stanzaBytes = 262_144
    /// The most pairs of domains on one stream.
    public var pairs = 50
    /// The most domains whose proof is open at one time.
    public var verifications = 20
    /// The most bytes of a dialback key.
    public var keyBytes = 1024
    /// How often a peer may fail to authenticate.
    public var attempts = 3
    /// How many hosts one after the other may name another host.
    public var redirects = 3
    /// The bytes a second that a stream takes for long.
    public var bytesPerSecond = 1_048_576
    /// The stanzas a second that a stream takes for long.
    public var stanzasPerSecond = 500
    /// How long a peer may send more without a break.
    public var patience: UInt64 = 60_000_000_000

    /// The bounds of what waits for an acknowledgement.
    public var management = StreamManagement.Limits()

    /// Makes limits, of which each can be changed.
    ///
    /// - Parameter idle: how long a stream stays without stanzas: 1 h is usual for streams that the gateway opened,
    ///   nil for the others.
    public init(idle: UInt64? = nil) {
        self.idle = idle
    }
}
