/// A mark by which a repeated item is recognized.
public struct SeenKey: Sendable, Equatable {
    /// The mark, opaque; a digest is a good one.
    public var key: [UInt8]
    /// Until when it counts: milliseconds since 1970-01-01T00:00:00Z.
    public var expires: Int64
    /// What the item was answered with, opaque.
    public var status: Int64
    /// The id of the crossing that the first item began.
    public var crossing: String

    /// Creates a mark.
    ///
    /// - Parameters:
    ///   - key: the mark.
    ///   - expires: until when it counts.
    ///   - status: what the item was answered with.
    ///   - crossing: the id of the crossing that the first item began.
    public init(key: [UInt8], expires: Int64, status: Int64, crossing: String) {
        self.key = key
        self.expires = expires
        self.status = status
        self.crossing = crossing
    }
}

/// What a peer has shown that it reads.
public struct Capability: Sendable, Equatable {
    /// The peer, opaque.
    public var peer: String
    /// The carrier it reads, in the caller's numbering.
    public var carrier: Int64
    /// The scheme of the addresses it uses, or what else belongs to the carrier, opaque.
    public var scheme: String
    /// Until when it counts: milliseconds since 1970-01-01T00:00:00Z.
    public var expires: Int64

    /// Creates a capability.
    ///
    /// - Parameters:
    ///   - peer: the peer.
    ///   - carrier: the carrier it reads.
    ///   - scheme: the scheme of the addresses it uses.
    ///   - expires: until when it counts.
    public init(peer: String, carrier: Int64, scheme: String, expires: Int64) {
        self.peer = peer
        self.carrier = carrier
        self.scheme = scheme
        self.expires = expires
    }
}

/// A conversation on one shore and the identifiers that it has on the other.
public struct ConversationThread: Sendable, Equatable {
    /// Thread and sender, in the caller's form.
    public var key: String
    /// The Call-ID.
    public var callID: String
    /// The From tag of this sender.
    public var tag: String
    /// The last CSeq number used.
    public var cseq: Int64
    /// The thread's own text.
    public var thread: String
    /// Until when it counts: milliseconds since 1970-01-01T00:00:00Z.
    public var expires: Int64

    /// Creates a conversation.
    ///
    /// - Parameters:
    ///   - key: thread and sender.
    ///   - callID: the Call-ID.
    ///   - tag: the From tag of this sender.
    ///   - cseq: the last CSeq number used.
    ///   - thread: the thread's own text.
    ///   - expires: until when it counts.
    public init(key: String, callID: String, tag: String, cseq: Int64, thread: String, expires: Int64) {
        self.key = key
        self.callID = callID
        self.tag = tag
        self.cseq = cseq
        self.thread = thread
        self.expires = expires
    }
}

/// When somebody was last told about a failure, so that it does not happen too often.
public struct Tell: Sendable, Equatable {
    /// Who was told about what, in the caller's form.
    public var key: String
    /// When: milliseconds since 1970-01-01T00:00:00Z.
    public var told: Int64
    /// Until when it counts: milliseconds since 1970-01-01T00:00:00Z.
    public var expires: Int64

    /// Creates a note.
    ///
    /// - Parameters:
    ///   - key: who was told about what.
    ///   - told: when.
    ///   - expires: until when it counts.
    public init(key: String, told: Int64, expires: Int64) {
        self.key = key
        self.told = told
        self.expires = expires
    }
}
