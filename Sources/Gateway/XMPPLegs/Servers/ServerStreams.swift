import BridgeCore
import DequeModule
import Interworking
import Logging
import NIOCore
import XMPPChannels
import XMPPStreams

/// All streams between the gateway's domains and other servers.
///
/// Bound to the event loop of its leg, which owns it.
///
/// Source: RFC 6120 §4, XEP-0220 §2.
final class ServerStreams {
    let settings: XMPPLegSettings.Server
    unowned let leg: XMPPLeg
    let eventLoop: any EventLoop
    let clock = ServerClock.system
    /// The domains that are served.
    let hosts: HostedDomains
    var links: [String: ServerLink] = [:]
    /// Streams that peers opened.
    var accepted: [Int: AcceptedStream] = [:]
    var acceptedCount = 0
    /// Those that may be resumed while they stand, by the id of the resumption.
    var resumable: [String: AcceptedStream] = [:]
    var sessions = SuspendedSessions()
    /// Those of each pair of domains, the oldest first.
    var standing: [DomainPair: [AcceptedStream]] = [:]
    var callers = CallerCounts()
    var turnedAway = TurnedAway()
    /// Open questions about keys of dialback.
    var questions: [DomainPair: KeyQuestions] = [:]
    /// Those that were answered, while their streams end.
    var answeredQuestions: [KeyQuestions] = []
    var listeners: [any Channel] = []
    var book = ArrivalBook()
    private var routesByHop: [String: ServerRoute] = [:]
    /// Routes that wait for a connection, those to domains that the operator named before others, and which are being
    /// made.
    private var line: Deque<ServerRoute> = []
    private var strangersLine: Deque<ServerRoute> = []
    private var dialing: Set<ObjectIdentifier> = []
    private var dirtyRoutes: [ServerRoute] = []
    private var dirtyStreams: [AcceptedStream] = []
    private var hasStarted = false
    private(set) var isStopping = false
    private var stoppingSince: UInt64 = 0
    /// Warnings about strangers in the present minute.
    private var strangers = (since: UInt64(0), count: 0)
    private var lastAdvance: UInt64 = 0
    private var lastSweep: UInt64 = 0

    init?(_ settings: XMPPLegSettings.Server, leg: XMPPLeg, eventLoop: any EventLoop) {
        guard let first = settings.domains.first else { return nil }
        self.settings = settings
        self.leg = leg
        self.eventLoop = eventLoop
        hosts = HostedDomains(first, others: Set(settings.domains))
        for domain in settings.domains { links[domain] = ServerLink(domain: domain, streams: self) }
    }

    // MARK: Life

    var isListening: Bool { !listeners.isEmpty || settings.listeners.isEmpty }

    /// In a few words, for people.
    var state: String {
        guard isListening else { return "not listening" }
        let open = routesByHop.values.count { $0.state == .open }
        let proved = accepted.values.count { $0.isProved }
        return "\(open) streams out, \(proved) in"
    }

    var isStopped: Bool {
        isStopping && accepted.isEmpty && questions.isEmpty && answeredQuestions.isEmpty
            && routesByHop.values.allSatisfy { $0.stream == nil }
    }

    /// What users of other servers say is to be asked for from now on.
    func start() {
        guard !hasStarted else { return }
        hasStarted = true
        for domain in settings.domains { leg.host.peerUp(nil, of: domain) }
    }

    /// Ends every stream once what was sent has left and what came is stored.
    func stop() {
        guard !isStopping else { return }
        flush()
        isStopping = true
        stoppingSince = leg.now.monotonic
        for listener in listeners { listener.close(promise: nil) }
        listeners = []
        line = []
        strangersLine = []
        for question in answeredQuestions + questions.values { question.stop() }
        for stream in accepted.values { stream.stop() }
        stopRoutes()
    }

    /// What peers are told of what came last goes out before the streams to them end.
    private func stopRoutes() {
        guard accepted.isEmpty || leg.now.monotonic >= stoppingSince &+ Self.farewell else { return }
        for route in routesByHop.values { route.stop() }
    }

    private static var farewell: UInt64 { 2_000_000_000 }

    /// Carries out what time alone decides.
    func advance() {
        let now = leg.now.monotonic
        guard now >= lastAdvance &+ 200_000_000 else { return }
        lastAdvance = now
        for route in routesByHop.values { advance(route, now) }
        for question in questions.values where now >= question.since &+ settings.bounds.answers { question.expire() }
        if isStopping { stopRoutes() }
        guard now >= lastSweep &+ 10_000_000_000 else { return }
        lastSweep = now
        sessions.forget(at: now)
        for (hop, route) in routesByHop where route.isForgettable && now >= route.usedAt &+ Self.memory {
            forget(route, hop)
        }
    }

    private func advance(_ route: ServerRoute, _ now: UInt64) {
        switch route.state {
        case .waiting(let until):
            if let session = route.session, session.until <= now {
                route.session = nil
                if let failure = route.failure { route.giveBack(failure, 0) }
            }
            guard until <= now else { return }
            if !route.queue.isEmpty || !route.suspended.isEmpty || route.wantsRecovery { dial(route) }
        case .queued, .connecting, .negotiating:
            if now >= route.wantedAt &+ settings.bounds.search { route.abandon() }
        case .open:
            // A window that was full of stanzas without tokens has room again.
            if !route.queue.isEmpty { wantsFlush(route) }
        case .idle: if route.wantsRecovery { wantsFlush(route) }
        }
    }

    /// How long a route without a stream is remembered, for operators who ask why there is none.
    private static var memory: UInt64 { 600_000_000_000 }

    private func forget(_ route: ServerRoute, _ hop: String) {
        routesByHop[hop] = nil
        links[route.pair.local]?.routes[route.pair.remote] = nil
    }

    /// How loudly the end of a stranger's stream is told: as a warning, but of many in one minute only the first.
    var levelOfStrangers: Logger.Level {
        let now = leg.now.monotonic
        if now >= strangers.since &+ 60_000_000_000 { strangers = (now, 0) }
        strangers.count += 1
        return strangers.count <= Self.strangersPerMinute ? .warning : .debug
    }

    private static var strangersPerMinute: Int { 20 }

    // MARK: Flushing

    func wantsFlush(_ route: ServerRoute) {
        guard !route.isDirty else { return }
        route.isDirty = true
        dirtyRoutes.append(route)
        leg.host.scheduleFlush()
    }

    func wantsFlush(_ stream: AcceptedStream) {
        guard !stream.isDirty else { return }
        stream.isDirty = true
        dirtyStreams.append(stream)
        leg.host.scheduleFlush()
    }

    /// Lets queued bytes leave.
    func flush() {
        let routes = dirtyRoutes
        dirtyRoutes.removeAll(keepingCapacity: true)
        for route in routes { route.flush() }
        let streams = dirtyStreams
        dirtyStreams.removeAll(keepingCapacity: true)
        for stream in streams { stream.flush() }
    }

    // MARK: Routes

    /// All routes, in the order of their names.
    var routes: [ServerRoute] { routesByHop.values.sorted { $0.hop < $1.hop } }

    /// Whether there is no room for another route.
    var isFull: Bool {
        routesByHop.count >= settings.bounds.routes && !routesByHop.values.contains(where: \.isForgettable)
    }

    /// The way from a domain of the gateway to another one; nil where that is none, or one too many.
    func route(from link: ServerLink, to domain: String) -> ServerRoute? {
        if let route = link.routes[domain] { return route }
        guard !isStopping, let pair = try? DomainPair(local: link.domain, remote: domain), !pair.remote.isEmpty,
            leg.links[pair.remote] == nil, settings.policy.admission.admits(pair.remote)
        else { return nil }
        if let route = link.routes[pair.remote] { return route }
        if routesByHop.count >= settings.bounds.routes {
            guard
                let (hop, oldest) = routesByHop.filter({ $0.value.isForgettable })
                    .min(by: { $0.value.usedAt < $1.value.usedAt })
            else { return nil }
            forget(oldest, hop)
        }
        let route = ServerRoute(pair, streams: self)
        link.routes[pair.remote] = route
        routesByHop[route.hop] = route
        return route
    }

    /// The way that a stored item takes; one that was stored for a component's server goes to its recipient's domain.
    func route(of item: Item, on link: ServerLink) -> ServerRoute? {
        routesByHop[item.offer.hop] ?? route(from: link, to: domain(of: item))
    }

    /// The domain that a stored item goes to.
    func domain(of item: Item) -> String {
        let hop = item.offer.hop
        return hop.hasPrefix(ServerRoute.hopPrefix)
            ? hop.lastIndex(of: "/").map { String(hop[hop.index(after: $0)...]) } ?? ""
            : XMPPLeg.domain(in: item.offer.recipient)
    }

    /// The link of a neighbor of the bridge; nil for one that is no server.
    func link(ofHop hop: String) -> ServerLink? {
        if let route = routesByHop[hop] { return links[route.pair.local] }
        guard hop.hasPrefix(ServerRoute.hopPrefix), let end = hop.lastIndex(of: "/") else { return nil }
        return links[String(hop[hop.index(hop.startIndex, offsetBy: ServerRoute.hopPrefix.count)..<end])]
    }

    /// Has a stream opened, as soon as not too many others are.
    func dial(_ route: ServerRoute) {
        guard !isStopping else { return }
        route.wantedAt = leg.now.monotonic
        guard mayDial(route.isKnown) else {
            route.state = .queued
            if route.isKnown { line.append(route) } else { strangersLine.append(route) }
            return
        }
        dialing.insert(ObjectIdentifier(route))
        route.connect()
    }

    /// A route has its stream, or has given up.
    func dialed(_ route: ServerRoute) {
        guard dialing.remove(ObjectIdentifier(route)) != nil else { return }
        while mayDial(true), let next = line.popFirst() {
            if next.state == .queued { dial(next) }
        }
        while mayDial(false), let next = strangersLine.popFirst() {
            if next.state == .queued { dial(next) }
        }
    }

    /// Whether a further connection may be made; half of the places are kept for domains that the operator named.
    private func mayDial(_ isKnown: Bool) -> Bool {
        dialing.count < (isKnown ? settings.bounds.connecting : max(1, settings.bounds.connecting / 2))
    }

    /// A peer has proved a pair of domains on a stream; where it has too many of them, the oldest is given up.
    ///
    /// Source: RFC 6120 §4.9.3.3.
    func stands(_ stream: AcceptedStream, for pair: DomainPair) {
        let earlier = standing[pair] ?? []
        standing[pair] = earlier + [stream]
        if earlier.count >= settings.bounds.streamsPerPair { earlier.first?.yield() }
    }

    /// A stream for a pair of domains has ended.
    func ended(_ stream: AcceptedStream, for pair: DomainPair) {
        let others = standing[pair]?.filter { $0 !== stream } ?? []
        standing[pair] = others.isEmpty ? nil : others
    }
}
