public import XMLStreams
public import XMPPStanzas

/// What the owner of a stream between servers has to do.
public enum StreamAction: Sendable, Equatable {
    /// Write these bytes.
    case send([UInt8])
    /// Begin TLS once everything was written: as the server with the certificate of this domain, or as the client
    /// that names it.
    case startTLS(String)
    /// Read what follows with a fresh parser.
    case restartParser
    /// Stop reading; bytes that have come already wait.
    case pause
    /// Read on.
    case resume
    /// Find out what the peer's certificate is worth for this domain.
    ///
    /// Source: RFC 6120 §13.7.1, RFC 7712 §4.
    case checkCertificate(String)
    /// Ask the authoritative server of the pair's remote domain about a key, on another connection than this one.
    ///
    /// Source: XEP-0220 §2.1.2.
    case verify(DialbackRequest)
    /// The peer answered about a key, or the question has to be given up.
    case verdict(DialbackRequest, DialbackVerdict)
    /// Stanzas of this pair may flow.
    case established(DomainPair, DomainProof)
    /// They may not.
    case refused(DomainPair, PairFault)
    /// Hand this stanza on.
    case deliver(XML.Element, StanzaArrival)
    /// Answer this stanza with an error, on a stream to its sender; without an error it is passed over.
    case bounce(XML.Element, StanzaError?, StanzaArrival)
    /// The peer has taken the stanzas with these tokens; with none, it has taken others, and there is room again.
    case confirm([UInt64])
    /// This stanza was not sent.
    case reject(token: UInt64?, StreamRejection)
    /// Look for what is left of the stream with this resumption id, for the same pair.
    ///
    /// One that is open still gives it up when it is closed with `conflict`.
    ///
    /// Source: XEP-0198 §5.
    case findSession(String)
    /// An earlier stream goes on: the stanzas with these tokens were sent again, and nobody else may do so.
    ///
    /// Source: XEP-0198 §5.
    case resumed([UInt64])
    /// Send ``StreamInput/timer`` at this time, in place of any time told before.
    case wake(at: UInt64)
    /// Close the connection once everything was written; nothing more will come from this machine.
    case close(StreamEnd)
}

/// What is known about a stanza that came.
public struct StanzaArrival: Sendable, Equatable {
    /// The gateway's domain in `to`, and the proved one in `from`.
    public let pair: DomainPair
    /// How it was proved.
    public let proof: DomainProof
    /// The language of the stream, which holds where the stanza names none.
    ///
    /// Source: RFC 6120 §4.7.4, §8.1.5.
    public let language: String?
    /// Counts the stanzas of the stream from 1; ``StreamInput/committed(upTo:)`` names it.
    public let number: UInt64

    /// Makes knowledge.
    ///
    /// - Parameters:
    ///   - pair: the gateway's domain and the proved one.
    ///   - proof: how it was proved.
    ///   - language: the language of the stream.
    ///   - number: which stanza of the stream it is.
    public init(pair: DomainPair, proof: DomainProof, language: String?, number: UInt64) {
        self.pair = pair
        self.proof = proof
        self.language = language
        self.number = number
    }
}

/// Why stanzas of a pair may not flow on a stream that the gateway opened.
public enum PairFault: Error, Sendable, Equatable {
    /// The peer called the gateway's key invalid.
    case invalid
    /// The peer could not tell.
    case dialback(DialbackFault)
    /// The peer's certificate does not prove the domain; the sentence says why.
    case certificate(String)
    /// The stream has as many pairs as it may have.
    case full
    /// The peer cannot tell one pair from another.
    case notMultiplexed
    /// The stream ended first.
    case streamEnded

    /// What the senders of waiting stanzas are told.
    ///
    /// Source: XEP-0220 §2.1.1.
    public var condition: StanzaError.Condition {
        switch self {
        case .invalid: .internalServerError
        case .dialback, .certificate, .full, .notMultiplexed, .streamEnded: .remoteServerTimeout
        }
    }
}

/// Why a stanza is not sent.
public enum StreamRejection: String, Sendable, CaseIterable {
    /// The pair is not established on this stream.
    case notEstablished
    /// Too many stanzas wait for confirmation; try again when some are confirmed.
    case full
    /// It is longer than the bound.
    case tooLarge
    /// It does not begin as a stanza does.
    case notStanza
    /// `to` or `from` is missing.
    case missingAddress
    /// `from` or `to` is not in the pair's domains.
    case foreignAddress
}

/// How a stream ended.
public struct StreamEnd: Sendable, Equatable {
    /// Why.
    public let reason: StreamReason
    /// The tokens of what nobody confirmed, in the order it was sent.
    public let unconfirmed: [UInt64]
    /// What is needed to resume the stream; nil when it cannot be.
    public let session: StreamManagement?

    /// Makes an end.
    ///
    /// - Parameters:
    ///   - reason: why.
    ///   - unconfirmed: the tokens of what nobody confirmed.
    ///   - session: what is needed to resume the stream.
    public init(_ reason: StreamReason, unconfirmed: [UInt64] = [], session: StreamManagement? = nil) {
        self.reason = reason
        self.unconfirmed = unconfirmed
        self.session = session
    }
}
