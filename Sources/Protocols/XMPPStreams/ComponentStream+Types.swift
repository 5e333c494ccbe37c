public import XMLStreams

extension ComponentStream {
    /// The named waits, in nanoseconds, and sizes.
    public struct Limits: Sendable, Equatable {
        /// How long the server may take from the connection to the accepted handshake.
        public var handshake: UInt64
        /// How long the stream may be silent before a ping.
        public var idle: UInt64
        /// How long the stream may be silent behind a ping.
        public var answer: UInt64
        /// How long a ping may stay without its own answer while other stanzas come.
        public var barrier: UInt64
        /// How long the server may take to end its side once the gateway has ended its own.
        public var closing: UInt64
        /// The most bytes of one stanza to the server.
        public var stanzaBytes: Int
        /// The most stanzas that may wait for confirmation.
        public var unconfirmed: Int

        /// Makes limits.
        ///
        /// - Parameters:
        ///   - handshake: from the connection to the accepted handshake, 10 s.
        ///   - idle: silence before a ping, 25 s.
        ///   - answer: silence behind a ping, 30 s; with `idle` it stays below a minute.
        ///   - barrier: a ping without its own answer while other stanzas come, 2 min.
        ///   - closing: until the server ends its side, 5 s.
        ///   - stanzaBytes: the most bytes of one stanza to the server, 256 KiB.
        ///   - unconfirmed: the most stanzas that may wait for confirmation, 4096.
        public init(
            handshake: UInt64 = 10_000_000_000,
            idle: UInt64 = 25_000_000_000,
            answer: UInt64 = 30_000_000_000,
            barrier: UInt64 = 120_000_000_000,
            closing: UInt64 = 5_000_000_000,
            stanzaBytes: Int = 262_144,
            unconfirmed: Int = 4096
        ) {
            self.handshake = handshake
            self.idle = idle
            self.answer = answer
            self.barrier = barrier
            self.closing = closing
            self.stanzaBytes = stanzaBytes
            self.unconfirmed = unconfirmed
        }
    }

    /// What the owner of the connection has to do.
    public enum Action: Sendable, Equatable {
        /// Write these bytes.
        case send([UInt8])
        /// The handshake was accepted: stanzas may be sent.
        case open
        /// Hand this stanza on.
        case deliver(XML.Element)
        /// A stanza that exceeds a limit was passed over: answer it from its start tag, if there is one.
        case refuse(XML.Element?, XMLStreamError)
        /// The server has taken the stanzas with these tokens.
        case confirm([UInt64])
        /// This stanza was not sent.
        case reject(token: UInt64?, Rejection)
        /// Call ``ComponentStream/timerFired(now:)`` at this time, in place of any time told before.
        case wake(at: UInt64)
        /// Close the connection once everything was written; nothing more will come from this machine.
        case close(End)
    }

    /// Why a stanza is not sent.
    public enum Rejection: String, Sendable, Equatable, CaseIterable {
        /// The stream is not open.
        case notOpen
        /// Too many stanzas wait for confirmation; try again when some are confirmed.
        case full
        /// It is longer than the server takes.
        case tooLarge
        /// It does not begin as a stanza does.
        case notStanza
        /// `to` or `from` is missing.
        case missingAddress
        /// `from` is not in the component's domain.
        case foreignSender
    }

    /// How a stream ended.
    public struct End: Sendable, Equatable {
        /// Why.
        public let reason: Reason
        /// The tokens of what nobody confirmed, in the order it was sent: to be sent again.
        public let unconfirmed: [UInt64]

        /// Makes an end.
        ///
        /// - Parameters:
        ///   - reason: why.
        ///   - unconfirmed: the tokens of what nobody confirmed.
        public init(_ reason: Reason, unconfirmed: [UInt64] = []) {
            self.reason = reason
            self.unconfirmed = unconfirmed
        }
    }

    /// Why a stream ended.
    public enum Reason: Sendable, Equatable {
        /// The gateway ended it.
        case finished
        /// The server ended it without naming a reason.
        case serverClosed
        /// The server named a reason.
        case serverFault(StreamFault)
        /// The server did not behave as a component server does; the sentence says how.
        case protocolFault(StreamFault, String)
        /// The server's bytes could not be read.
        case unreadable(XMLStreamError)
        /// The handshake was not accepted in time.
        case handshakeTimeout
        /// A ping was not answered in time.
        case pingTimeout
        /// The connection broke.
        case connectionLost
    }
}

extension ComponentStream.Reason {
    /// How soon connecting again makes sense.
    ///
    /// Source: RFC 6120 §4.9.3.
    public var advice: Reconnection.Advice {
        switch self {
        case .serverFault(let fault):
            switch fault.condition {
            case .conflict, .hostUnknown, .hostGone, .notAuthorized, .invalidNamespace, .policyViolation, .invalidFrom,
                .unsupportedEncoding, .unsupportedFeature, .unsupportedVersion, .unsupportedStanzaType,
                .badNamespacePrefix, .improperAddressing, .seeOtherHost:
                .slow
            case .badFormat, .connectionTimeout, .internalServerError, .invalidXML, .notWellFormed,
                .remoteConnectionFailed, .reset, .resourceConstraint, .restrictedXML, .systemShutdown,
                .undefinedCondition:
                .usual
            }
        case .protocolFault:
            .slow
        case .finished, .serverClosed, .unreadable, .handshakeTimeout, .pingTimeout, .connectionLost:
            .usual
        }
    }

    /// What an operator can do about it; nil when nothing needs to be done.
    public var remedy: String? {
        switch self {
        case .serverFault(let fault):
            Self.remedy(fault.condition)
        case .protocolFault(_, let what):
            "\(what); check that the address and port are those of the server's component listener"
        case .handshakeTimeout:
            "the server accepted the connection and said nothing; check that the port is its component listener"
        case .unreadable:
            "the server sent what is not an XMPP stream; check that the port is its component listener, without TLS"
        case .finished, .serverClosed, .pingTimeout, .connectionLost:
            nil
        }
    }

    private static func remedy(_ condition: StreamFault.Condition) -> String? {
        switch condition {
        case .hostUnknown, .hostGone:
            "the server does not serve a component of this name; add it to the server's configuration or correct the domain"
        case .conflict:
            "another component is connected under this name; stop it or correct the domain"
        case .notAuthorized:
            "the server refused the handshake; make the secret the same on both sides"
        case .invalidNamespace:
            "the server does not speak the component protocol on this port; use its component port"
        case .policyViolation, .resourceConstraint:
            "the server's limits were exceeded; compare its limits of rate and size with the gateway's"
        case .invalidFrom, .improperAddressing:
            "the server refused an address; the mapping tables produce a sender outside of the component's domain"
        default:
            nil
        }
    }
}
