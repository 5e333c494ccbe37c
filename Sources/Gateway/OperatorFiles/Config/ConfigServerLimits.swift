/// The bounds of streams between servers, as a configuration sets them.
///
/// Times are in milliseconds.
///
/// Source: RFC 6120 §13.12.
public struct ConfigServerLimits: Sendable, Equatable {
    /// Connections that peers opened, in all.
    public var connections: Int
    /// Connections from one address, or from one IPv6 network of 64 bits.
    public var connectionsPerAddress: Int
    /// Connections from one address that have proved no domain.
    public var strangersPerAddress: Int
    /// Connections from one address in one minute that prove no domain.
    public var strangersPerMinute: Int
    /// Streams that peers opened for one pair of domains.
    public var streamsPerPair: Int
    /// Pairs of domains that the gateway holds streams for.
    public var routes: Int
    /// Connections that are being opened at one time.
    public var connecting: Int
    /// Questions about dialback keys that are open at one time.
    public var verifications: Int
    /// Those of them that connections from one address brought up.
    public var verificationsPerAddress: Int
    /// How long a stream to a domain is looked for, in milliseconds.
    public var search: Int
    /// How long the answers about dialback keys may take, in milliseconds.
    public var answers: Int
    /// Stanzas for one pair of domains that wait for a stream.
    public var waiting: Int
    /// Bytes of them.
    public var waitingBytes: Int
    /// After what time without a stream what waits fails.
    public var patience: Int
    /// The first pause after a failure.
    public var firstPause: Int
    /// The longest pause.
    public var longestPause: Int
    /// The bounds of one stream.
    public var stream: Stream
    /// The bounds of what waits for an acknowledgement.
    public var management: Management

    /// The bounds of one stream.
    public struct Stream: Sendable, Equatable {
        /// From the connection until a domain is proved.
        public var negotiation: Int
        /// Each step of it.
        public var step: Int
        /// Until the authoritative server has answered for a domain.
        public var verification: Int
        /// Until the peer ends its side once the gateway has ended its own.
        public var closing: Int
        /// Silence before white space is sent.
        public var whiteSpace: Int
        /// Silence of the peer before it is asked whether it lives.
        public var ping: Int
        /// Until it has answered.
        public var answer: Int
        /// How long a stream that the gateway opened stays without stanzas.
        public var idle: Int
        /// The most bytes of an element before a domain is proved.
        public var strangerStanza: Int
        /// The most pairs of domains on one stream.
        public var pairs: Int
        /// The most domains whose proof is open at one time.
        public var verifications: Int
        /// The most bytes of a dialback key.
        public var dialbackKey: Int
        /// How often a peer may fail to authenticate.
        public var attempts: Int
        /// How many hosts one after the other may name another host.
        public var redirects: Int
        /// The bytes a second that a stream takes for long.
        public var bytesPerSecond: Int
        /// The stanzas a second that a stream takes for long.
        public var stanzasPerSecond: Int
        /// How long a peer may send more without a break.
        public var patience: Int
    }

    /// The bounds of what waits for an acknowledgement.
    ///
    /// Source: XEP-0198 §4, §5.
    public struct Management: Sendable, Equatable {
        /// The most stanzas that wait.
        public var stanzas: Int
        /// The most bytes of them.
        public var bytes: Int
        /// Stanzas between two requests for an acknowledgement.
        public var batch: Int
        /// How long the peer may take for one.
        public var progress: Int
        /// How long a broken stream may be resumed.
        public var resumption: Int
    }

    /// Takes the values by their keys; the reader has filled in what the file leaves out.
    init(_ number: (String) -> Int) {
        connections = number("server-connections")
        connectionsPerAddress = number("server-connections-per-address")
        strangersPerAddress = number("server-strangers-per-address")
        strangersPerMinute = number("server-strangers-per-minute")
        streamsPerPair = number("server-streams-per-pair")
        routes = number("server-routes")
        connecting = number("server-connecting")
        verifications = number("server-verifications")
        verificationsPerAddress = number("server-verifications-per-address")
        search = number("server-search")
        answers = number("server-answers")
        waiting = number("server-waiting")
        waitingBytes = number("server-waiting-bytes")
        patience = number("server-patience")
        firstPause = number("server-first-pause")
        longestPause = number("server-longest-pause")
        stream = Stream(
            negotiation: number("stream-negotiation"),
            step: number("stream-step"),
            verification: number("stream-verification"),
            closing: number("stream-closing"),
            whiteSpace: number("stream-white-space"),
            ping: number("stream-ping"),
            answer: number("stream-answer"),
            idle: number("stream-idle"),
            strangerStanza: number("stranger-stanza"),
            pairs: number("stream-pairs"),
            verifications: number("stream-verifications"),
            dialbackKey: number("dialback-key"),
            attempts: number("stream-attempts"),
            redirects: number("stream-redirects"),
            bytesPerSecond: number("stream-bytes-per-second"),
            stanzasPerSecond: number("stream-stanzas-per-second"),
            patience: number("stream-patience")
        )
        management = Management(
            stanzas: number("unacknowledged"),
            bytes: number("unacknowledged-bytes"),
            batch: number("acknowledgement-batch"),
            progress: number("acknowledgement-patience"),
            resumption: number("resumption")
        )
    }
}
