/// How much all streams between servers may take together, and how long a peer may be away.
///
/// Source: RFC 6120 §13.12, XEP-0205 §3.
public struct ServerBounds: Sendable, Equatable {
    /// Connections that peers opened, in all.
    public var connections = 10_000
    /// Connections from one address, or from one IPv6 network of 64 bits.
    public var connectionsPerAddress = 1_000
    /// Connections from one address that have proved no domain.
    public var strangersPerAddress = 50
    /// Connections from one address in one minute that prove no domain.
    public var strangersPerMinute = 60
    /// Streams that peers opened for one pair of domains; the oldest makes room.
    public var streamsPerPair = 3
    /// Pairs of domains that the gateway holds streams for.
    public var routes = 10_000
    /// Connections that are being opened at one time.
    public var connecting = 200
    /// Questions about dialback keys that are open at one time.
    public var verifications = 1_000
    /// Those of them that connections from one address brought up.
    public var verificationsPerAddress = 20
    /// How long a stream to a domain is looked for, whatever many servers the domain names, in nanoseconds.
    public var search: UInt64 = 60_000_000_000
    /// How long the answers about dialback keys may take, whatever many servers a domain names, in nanoseconds.
    public var answers: UInt64 = 40_000_000_000
    /// Stanzas for one pair of domains that wait for a stream, beside what is stored.
    public var waiting = 1_000
    /// Bytes of them.
    public var waitingBytes = 1 << 20
    /// After what time without a stream what waits fails, in nanoseconds.
    public var patience: UInt64 = 3_600_000_000_000
    /// The first pause after a failure, in nanoseconds; each doubles.
    public var firstPause: UInt64 = 2_000_000_000
    /// The longest pause, in nanoseconds.
    public var longestPause: UInt64 = 60_000_000_000

    /// The defaults.
    public init() {}
}
