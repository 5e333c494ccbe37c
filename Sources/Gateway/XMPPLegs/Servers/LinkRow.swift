/// What one link does, for whoever asks a running gateway.
public struct LinkRow: Sendable, Equatable {
    /// Which way stanzas go.
    public enum Direction: String, Sendable, CaseIterable {
        /// The gateway opened the stream, and sends.
        case out
        /// The peer opened the stream, and sends.
        case `in`
        /// Stanzas go both ways on one stream.
        case both
        /// The gateway is a component of a server.
        case component
    }

    /// How far a link is.
    public enum State: String, Sendable, CaseIterable {
        /// Nothing is connected, and nobody asked for it.
        case idle
        /// A connection is being made, or a stream negotiated.
        case connecting
        /// Stanzas flow.
        case open
        /// It failed, and is tried again after a pause.
        case waiting
        /// The peer connected, and was not believed or not admitted.
        case refused
        /// The stream is being ended.
        case closing
        /// Nothing is connected and nothing will be.
        case stopped
    }

    /// Its name: `xmpp:DOMAIN` for a component, `s2s:LOCAL/REMOTE` for streams between servers.
    public var link: String
    /// Which way stanzas go.
    public var direction: Direction
    /// How far it is.
    public var state: State
    /// The domain at the other end; of a component its own.
    public var peer: String
    /// How the peer was proved, in a word; nil while it is not.
    public var proof: String?
    /// The version and the cipher suite; nil for a connection in the clear.
    public var tls: String?
    /// When the peer's certificate ends, in milliseconds since 1970.
    public var certificateEnds: Int64?
    /// Since when it has been in that state, in milliseconds since 1970.
    public var since: Int64?
    /// How many stanzas wait to be sent.
    public var queued = 0
    /// How many were sent and are not confirmed.
    public var unconfirmed = 0
    /// How many came since the start of the gateway.
    public var received: UInt64 = 0
    /// How many were sent since then.
    public var sent: UInt64 = 0
    /// Why it is not open, or was not before; a sentence.
    public var reason: String?
    /// What an operator can do about that.
    public var remedy: String?
    /// What the operator's configuration weakens; nil where nothing is.
    public var weakened: String?

    /// Makes a row without numbers.
    ///
    /// - Parameters:
    ///   - link: its name.
    ///   - direction: which way stanzas go.
    ///   - state: how far it is.
    ///   - peer: the domain at the other end.
    public init(_ link: String, _ direction: Direction, _ state: State, peer: String) {
        self.link = link
        self.direction = direction
        self.state = state
        self.peer = peer
    }
}
