public import XMPPStanzas

/// What one side asks of the other, or tells it, about presence.
///
/// Source: RFC 3859 §3.4, RFC 8048 §5, §6, §7.
public struct PresenceOperation: Sendable, Equatable {
    /// What is asked or told.
    public enum Kind: Sendable, Equatable {
        /// The watcher wishes to see the presentity, and may say why.
        case subscribe(note: String?)
        /// The presentity allows it.
        case subscribed
        /// The watcher does not wish to see the presentity any more.
        case unsubscribe
        /// The presentity does not allow it, or not any more.
        case unsubscribed
        /// The watcher asks for the presence of now, and for nothing later.
        case probe
        /// A resource is available.
        case available
        /// A resource is not, or with a bare address none is.
        case unavailable
        /// Something that was said before could not be processed.
        case error(StanzaError)
    }

    /// What is asked or told.
    public var kind: Kind
    /// The user of the XMPP shore, with the resource that the item names.
    public var user: Correspondent
    /// The user of the CPIM shore.
    public var contact: Correspondent
    /// The identifier that the item has where it comes from; nil for none.
    public var id: String?
    /// The name that the sender goes by; nil for none.
    ///
    /// Source: XEP-0172 §4.1.
    public var nick: String?

    /// Makes an operation.
    ///
    /// - Parameters:
    ///   - kind: what is asked or told.
    ///   - user: the user of the XMPP shore.
    ///   - contact: the user of the CPIM shore.
    ///   - id: the identifier of the item.
    ///   - nick: the name that the sender goes by.
    public init(kind: Kind, user: Correspondent, contact: Correspondent, id: String? = nil, nick: String? = nil) {
        self.kind = kind
        self.user = user
        self.contact = contact
        self.id = id
        self.nick = nick
    }
}
