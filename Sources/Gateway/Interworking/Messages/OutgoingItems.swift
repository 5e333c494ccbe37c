public import Addressing

/// How a message is carried in a SIP request.
///
/// Source: RFC 3428 §4, RFC 7572 §4.
public enum Carrier: String, Sendable, CaseIterable {
    /// The body is a Message/CPIM object.
    case cpim
    /// The body is the text itself.
    case sip
}

/// What identifies a request on the wire, made by the leg and stored before the first send.
public struct RequestIdentity: Sendable, Equatable {
    /// The branch, with the magic cookie `z9hG4bK`.
    public var branch: String
    /// The Call-ID for a conversation that has none of its own.
    public var callID: String
    /// The tag of From.
    public var fromTag: String
    /// The sequence number.
    public var cseq: UInt32
    /// Host and port in Via.
    public var sentBy: String
    /// The transport in Via, such as `UDP`.
    public var transport: String
    /// A token for `imdn.Message-ID`, used when the tables ask for one; nil writes none.
    public var messageID: String?

    /// Makes an identity.
    ///
    /// - Parameters:
    ///   - branch: the branch with its cookie.
    ///   - callID: the Call-ID for a conversation that has none.
    ///   - fromTag: the tag of From.
    ///   - cseq: the sequence number.
    ///   - sentBy: host and port in Via.
    ///   - transport: the transport in Via.
    ///   - messageID: a token for `imdn.Message-ID`.
    public init(
        branch: String,
        callID: String,
        fromTag: String,
        cseq: UInt32,
        sentBy: String,
        transport: String,
        messageID: String? = nil
    ) {
        self.branch = branch
        self.callID = callID
        self.fromTag = fromTag
        self.cseq = cseq
        self.sentBy = sentBy
        self.transport = transport
        self.messageID = messageID
    }
}

/// A request ready for the wire.
///
/// One object that never changes, so that it is passed on without copying what it holds.
public final class OutgoingRequest: Sendable {
    /// The whole request.
    public let bytes: [UInt8]
    /// Where it goes: the queue and the next hop are chosen by it.
    public let requestURI: SIPURI
    /// That and the URI of From as text.
    public let addresses: Addresses
    /// The Call-ID that was written.
    public let callID: String
    /// The thread of the conversation; when it is not the Call-ID, the pair is to be stored.
    public let thread: String?
    /// How the message is carried.
    public let carrier: Carrier
    /// The `imdn.Message-ID` that was written; nil for none.
    public let messageID: String?

    init(
        bytes: [UInt8],
        requestURI: SIPURI,
        addresses: Addresses,
        callID: String,
        thread: String?,
        carrier: Carrier,
        messageID: String?
    ) {
        self.bytes = bytes
        self.requestURI = requestURI
        self.addresses = addresses
        self.callID = callID
        self.thread = thread
        self.carrier = carrier
        self.messageID = messageID
    }
}

extension OutgoingRequest {
    /// The addresses of a request as they stand on the wire.
    public struct Addresses: Sendable, Equatable {
        /// The Request-URI.
        public var requestURI: String
        /// The URI of From.
        public var from: String
        /// The Request-URI in compared form.
        public var queue: String

        /// Names the addresses of a request.
        public init(requestURI: String, from: String, queue: String) {
            self.requestURI = requestURI
            self.from = from
            self.queue = queue
        }
    }
}

/// A stanza ready for the wire.
///
/// One object that never changes, so that it is passed on without copying what it holds.
public final class OutgoingStanza: Sendable {
    /// The whole stanza, in the content namespace of its stream.
    public let bytes: [UInt8]
    /// The identifier; empty for an error about a stanza that had none.
    public let id: String
    /// The sender.
    public let from: JID
    /// The addressee.
    public let to: JID
    /// The thread that was written; nil for none.
    public let thread: String?
    /// Whether it is of type `error`.
    public let isError: Bool

    /// Makes a stanza.
    ///
    /// - Parameters:
    ///   - bytes: the whole stanza.
    ///   - id: the identifier.
    ///   - from: the sender.
    ///   - to: the addressee.
    ///   - thread: the thread that was written.
    ///   - isError: whether it is of type `error`.
    public init(bytes: [UInt8], id: String, from: JID, to: JID, thread: String? = nil, isError: Bool = false) {
        self.isError = isError
        self.bytes = bytes
        self.id = id
        self.from = from
        self.to = to
        self.thread = thread
    }
}
