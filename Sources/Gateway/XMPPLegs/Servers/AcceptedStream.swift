import Addressing
import BridgeCore
import Logging
import NIOCore
import TLSChannels
import XMPPChannels
import XMPPStreams

/// One stream that a peer opened.
final class AcceptedStream {
    let number: Int
    unowned let streams: ServerStreams
    /// Where it comes from, among those that are counted.
    let caller: CallerCounts.Caller
    /// Under which id it may be resumed.
    private var resumption: String
    let arrivals = StreamArrivals()
    private(set) var stream: (any StreamCarrier)?
    /// The pairs whose stanzas it carries.
    private(set) var pairs: [DomainPair: DomainProof] = [:]
    let since: Int64
    private(set) var received = 0
    /// The routes whose stanzas go out on it, where both directions were agreed on (XEP-0288).
    private var routes: [ServerRoute] = []

    /// Whether stanzas of the gateway go out on it.
    var isCarrier: Bool { !routes.isEmpty }

    var isDirty = false

    /// Whether the peer has proved a domain.
    var isProved: Bool { !pairs.isEmpty }

    /// Makes a stream around a connection that was accepted, and begins.
    init(
        _ channel: any Channel,
        from caller: CallerCounts.Caller,
        isDirect: Bool,
        number: Int,
        streams: ServerStreams
    ) throws {
        self.number = number
        self.streams = streams
        self.caller = caller
        since = streams.leg.now.wall
        let settings = streams.settings
        var generator = SystemRandomNumberGenerator()
        let nonces = StreamNonces(using: &generator)
        resumption = nonces.resumption
        let machine = ReceivingStream(
            hosts: streams.hosts,
            policy: settings.policy,
            keys: settings.keys,
            nonces: nonces,
            limits: settings.receiving
        )
        let connection = ServerConnection(
            channel: channel,
            role: .server,
            machine: machine,
            tls: settings.tls,
            clock: streams.clock,
            writable: { [weak self] in
                guard let self else { return }
                for route in self.routes { self.streams.wantsFlush(route) }
            },
            deliver: { [weak self] in self?.take($0) }
        )
        stream = connection
        arrivals.tell = { [weak self, weak connection] number in
            connection?.receive(.committed(upTo: number))
            if let self { self.streams.wantsFlush(self) }
        }
        streams.accepted[number] = self
        try connection.start(tlsTo: isDirect ? streams.hosts.fallback : nil)
    }

    private func take(_ action: StreamAction) {
        switch action {
        case .verify(let request):
            streams.verify(request, of: caller) { [weak self] verdict in
                guard let self else { return }
                self.stream?.receive(.verified(request, verdict))
                self.streams.wantsFlush(self)
            }
        case .established(let pair, let proof): established(pair, proof)
        case .refused(let pair, let fault):
            log(.warning, "a domain was not proved", ["peer.domain": "\(pair.remote)", "reason": "\(fault)"])
        case .deliver(let element, let arrival):
            received += 1
            streams.deliver(element, arrival, on: arrivals)
        case .bounce(let element, let error, let arrival):
            received += 1
            streams.bounce(element, error, arrival, on: arrivals)
        case .findSession(let id):
            streams.findSession(id, for: self) { [weak self] session in
                guard let self else { return }
                self.stream?.receive(.session(session))
                if session != nil { self.goOn(as: id) }
                self.streams.wantsFlush(self)
            }
        case .close(let end): ended(end)
        case .confirm(let tokens): for route in routes { route.confirmed(tokens) }
        case .reject(_, let rejection): for route in routes { route.rejection = rejection }
        // A stream on which something of the gateway's was open is not resumed, and nothing is asked on it.
        case .resumed, .verdict: break
        // The connection's own.
        case .send, .startTLS, .restartParser, .pause, .resume, .checkCertificate, .wake: break
        }
    }

    /// The stream goes on where an earlier one ended, under its id.
    ///
    /// Source: XEP-0198 §5.
    private func goOn(as id: String) {
        guard streams.resumable[resumption] === self else { return }
        streams.resumable[resumption] = nil
        resumption = id
        streams.resumable[id] = self
    }

    private func established(_ pair: DomainPair, _ proof: DomainProof) {
        if !isProved {
            streams.callers.proved(caller)
            streams.resumable[resumption] = self
        }
        if pairs.updateValue(proof, forKey: pair) == nil { streams.stands(self, for: pair) }
        streams.links[pair.local]?.proved(pair.remote, proof)
        streams.turnedAway.forget(pair.remote)
        let details: Logger.Metadata = [
            "domain": "\(pair.local)", "peer.domain": "\(pair.remote)", "proof": "\(proof.rawValue)",
        ]
        log(.info, "a server has opened a stream", details)
        guard let stream, stream.isBidirectional, let link = streams.links[pair.local] else { return }
        if let route = streams.route(from: link, to: pair.remote), route.adopt(stream, proof) { routes.append(route) }
    }

    private func ended(_ end: StreamEnd) {
        stream = nil
        streams.accepted[number] = nil
        streams.resumable[resumption] = nil
        for pair in pairs.keys { streams.ended(self, for: pair) }
        streams.callers.left(caller, hadProved: isProved)
        if !isProved { streams.turnedAway.note(end.reason, at: streams.leg.now.wall) }
        for route in routes { route.carrierEnded(end) }
        routes = []
        if let session = end.session, session.count == 0 {
            streams.sessions.keep(session, arrivals, now: streams.leg.now.monotonic)
        }
        let details: Logger.Metadata = ["error.code": "\(end.reason.code)", "reason": "\(end.reason.sentence)"]
        let level: Logger.Level =
            end.reason.advice == nil ? .info : isProved ? .warning : streams.levelOfStrangers
        log(level, "a stream of a server ended", details)
        guard end.reason.advice != nil else { return }
        // What the peer's users said may have changed, whether it resumes the stream or not; a stream of ours finds out.
        for pair in pairs.keys {
            guard let link = streams.links[pair.local], link.presencePeers.contains(pair.remote) else { continue }
            streams.route(from: link, to: pair.remote)?.doubt()
        }
    }

    private func log(_ level: Logger.Level, _ what: Logger.Message, _ more: Logger.Metadata) {
        var details: Logger.Metadata = ["leg": "xmpp", "peer.address": "\(caller.address)"]
        if let domain = pairs.keys.first?.remote { details["peer.domain"] = "\(domain)" }
        streams.leg.logger.log(level: level, what, metadata: details.merging(more) { $1 })
    }

    func flush() {
        isDirty = false
        stream?.flush()
    }

    /// Gives the stream up for another one that takes its place.
    func yield() {
        stream?.receive(.close(StreamFault(.conflict)))
        stream?.flush()
    }

    /// Ends the stream once what came is stored, so that the peer is told of it.
    func stop() {
        guard arrivals.isSettled else {
            arrivals.whenSettled = { [weak self] in self?.stop() }
            return
        }
        stream?.receive(.close(StreamFault(.systemShutdown)))
        stream?.flush()
    }
}
