public import Addressing

/// What is known when one item is translated: a snapshot, recorded with the crossing so that the translation can be
/// repeated.
///
/// Domains are in the normal form of `DomainName.normalized`: lower-case U-labels without a final dot.
public struct Facts: Sendable, Equatable {
    /// The time of the translation, in milliseconds since 1970-01-01T00:00:00Z.
    public var now: Int64
    /// The domain under which the gateway speaks for itself, in delay stamps and errors.
    public var gatewayDomain: String {
        _read { yield settings.gatewayDomain }
        set { settings.gatewayDomain = newValue }
    }
    /// The domains whose users live on the XMPP shore; empty when every domain may.
    public var xmppDomains: Set<String> {
        _read { yield settings.xmppDomains }
        set { settings.xmppDomains = newValue }
    }
    /// The domains whose users live on the CPIM shore; empty when every domain may.
    public var cpimDomains: Set<String> {
        _read { yield settings.cpimDomains }
        set { settings.cpimDomains = newValue }
    }
    /// Whether users of other domains live on the XMPP shore too, but for those that are refused.
    public var servesStrangers: Bool {
        _read { yield settings.servesStrangers }
        set { settings.servesStrangers = newValue }
    }
    /// Domains whose users are not served on the XMPP shore.
    public var refusedDomains: Set<String> {
        _read { yield settings.refusedDomains }
        set { settings.refusedDomains = newValue }
    }
    /// Stored address pairs that concern the addresses of this item.
    public var pairs: [AddressPair] = []
    /// Display names by the JID form of their owner, for users of both shores.
    public var formalNames: [BareJID: String] {
        _read { yield occasional.formalNames }
        set { occasional.formalNames = newValue }
    }
    /// The `gr` value of the endpoint that a CPIM user sends from, by the JID form of the user.
    public var gruus: [BareJID: String] {
        _read { yield occasional.gruus }
        set { occasional.gruus = newValue }
    }
    /// The resource that an XMPP user last wrote from.
    public var resources: [BareJID: String] {
        _read { yield occasional.resources }
        set { occasional.resources = newValue }
    }
    /// Whether the last message that the XMPP user wrote in this conversation was of type `chat`.
    ///
    /// Source: RFC 3922 §4.1.4.
    public var isChat: Bool {
        _read { yield occasional.isChat }
        set { occasional.isChat = newValue }
    }
    /// Conversations whose thread could not stand as a Call-ID.
    public var threads: [ThreadPair] = []
    /// What the neighbor on the CPIM shore has proved or shown.
    public var peer = PeerFacts()
    /// Whether a MESSAGE between the same two addresses waits for its response.
    public var hasPendingRequest = false
    /// Requests sent to the CPIM shore that have no final response.
    public var pendingRequests: [PendingRequest] {
        _read { yield occasional.pendingRequests }
        set { occasional.pendingRequests = newValue }
    }
    /// Requests of the CPIM shore that have not been answered.
    public var pendingInbound: [PendingInbound] {
        _read { yield occasional.pendingInbound }
        set { occasional.pendingInbound = newValue }
    }
    /// Who watches whom.
    public var presence: PresenceFacts {
        _read { yield occasional.presence }
        set { occasional.presence = newValue }
    }
    /// What was asked and told of messages, and who is writing.
    public var receipts: ReceiptFacts {
        _read { yield occasional.receipts }
        set { occasional.receipts = newValue }
    }
    /// Statements of the kinds that only dialogs, sessions and rooms use.
    public var statements: [FactStatement] {
        _read { yield occasional.statements }
        set { occasional.statements = newValue }
    }

    /// What the configuration says, which is the same for one item after the other.
    private struct Settings: Sendable, Equatable {
        var gatewayDomain: String
        var xmppDomains: Set<String> = []
        var cpimDomains: Set<String> = []
        var servesStrangers = false
        var refusedDomains: Set<String> = []
    }

    /// What most items need nothing of.
    private struct Occasional: Sendable, Equatable {
        var formalNames: [BareJID: String] = [:]
        var gruus: [BareJID: String] = [:]
        var resources: [BareJID: String] = [:]
        var isChat = false
        var pendingRequests: [PendingRequest] = []
        var pendingInbound: [PendingInbound] = []
        var presence = PresenceFacts()
        var receipts = ReceiptFacts()
        var statements: [FactStatement] = []
    }

    // Several steps keep the snapshot of an item: what seldom differs is one object to them.
    @Shared private var settings: Settings
    @Shared private var occasional = Occasional()

    /// Makes a snapshot in which nothing but the time and the gateway's name is known.
    ///
    /// - Parameters:
    ///   - now: milliseconds since 1970-01-01T00:00:00Z.
    ///   - gatewayDomain: the gateway's own name.
    public init(now: Int64, gatewayDomain: String) {
        self.now = now
        settings = Settings(gatewayDomain: gatewayDomain)
    }

    /// Whether users of a domain live on the XMPP shore.
    ///
    /// - Parameter domain: a domain in the normal form of facts.
    /// - Returns: false for a domain of the CPIM shore.
    ///
    /// Source: RFC 3860 §3.4.2.
    public func servesOnXMPP(_ domain: String) -> Bool {
        if xmppDomains.contains(domain) { return true }
        if cpimDomains.contains(domain) || refusedDomains.contains(domain) { return false }
        return servesStrangers || xmppDomains.isEmpty
    }
}

/// A JID and the URI that stands for the same user.
///
/// Source: RFC 7247 §6.4, RFC 8265 §3.3.
public struct AddressPair: Sendable, Hashable {
    /// The address on the XMPP shore.
    public var jid: BareJID
    /// The address on the CPIM shore, in the spelling of its owner.
    public var uri: AddressURI
    /// Whether an operator wrote it; such a pair wins over what was learned.
    public var isExplicit: Bool

    /// Makes a pair.
    ///
    /// - Parameters:
    ///   - jid: the address on the XMPP shore.
    ///   - uri: the address on the CPIM shore.
    ///   - isExplicit: whether an operator wrote it.
    public init(jid: BareJID, uri: AddressURI, isExplicit: Bool = false) {
        self.jid = jid
        self.uri = uri
        self.isExplicit = isExplicit
    }
}

/// A Call-ID and the thread of the XMPP conversation that it stands for.
///
/// Source: RFC 7572 §4, RFC 6121 §5.2.5.
public struct ThreadPair: Sendable, Hashable {
    /// The Call-ID.
    public var callID: String
    /// The thread text, nothing trimmed.
    public var thread: String

    /// Makes a pair.
    ///
    /// - Parameters:
    ///   - callID: the Call-ID.
    ///   - thread: the thread text.
    public init(callID: String, thread: String) {
        self.callID = callID
        self.thread = thread
    }
}
