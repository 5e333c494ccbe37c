public import BridgeCore
import Digests
import Interworking
public import Logging
public import NIOCore
import XMLStreams
import XMPPChannels
import XMPPStanzas
import XMPPStreams

/// The XMPP side of the gateway: components of existing servers, and streams to and from other servers.
///
/// Bound to its event loop.
///
/// Source: XEP-0114 §3, RFC 6120 §4.
public final class XMPPLeg {
    let settings: XMPPLegSettings
    let logger: Logger
    /// The gateway; it lets go of the leg when it stops.
    let host: any XMPPLegHost
    /// The ways to servers by the domains that they are for, and by the names of those neighbors.
    private(set) var links: [String: any XMPPLink] = [:]
    private var linksByHop: [String: any XMPPLink] = [:]
    /// Streams to and from other servers.
    var servers: ServerStreams?
    var sent = SentStanzas()
    /// The ends of the stanzas that came lately.
    let known = EndsMemory()
    let responder: IQResponder
    /// How users of the other shore describe themselves under the tables of one generation, by the domain of a peer.
    var announced: (generation: String, byPeer: [String: AnnouncedFeatures]) = ("", [:])
    /// Which devices want to be told of what.
    var interests = InterestBook()
    /// Whose cards were asked for.
    var cards = CardBook()
    /// How many users of the other shore are written to.
    var recipients: RecipientPace
    /// Which servers know addresses beside a message.
    var addressing = AddressingBook()
    let started: Moment
    /// The time that was told last; events are judged by it, which is exact to a tick of the host's clock.
    private(set) var now: Moment
    let connector: ComponentConnector
    /// A random number, equally likely over the whole range.
    let jitter: () -> UInt64

    /// Makes a leg whose components are not connected.
    ///
    /// - Parameters:
    ///   - eventLoop: the loop that it is bound to.
    ///   - settings: the components.
    ///   - host: the gateway that it is a part of.
    ///   - logger: where the state of links is told.
    ///   - now: the moment of the start.
    public convenience init(
        eventLoop: any EventLoop,
        settings: XMPPLegSettings,
        host: any XMPPLegHost,
        logger: Logger,
        now: Moment
    ) {
        self.init(
            settings: settings,
            host: host,
            logger: logger,
            now: now,
            // One stanza that a stranger made too large must not cost the link.
            connector: { XMPPConnection(eventLoop: eventLoop, limits: $0, excess: .isRefused, deliver: $1) },
            jitter: { RandomBytes.generate(8).reduce(0) { $0 << 8 | UInt64($1) } }
        )
        guard let server = settings.server else { return }
        servers = ServerStreams(server, leg: self, eventLoop: eventLoop)
        for (domain, link) in servers?.links ?? [:] where links[domain] == nil { add(link, for: domain) }
    }

    init(
        settings: XMPPLegSettings,
        host: any XMPPLegHost,
        logger: Logger,
        now: Moment,
        connector: @escaping ComponentConnector,
        jitter: @escaping () -> UInt64
    ) {
        self.settings = settings
        self.host = host
        self.logger = logger
        self.started = now
        self.now = now
        self.connector = connector
        self.jitter = jitter
        recipients = RecipientPace(
            perSender: settings.recipientsPerSender,
            perDomain: settings.recipientsPerDomain
        )
        var responder = IQResponder(
            domain: .gateway(name: "Isthmus", software: SoftwareVersion(name: "Isthmus", version: "0.1.0")),
            mapsContacts: true
        )
        responder.domain.contacts = settings.contacts.filter { !$0.value.isEmpty }
        responder.domain.capabilities = AnnouncedFeatures.capabilities(
            of: responder.domain,
            responder.domainFeatures,
            settings.capabilitiesNode
        )
        self.responder = responder
        for component in settings.components {
            add(ComponentLink(component: component, leg: self), for: component.domain)
        }
    }

    private func add(_ link: any XMPPLink, for domain: String) {
        links[domain] = link
        linksByHop[Self.hop(domain)] = link
    }

    /// Opens the listeners for other servers; fails when one cannot be bound.
    ///
    /// - Returns: their addresses, in the order of the settings.
    public func listen() -> EventLoopFuture<[SocketAddress]>? { servers?.listen() }

    /// Connects every component, and keeps trying.
    public func start(now: Moment) {
        self.now = now
        for link in links.values { link.start() }
    }

    /// Ends every stream once what was sent has left; ``isStopped`` tells when all have ended.
    public func stop() {
        for link in links.values { link.stop() }
    }

    /// Whether every component was stopped and its stream has ended.
    public var isStopped: Bool { links.values.allSatisfy(\.isStopped) }

    /// Carries out what time alone decides.
    public func advance(now: Moment) {
        self.now = now
        for link in links.values { link.advance() }
        advanceInterests()
    }

    /// Lets queued stanzas leave, with a ping behind those that need a confirmation.
    public func flush(now: Moment) {
        self.now = now
        for link in links.values { link.flush() }
    }

    /// What each component is doing: domain, state, reason of the last failure.
    public var status: [(domain: String, isOpen: Bool, state: String)] {
        links.values.map { ($0.domain, $0.isOpen, $0.state) }.sorted { $0.0 < $1.0 }
    }

    /// Who hands over what users of a domain say, and how it has shown that it may.
    ///
    /// - Parameters:
    ///   - domain: the users' domain.
    ///   - contacts: the domain that users of the other shore have on this one.
    /// - Returns: the neighbor's domain and the proof in a word; nil for a domain that no link serves.
    public func voucher(of domain: String, to contacts: String) -> (peer: String, proof: String)? {
        links[contacts].map { link in
            let voucher = link.voucher(for: domain)
            return (voucher.peer, voucher.proof)
        }
    }

    /// The domain of the component that a neighbor of the bridge stands for; nil for one of the other shore.
    public static func domain(ofLink name: String) -> String? {
        name.hasPrefix("xmpp:") ? String(name.dropFirst(5)) : nil
    }

    /// The neighbor of the bridge that a component's server is.
    ///
    /// - Parameter domain: the component's domain.
    /// - Returns: its name.
    public static func hop(_ domain: String) -> String { "xmpp:" + domain }

    /// Whether users of a domain of this shore are served.
    func serves(_ domain: String) -> Bool {
        settings.xmppDomains.contains(domain) || settings.server?.policy.admission.admits(domain) == true
    }

    /// The link of a neighbor.
    func link(ofHop hop: String) -> (any XMPPLink)? {
        if let link = servers?.link(ofHop: hop) { return link }
        return linksByHop[hop]
    }

    /// What came from other servers in this turn of the loop goes to the ledger.
    ///
    /// - Returns: the number to tell with ``stored(_:)``; nil when nothing came.
    public func submit() -> UInt64? { servers?.submit() }

    /// The ledger has taken a submission, or what it did not take was answered with errors.
    ///
    /// Source: XEP-0198 §4.
    public func stored(_ submission: UInt64) { servers?.stored(submission) }
}
