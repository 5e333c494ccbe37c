public import Addressing
public import CPIM

/// A message in the middle: what Message/CPIM says of it, and beside it what CPIM has no word for.
///
/// One object that never changes, so that it is passed on without copying what it holds.
public final class Pivot: Sendable, Equatable {
    /// The message: sender, recipient, time, subjects, extension headers and content.
    public let message: CPIMDraft
    /// Recipients of copies, as the message names them; nothing is ever sent to them.
    public let copies: [CPIMAddress]
    /// What else the source said, by namespace and name, in order.
    public let annotations: [Annotation]
    /// Who sent it.
    public let sender: Correspondent
    /// Who gets it.
    public let recipient: Correspondent
    /// The identifier that the item has where it comes from: a stanza's id or a request's branch; nil for none.
    public let sourceID: String?

    /// The namespace of annotations that are the gateway's own words: `thread`, `kind`, `expires` and the like.
    public static let namespace = "urn:ietf:params:cpim-annotations:"

    /// Puts a message in the middle.
    ///
    /// - Parameters:
    ///   - message: what Message/CPIM says of it.
    ///   - copies: recipients of copies.
    ///   - annotations: what else the source said.
    ///   - sender: who sent it.
    ///   - recipient: who gets it.
    ///   - sourceID: the identifier that it has where it comes from.
    public init(
        message: CPIMDraft,
        copies: [CPIMAddress],
        annotations: [Annotation],
        sender: Correspondent,
        recipient: Correspondent,
        sourceID: String?
    ) {
        self.message = message
        self.copies = copies
        self.annotations = annotations
        self.sender = sender
        self.recipient = recipient
        self.sourceID = sourceID
    }

    /// The same item with another message.
    func with(_ message: CPIMDraft) -> Pivot {
        Pivot(
            message: message,
            copies: copies,
            annotations: annotations,
            sender: sender,
            recipient: recipient,
            sourceID: sourceID
        )
    }

    /// Whether both say the same of the same users.
    public static func == (one: Pivot, other: Pivot) -> Bool {
        one === other
            || one.message == other.message && one.copies == other.copies && one.annotations == other.annotations
                && one.sender == other.sender && one.recipient == other.recipient && one.sourceID == other.sourceID
    }

    /// The first annotation with a name in the gateway's own namespace.
    ///
    /// - Parameter name: compared exactly.
    /// - Returns: its value; nil when there is none.
    public func annotation(_ name: String) -> String? {
        for annotation in annotations where annotation.name == name && annotation.namespace == Self.namespace {
            return annotation.value
        }
        return nil
    }

    /// The thread of the conversation; nil when the source named none.
    public var thread: String? { annotation("thread") }
}

/// A user at one end of a message, with an address on each shore.
public final class Correspondent: Sendable, Equatable {
    /// The address on the XMPP shore, full when a resource is known.
    public let jid: JID
    /// The address of record on the CPIM shore.
    public let uri: SIPURI
    /// The escaped value of `gr` that names the endpoint; nil for none.
    public let instance: String?
    /// What the address store has to keep; nil for users whose address is always derived.
    public let pair: AddressPair?

    /// The bare JID as text: what order and queues go by.
    public let key: String
    /// The JID as text.
    public let fullKey: String
    /// The address of record on the CPIM shore as text.
    public let address: String
    /// That in canonical form.
    public let canonicalAddress: String
    /// The bare address in compared form.
    public let comparedAddress: String
    /// The domain on the CPIM shore, in the normal form of facts and settings.
    public let domain: String

    /// Makes a correspondent.
    ///
    /// - Parameters:
    ///   - jid: the address on the XMPP shore.
    ///   - uri: the address of record on the CPIM shore.
    ///   - instance: the escaped value of `gr`.
    ///   - pair: what the address store has to keep.
    public init(jid: JID, uri: SIPURI, instance: String? = nil, pair: AddressPair? = nil) {
        self.jid = jid
        self.uri = uri
        self.instance = instance
        self.pair = pair
        let fullKey = Self.kept(jid.description)
        let address = Self.kept(uri.description)
        let canonicalAddress = Self.kept(uri.canonicalDescription, as: address)
        self.fullKey = fullKey
        self.address = address
        self.canonicalAddress = canonicalAddress
        key = Self.kept(jid.bare.description, as: fullKey)
        comparedAddress = Self.kept(uri.comparedAddress, as: canonicalAddress)
        domain = uri.userDomain
    }

    /// A text without the room that it grew in, or another one that says the same: correspondents are remembered.
    private static func kept(_ text: String, as other: String = "") -> String {
        text == other ? other : String(decoding: text.utf8, as: UTF8.self)
    }

    /// Whether both are the same user in the same spelling.
    public static func == (one: Correspondent, other: Correspondent) -> Bool {
        one === other
            || one.jid == other.jid && one.uri == other.uri && one.instance == other.instance && one.pair == other.pair
    }
}
