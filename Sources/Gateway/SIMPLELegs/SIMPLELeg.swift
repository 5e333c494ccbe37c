public import BridgeCore
import Digests
import Interworking
public import Logging
import MIME
import MappingTables
public import NIOCore
import SIPChannels
import SIPMessages
import SIPTransactions

/// The SIP side of the gateway: page-mode messages and presence.
///
/// Bound to its event loop.
///
/// Source: RFC 3428 §4, §7, §8.
public final class SIMPLELeg {
    let eventLoop: any EventLoop
    let settings: SIMPLELegSettings
    let logger: Logger
    /// The gateway; it lets go of the leg when it stops.
    let host: any SIMPLELegHost
    var transactions: TransactionTable
    let server: UserAgentServer
    /// The same where the gateway is a presence server.
    let compositor: UserAgentServer
    let trusted: TrustedPeers
    /// The sockets, once they are there.
    var carrier: (any MessageCarrier)?

    /// Requests whose final response waits for the bridge, by the number that the bridge knows.
    var pending: [UInt64: PendingRequest] = [:]
    var nextAnswer: UInt64 = 1
    /// Crossings by the client transaction that carries them.
    var carried: [ClientTransactionKey: Carried] = [:]
    /// Requests that tell of somebody's writing, by their client transaction.
    var passing: [ClientTransactionKey: Passing] = [:]
    /// The branches of requests that were answered and go again.
    var answered: [CrossingID: String] = [:]
    var conversations: Conversations
    /// The ends of the requests that came lately.
    let ends = EndsMemory()
    /// What event packages need: subscriptions of both sides.
    var subscriptions = Subscriptions()
    /// What is published to presence servers of this shore.
    var publications = Publications()
    /// What users of this shore publish to the gateway.
    var compositions = Compositions()
    /// The domains by the way that presence takes, by the tables that say so.
    var knownModes: PresenceModes?
    var strangerRecords = Pace(limit: Pace.records)
    var strangerRequests = StrangerPace()
    /// The bound sockets by transport and address family, as they stand in Via headers.
    var sentBy: [String: String] = [:] { didSet { contacts.removeAll() } }
    /// Where the gateway is reached in dialogs, by the domain of the peer; made when it is asked for.
    var contacts: [String: SIPHeaderLine] = [:]

    /// A request whose final response is due.
    struct PendingRequest {
        let inbound: InboundRequest
        /// What says that it was taken.
        let status: Int
        /// The sender's domain.
        let domain: String
        /// What was known when it was read.
        let facts: Facts
        /// The tables that it was read under.
        let generation: Generation
        /// The bare JID that stands for the sender of a message that crosses.
        var sender = ""
    }

    /// Makes a leg without sockets.
    ///
    /// - Parameters:
    ///   - eventLoop: the loop that it is bound to.
    ///   - settings: sockets, routes and trust.
    ///   - host: the gateway that it is a part of.
    ///   - logger: where the state of sockets is told.
    public init(
        eventLoop: any EventLoop,
        settings: SIMPLELegSettings,
        host: any SIMPLELegHost,
        logger: Logger
    ) {
        self.eventLoop = eventLoop
        self.settings = settings
        self.host = host
        self.logger = logger
        var table = TransactionTable.Settings()
        table.limits.bodyBytes = settings.largestMessage
        table.transactions = settings.transactions
        table.seed = RandomBytes.generate(8).reduce(0) { $0 << 8 | UInt64($1) }
        self.transactions = TransactionTable(table)
        self.server = Self.server
        var compositor = Self.server
        compositor.methods.insert(.publish, at: compositor.methods.count - 1)
        self.compositor = compositor
        self.trusted = TrustedPeers(settings.trusted, intermediaries: settings.intermediaries)
        self.conversations = Conversations(lead: settings.sequenceLead)
        subscriptions.largestDocuments = settings.documentBytes
    }

    /// A server of messages and presence that has no sessions at all.
    private static var server: UserAgentServer {
        var server = UserAgentServer()
        server.methods = [.message, .subscribe, .notify, .options]
        server.encodings = ContentCoding.allCases.map(\.rawValue)
        server.events = packages
        server.followed = [watcherPackage]
        server.documents = [pidf, watchers, "application/pidf-diff+xml", "message/cpim"]
        server.accept = [
            "message/cpim", "text/plain", "text/html", "multipart/alternative", "multipart/mixed",
            "application/im-iscomposing+xml", "message/imdn+xml",
        ]
        return server
    }

    /// Binds the sockets.
    ///
    /// - Returns: the addresses that were bound, in the order of the settings.
    public func start() -> EventLoopFuture<[SocketAddress]> {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        var limits = SIPChannelLimits()
        limits.message = settings.largestMessage
        limits.connections = settings.connections
        limits.idleSeconds = settings.idleSeconds
        limits.strangers = max(1, settings.connections / 2)
        let transport = SIPTransport(
            eventLoop: eventLoop,
            limits: limits,
            logger: logger,
            isNeighbor: { bound.value.trusted.domains(of: $0) != nil },
            deliver: { bound.value.received($0) }
        )
        carrier = transport
        let sockets = NIOLoopBound(transport, eventLoop: eventLoop)
        var all = eventLoop.makeSucceededFuture([SocketAddress]())
        for listener in settings.listeners {
            all = all.flatMap { addresses in
                bound.value.bind(listener, sockets).map { addresses + ($0.map { [$0] } ?? []) }
            }
        }
        return all
    }

    private func bind(
        _ listener: SIMPLELegSettings.Listener,
        _ sockets: NIOLoopBound<SIPTransport>
    ) -> EventLoopFuture<SocketAddress?> {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        guard listener.transport == "udp" else {
            return sockets.value.listenTCP(host: listener.host, port: listener.port).flatMapErrorThrowing {
                throw SIMPLELegSettings.Listener.Fault(listener: listener, cause: $0)
            }.map { address in
                bound.value.remember(listener, address)
                return address
            }
        }
        return sockets.value.listenUDP(host: listener.host, port: listener.port).flatMapErrorThrowing {
            throw SIMPLELegSettings.Listener.Fault(listener: listener, cause: $0)
        }.flatMap { address in
            bound.value.remember(listener, address)
            return bound.value.complement(listener, address, sockets).map { address }
        }
    }

    /// Takes connections where datagrams are taken, unless the settings say where.
    ///
    /// Source: RFC 3261 §18.2.1.
    private func complement(
        _ listener: SIMPLELegSettings.Listener,
        _ address: SocketAddress?,
        _ sockets: NIOLoopBound<SIPTransport>
    ) -> EventLoopFuture<Void> {
        let isNamed = settings.listeners.contains {
            $0.transport == "tcp" && $0.port == listener.port && $0.isIPv6 == listener.isIPv6
        }
        guard !isNamed, let port = address?.port else { return eventLoop.makeSucceededVoidFuture() }
        var stream = listener
        stream.transport = "tcp"
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let socket = sockets.value.listenTCP(host: stream.host, port: port).flatMapErrorThrowing { [stream] in
            throw SIMPLELegSettings.Listener.Fault(listener: stream, cause: $0)
        }.map { [stream] address in
            bound.value.remember(stream, address)
        }
        // A port that the system chose for datagrams may be taken for connections.
        return listener.port == 0 ? socket.recover { _ in } : socket
    }

    /// Closes the sockets.
    public func stop() {
        carrier?.close()
    }

    /// Lets queued messages leave.
    public func flush() {
        carrier?.flush()
    }

    /// Carries out what time alone decides.
    public func advance(now: Moment) {
        perform(transactions.advance(to: now.monotonic))
        advanceSubscriptions(now: now.monotonic)
    }

    /// Names the sockets that the settings ask for without binding them, for work on the store while nothing is served.
    public func nameListeners() {
        for listener in settings.listeners where listener.port != 0 {
            remember(listener, port: listener.port)
            guard listener.transport == "udp" else { continue }
            var stream = listener
            stream.transport = "tcp"
            remember(stream, port: listener.port)
        }
    }

    private func remember(_ listener: SIMPLELegSettings.Listener, _ address: SocketAddress?) {
        if let port = address?.port { remember(listener, port: port) }
    }

    private func remember(_ listener: SIMPLELegSettings.Listener, port: Int) {
        let family = listener.isIPv6 ? "6" : "4"
        let host = listener.isIPv6 ? "[\(listener.host)]" : listener.host
        // A wildcard is no address that a response can come to; the name is.
        let isWildcard = listener.host == "0.0.0.0" || listener.host == "::"
        let name = listener.transport + family
        let value = (isWildcard ? settings.gatewayName : host) + ":\(port)"
        if sentBy[name] == nil { sentBy[name] = value }
        transactions.settings.sentBy.formUnion([value, settings.gatewayName])
    }
}
