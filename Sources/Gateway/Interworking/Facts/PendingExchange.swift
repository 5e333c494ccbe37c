public import Addressing
public import XMPPStanzas

/// A stanza that the gateway turned into a request, as far as an answer needs it.
public struct StanzaOrigin: Sendable, Hashable {
    /// The sender of the stanza, who gets the answer.
    public var from: JID
    /// The recipient of the stanza, in whose name the answer goes out.
    public var to: JID
    /// The identifier; nil when the stanza had none, and then the answer has none.
    ///
    /// Source: RFC 6120 §8.1.3.
    public var id: String?
    /// The kind of stanza.
    public var kind: StanzaKind

    /// Makes an origin.
    ///
    /// - Parameters:
    ///   - from: the sender.
    ///   - to: the recipient.
    ///   - id: the identifier.
    ///   - kind: the kind of stanza.
    public init(from: JID, to: JID, id: String?, kind: StanzaKind) {
        self.from = from
        self.to = to
        self.id = id
        self.kind = kind
    }
}

/// A request to the CPIM shore that waits for its final response.
public struct PendingRequest: Sendable, Hashable {
    /// The branch of its top Via.
    public var branch: String
    /// The method.
    public var method: String
    /// The stanza that it was made from.
    public var origin: StanzaOrigin

    /// Makes an entry.
    ///
    /// - Parameters:
    ///   - branch: the branch of the top Via.
    ///   - method: the method.
    ///   - origin: the stanza that it was made from.
    public init(branch: String, method: String, origin: StanzaOrigin) {
        self.branch = branch
        self.method = method
        self.origin = origin
    }
}

/// A request of the CPIM shore that has not been answered: what the response copies, and the stanza made from it.
///
/// Source: RFC 3261 §8.2.6.2.
public struct PendingInbound: Sendable, Hashable {
    /// The method.
    public var method: String
    /// The values of its Via headers, top first.
    public var via: [String]
    /// The value of its To header.
    public var to: String
    /// The value of its From header.
    public var from: String
    /// Its Call-ID.
    public var callID: String
    /// The number in its CSeq.
    public var sequence: UInt32
    /// The id of the stanza made from it.
    public var stanzaID: String

    /// Makes an entry.
    ///
    /// - Parameters:
    ///   - method: the method.
    ///   - via: the Via values, top first.
    ///   - to: the To value.
    ///   - from: the From value.
    ///   - callID: the Call-ID.
    ///   - sequence: the number in CSeq.
    ///   - stanzaID: the id of the stanza made from it.
    public init(
        method: String,
        via: [String],
        to: String,
        from: String,
        callID: String,
        sequence: UInt32,
        stanzaID: String
    ) {
        self.method = method
        self.via = via
        self.to = to
        self.from = from
        self.callID = callID
        self.sequence = sequence
        self.stanzaID = stanzaID
    }
}
