import Addressing
import BridgeCore
import DNSChannels
import DequeModule
import Logging
import NIOCore
import TLSChannels
import XMPPChannels
import XMPPStreams

extension ServerRoute {
    /// Looks for a server and connects to it.
    ///
    /// - Parameter servers: these in order; nil for those that the operator or the DNS names.
    func connect(to servers: [ServerCandidate]? = nil) {
        state = .connecting
        attempt += 1
        let number = attempt
        let named = servers ?? streams.settings.servers[pair.remote]
        let destination = named.map { Connector.Destination.servers($0, domain: pair.remote) }
        let bound = NIOLoopBound(self, eventLoop: streams.eventLoop)
        search = streams.settings.connector.connect(
            to: destination ?? .xmppServer(domain: pair.remote),
            on: streams.eventLoop
        ) { result in
            let route = bound.value
            guard route.attempt == number, route.state == .connecting else {
                if case .success(let server) = result { server.channel.close(promise: nil) }
                return
            }
            route.search = nil
            switch result {
            case .success(let server): route.negotiate(with: server)
            case .failure(let failure): route.failed(RouteFailure(failure), .usual)
            }
        }
    }

    private func negotiate(with server: ConnectedServer) {
        let settings = streams.settings
        state = .negotiating
        others = server.others
        let number = attempt
        let now = streams.leg.now.monotonic
        var generator = SystemRandomNumberGenerator()
        if let session, session.until <= now || !arrivals.isSettled { self.session = nil }
        hasConfirmed = false
        let machine = InitiatingStream(
            pair,
            policy: settings.policy,
            keys: settings.keys,
            hasCertificate: !settings.tls.connecting.current.credentials.isEmpty,
            nonces: StreamNonces(using: &generator),
            redirects: redirects,
            session: session?.left,
            limits: settings.initiating
        )
        let connection = ServerConnection(
            channel: server.channel,
            role: .client,
            machine: machine,
            tls: settings.tls,
            server: NamedServer(server),
            clock: streams.clock,
            writable: { [weak self] in
                guard let self, self.attempt == number else { return }
                self.streams.wantsFlush(self)
            },
            deliver: { [weak self] action in
                guard let self, self.attempt == number else { return }
                self.take(action)
            }
        )
        stream = connection
        arrivals = StreamArrivals()
        arrivals.tell = { [weak self, weak connection] number in
            connection?.receive(.committed(upTo: number))
            if let self { self.streams.wantsFlush(self) }
        }
        do {
            try connection.start(tlsTo: server.server.mode == .directTLS ? pair.remote : nil)
        } catch {
            server.channel.close(promise: nil)
            stream = nil
            failed(RouteFailure(code: "no-stream", sentence: "\(error)", remedy: ""), .usual)
        }
    }

    private func take(_ action: StreamAction) {
        switch action {
        case .established(let pair, let proof): if pair == self.pair { opened(proof) }
        case .confirm(let tokens): confirmed(tokens)
        case .reject(_, let rejection): self.rejection = rejection
        case .resumed(let tokens): resumed(tokens)
        case .deliver(let element, let arrival):
            counts.received += 1
            streams.deliver(element, arrival, on: arrivals)
        case .bounce(let element, let error, let arrival): streams.bounce(element, error, arrival, on: arrivals)
        case .close(let end): ended(end)
        case .refused, .verify, .verdict, .findSession: break
        // The connection's own.
        case .send, .startTLS, .restartParser, .pause, .resume, .checkCertificate, .wake: break
        }
    }

    // MARK: The peer's stream

    /// Sends on a stream that the peer opened, where there is no other.
    ///
    /// - Returns: whether there is none.
    ///
    /// Source: XEP-0288 §2.
    func adopt(_ stream: any StreamCarrier, _ proof: DomainProof) -> Bool {
        switch state {
        case .idle, .queued, .waiting: break
        case .connecting, .negotiating, .open: return false
        }
        // A peer that is connected to may have to prove more than one that connects.
        let trust = streams.settings.policy.trust(for: pair.remote)
        guard proof != .dialback || trust.authentication == .dialback else { return false }
        attempt += 1
        hasConfirmed = false
        self.stream = stream
        isAdopted = true
        opened(proof)
        return true
    }

    /// The peer's stream has ended.
    func carrierEnded(_ end: StreamEnd) {
        isAdopted = false
        ended(StreamEnd(end.reason, unconfirmed: end.unconfirmed))
    }

    private func opened(_ proof: DomainProof) {
        let leg = streams.leg
        state = .open
        self.proof = proof
        streams.links[pair.local]?.proved(pair.remote, proof)
        openSince = leg.now.wall
        failure = nil
        downSince = nil
        redirects = 0
        reconnection.opened(now: leg.now.monotonic)
        session = nil
        for item in suspended.reversed() { queue.prepend(.item(item)) }
        suspended = []
        streams.dialed(self)
        leg.logger.info("a stream to a server is open", metadata: metadata(["proof": "\(proof.rawValue)"]))
        leg.host.hopUp(hop)
        streams.wantsFlush(self)
    }

    // MARK: Ends

    private func ended(_ end: StreamEnd) {
        stream = nil
        usedAt = streams.leg.now.monotonic
        guard state == .open else { return tryFailed(end.reason) }
        openSince = nil
        let now = streams.leg.now.monotonic
        // At the end of the gateway what nobody confirmed stays stored.
        let isFruitless = !hasConfirmed && !flying.isEmpty && !streams.isStopping
        if isFruitless { fruitless += 1 }
        if let left = end.session, fruitless < Self.patienceWithStreams {
            session = (left, now &+ streams.settings.initiating.management.resumption)
            suspended = flying
            // What the ledger says later of what came on it counts for the next one.
            arrivals.tell = { [weak self] number in self?.session?.left.committed(upTo: number) }
        } else if isFruitless {
            giveUp(flying, RouteFailure(end.reason))
        } else {
            for item in flying.reversed() { queue.prepend(.item(item)) }
        }
        flying = []
        guard let advice = end.reason.advice ?? (isFruitless ? .usual : nil) else {
            streams.leg.logger.info("a stream to a server ended", metadata: metadata(["reason": "\(end.reason.code)"]))
            state = .idle
            if !queue.isEmpty { streams.wantsFlush(self) }
            return
        }
        tell(RouteFailure(end.reason), isNews: true)
        if hasPresence { doubt() }
        // What broke is tried once more before anything goes back.
        state = .waiting(until: reconnection.ended(advice, now: now, jitter: streams.leg.jitter()))
    }

    /// How many streams in a row may end without a confirmation before what was sent on them is tried only a few times
    /// more.
    private static let patienceWithStreams = 3

    /// No stream came about in time.
    func abandon() {
        attempt += 1
        search?.cancel()
        search = nil
        let stream = self.stream
        self.stream = nil
        stream?.receive(.close(nil))
        stream?.flush()
        let seconds = streams.settings.bounds.search / 1_000_000_000
        let sentence = "no server of \(pair.remote) took a stream in \(seconds) s"
        failed(RouteFailure(code: "timeout-stream", sentence: sentence, remedy: ""), .usual)
    }

    /// There may be another server, or one that this one names.
    private func tryFailed(_ reason: StreamReason) {
        guard !streams.isStopping else {
            state = .idle
            return
        }
        if case .redirected(let host) = reason, let server = ServerCandidate(redirection: host) {
            redirects += 1
            return connect(to: [server])
        }
        let failure = RouteFailure(reason)
        if !others.isEmpty {
            tell(failure, isNews: true)
            return connect(to: others)
        }
        failed(failure, reason.advice ?? .usual)
    }

    /// No stream is to be had for a while.
    func failed(_ failure: RouteFailure, _ advice: Reconnection.Advice) {
        let now = streams.leg.now.monotonic
        tell(failure, isNews: self.failure?.sentence != failure.sentence)
        if downSince == nil { downSince = streams.leg.now }
        redirects = 0
        others = []
        if let session, session.until <= now { self.session = nil }
        let until = reconnection.ended(advice, now: now, jitter: streams.leg.jitter())
        state = .waiting(until: until)
        streams.dialed(self)
        if hasPresence { doubt() }
        giveBack(failure, until - now)
    }

    /// Writes down why there is no stream, once for each reason in a row.
    private func tell(_ failure: RouteFailure, isNews: Bool) {
        self.failure = failure
        var details = metadata(["error.code": "\(failure.code)", "reason": "\(failure.sentence)"])
        if !failure.remedy.isEmpty { details["remedy"] = "\(failure.remedy)" }
        let level: Logger.Level = !isNews ? .debug : failure.remedy.isEmpty ? .warning : .error
        streams.leg.logger.log(level: level, "there is no stream to a server", metadata: details)
    }

    /// Ends the stream; what nobody has confirmed stays stored.
    ///
    /// Source: RFC 6120 §4.9.3.20.
    func stop() {
        search?.cancel()
        search = nil
        if stream == nil { state = .idle }
        if isAdopted { return }
        stream?.receive(.close(StreamFault(.systemShutdown)))
        stream?.flush()
    }
}

extension RouteFailure {
    init(_ reason: StreamReason) {
        self.init(code: reason.code, sentence: reason.sentence, remedy: reason.remedy ?? "")
    }

    init(_ failure: ConnectionFailure) {
        let isFinal: Bool
        let remedy: String
        switch failure.kind {
        case .malformedDomain, .notOffered, .notFound:
            isFinal = true
            remedy = ""
        case .refused:
            isFinal = false
            remedy = "if these addresses may be connected to, name them under dns: allow-addresses:"
        case .bogus, .undecided, .unreachable, .cancelled:
            isFinal = false
            remedy = ""
        }
        self.init(code: failure.kind.rawValue, sentence: failure.description, remedy: remedy, isFinal: isFinal)
    }
}
