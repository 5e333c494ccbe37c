public import Addressing
public import CPIM

/// A message in the middle: what Message/CPIM says of it, and beside it what CPIM has no word for.
public struct Pivot: Sendable, Equatable {
    /// The message: sender, recipient, time, subjects, extension headers and content.
    public var message: CPIMDraft
    /// Recipients of copies, as the message names them; nothing is ever sent to them.
    public var copies: [CPIMAddress]
    /// What else the source said, by namespace and name, in order.
    public var annotations: [Annotation]
    /// Who sent it.
    public var sender: Correspondent
    /// Who gets it.
    public var recipient: Correspondent
    /// The identifier that the item has where it comes from: a stanza's id or a request's branch; nil for none.
    public var sourceID: String?

    /// The namespace of annotations that are the gateway's own words: `thread`, `kind`, `expires` and the like.
    public static let namespace = "urn:ietf:params:cpim-annotations:"

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
        key = jid.bare.description
        fullKey = jid.description
        address = uri.description
        canonicalAddress = uri.canonicalDescription
        comparedAddress = uri.comparedAddress
        domain = uri.userDomain
    }

    /// Whether both are the same user in the same spelling.
    public static func == (one: Correspondent, other: Correspondent) -> Bool {
        one === other
            || one.jid == other.jid && one.uri == other.uri && one.instance == other.instance && one.pair == other.pair
    }
}
