public import XMLStreams

/// What happened to a stream between servers.
public enum StreamInput: Sendable {
    /// The connection is open; with TLS from its first byte, what the handshake showed.
    case connected(TLSFacts?)
    /// Bytes came, whatever they hold.
    case heard(bytes: Int)
    /// The parser found something; `leftover` says whether bytes wait behind it that have come already.
    case xml(XML.StreamEvent, leftover: Bool)
    /// The parser cannot read on.
    case unreadable(XMLStreamError)
    /// The handshake that ``StreamAction/startTLS(_:)`` asked for is done.
    case secured(TLSFacts)
    /// It failed; the sentence says why, for the operator.
    case handshakeFailed(String)
    /// The answer to ``StreamAction/checkCertificate(_:)``.
    case certificate(String, CertificateVerdict)
    /// The answer to ``StreamAction/verify(_:)``.
    case verified(DialbackRequest, DialbackVerdict)
    /// Stanzas of a further pair shall flow on a stream that the gateway opened.
    case authorize(DomainPair)
    /// The peer shall be asked about a key.
    case ask(DialbackRequest)
    /// A stanza for a pair; the token names it in ``StreamAction/confirm(_:)``.
    case send([UInt8], DomainPair, token: UInt64?)
    /// A batch of stanzas was sent.
    case flush
    /// The answer to the ping with this id came, on whatever stream.
    case pong(String)
    /// The ledger has committed what ``StanzaArrival/number`` counted up to here.
    case committed(upTo: UInt64)
    /// The answer to ``StreamAction/findSession(_:)``: what is left of the stream that shall be resumed.
    case session(StreamManagement?)
    /// The time told by ``StreamAction/wake(at:)`` has come.
    case timer
    /// The gateway wishes to end the stream, with the reason to name.
    case close(StreamFault?)
    /// The connection is gone.
    case disconnected
}

/// A stream between servers, whichever side opened it: one driver runs both.
public protocol ServerStream: ~Copyable {
    /// Takes what happened.
    ///
    /// - Parameters:
    ///   - input: what happened.
    ///   - now: nanoseconds of a monotonic clock.
    /// - Returns: what to do, in order.
    mutating func receive(_ input: StreamInput, now: UInt64) -> [StreamAction]

    /// False while nothing may be fed to the parser.
    var isReading: Bool { get }

    /// The largest first-level element that the parser may take at this time.
    var elementBytes: Int { get }

    /// Whether both sides agreed that stanzas flow in both directions.
    ///
    /// Source: XEP-0288 §2.
    var isBidirectional: Bool { get }
}
