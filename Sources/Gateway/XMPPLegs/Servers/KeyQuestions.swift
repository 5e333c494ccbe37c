import BridgeCore
import DNSChannels
import NIOCore
import TLSChannels
import XMPPChannels
import XMPPStreams

/// A stream on which the authoritative server of a domain is asked about keys.
///
/// ```
/// connecting ─connected→ negotiating → asking ─last answer→ (gone)
/// connecting, negotiating ─failed→ connecting to the next server, or (gone)
/// ```
///
/// Source: XEP-0220 §2.1.2.
final class KeyQuestions {
    typealias Answer = (DialbackVerdict) -> Void

    private let pair: DomainPair
    private unowned let streams: ServerStreams
    private var open: [DialbackRequest: [Answer]] = [:]
    /// Questions of the present stream that it could not answer; another server may.
    private var unanswered: [DialbackRequest: DialbackVerdict] = [:]
    private var stream: (any StreamCarrier)?
    private var search: OpenConnection?
    private var others: [ServerCandidate] = []
    /// Since when there are questions, in nanoseconds of the monotonic clock.
    let since: UInt64

    init(_ pair: DomainPair, streams: ServerStreams) {
        self.pair = pair
        self.streams = streams
        since = streams.leg.now.monotonic
    }

    /// How many questions are open.
    var count: Int { open.count }

    /// Asks about a key.
    func ask(_ request: DialbackRequest, _ answer: @escaping Answer) {
        open[request, default: []].append(answer)
        if let stream {
            stream.receive(.ask(request))
            stream.flush()
        } else if search == nil {
            connect()
        }
    }

    private func connect(to servers: [ServerCandidate]? = nil) {
        let named = servers ?? streams.settings.servers[pair.remote]
        let destination = named.map { Connector.Destination.servers($0, domain: pair.remote) }
        let bound = NIOLoopBound(self, eventLoop: streams.eventLoop)
        search = streams.settings.connector.connect(
            to: destination ?? .xmppServer(domain: pair.remote),
            on: streams.eventLoop
        ) { result in
            let questions = bound.value
            guard questions.search != nil else {
                if case .success(let server) = result { server.channel.close(promise: nil) }
                return
            }
            questions.search = nil
            switch result {
            case .success(let server): questions.negotiate(with: server)
            case .failure(let failure): questions.end(with: failure.verdict)
            }
        }
    }

    private func negotiate(with server: ConnectedServer) {
        let settings = streams.settings
        others = server.others
        var generator = SystemRandomNumberGenerator()
        let machine = InitiatingStream(
            pair,
            for: .verification,
            policy: settings.policy,
            keys: settings.keys,
            hasCertificate: !settings.tls.connecting.current.credentials.isEmpty,
            nonces: StreamNonces(using: &generator),
            limits: settings.initiating
        )
        let connection = ServerConnection(
            channel: server.channel,
            role: .client,
            machine: machine,
            tls: settings.tls,
            server: NamedServer(server),
            clock: streams.clock,
            deliver: { [weak self] in self?.take($0) }
        )
        stream = connection
        for request in open.keys { connection.receive(.ask(request)) }
        do {
            try connection.start(tlsTo: server.server.mode == .directTLS ? pair.remote : nil)
        } catch {
            server.channel.close(promise: nil)
            stream = nil
            end(with: .failed(.remoteConnectionFailed))
        }
    }

    private func take(_ action: StreamAction) {
        switch action {
        case .verdict(let request, let verdict):
            if case .failed = verdict { unanswered[request] = verdict } else { settle(request, verdict) }
            // The stream is over; a question that comes before its end gets one of its own.
            if open.keys.allSatisfy({ unanswered[$0] != nil }) { streams.retire(self, of: pair) }
        case .close(let end): ended(end.reason)
        default: break
        }
    }

    private func settle(_ request: DialbackRequest, _ verdict: DialbackVerdict) {
        for answer in open.removeValue(forKey: request) ?? [] { answer(verdict) }
    }

    private func ended(_ reason: StreamReason) {
        stream = nil
        let failed = unanswered
        unanswered = [:]
        if reason != .answered, !open.isEmpty, !others.isEmpty, !streams.isStopping { return connect(to: others) }
        for (request, verdict) in failed { settle(request, verdict) }
        end(with: .failed(.remoteServerTimeout))
    }

    private func end(with verdict: DialbackVerdict) {
        streams.forget(self, of: pair)
        for request in open.keys { settle(request, verdict) }
    }

    /// The time is over: whoever waits is told.
    func expire() {
        search?.cancel()
        search = nil
        let stream = self.stream
        self.stream = nil
        stream?.receive(.close(nil))
        stream?.flush()
        end(with: .failed(.remoteServerTimeout))
    }

    func stop() {
        search?.cancel()
        search = nil
        guard let stream else { return end(with: .failed(.remoteServerTimeout)) }
        stream.receive(.close(nil))
        stream.flush()
    }
}

extension ConnectionFailure {
    /// What a question comes to when nobody can be asked.
    ///
    /// Source: XEP-0220 §2.5.
    fileprivate var verdict: DialbackVerdict {
        switch kind {
        case .malformedDomain, .notOffered, .notFound: .failed(.remoteServerNotFound)
        case .undecided, .bogus, .refused, .unreachable, .cancelled: .failed(.remoteConnectionFailed)
        }
    }
}

extension ServerStreams {
    /// Nothing more is asked on the stream of these questions, which has to end yet.
    fileprivate func retire(_ asked: KeyQuestions, of pair: DomainPair) {
        guard questions[pair] === asked else { return }
        questions[pair] = nil
        answeredQuestions.append(asked)
    }

    fileprivate func forget(_ asked: KeyQuestions, of pair: DomainPair) {
        if questions[pair] === asked { questions[pair] = nil }
        answeredQuestions.removeAll { $0 === asked }
    }

    /// Asks the authoritative server of a domain about a key that a caller has shown.
    func verify(_ request: DialbackRequest, of caller: CallerCounts.Caller, _ answer: @escaping KeyQuestions.Answer) {
        let open = questions.values.reduce(answeredQuestions.count) { $0 + $1.count }
        guard open < settings.bounds.verifications, callers.asks(caller, settings.bounds) else {
            return answer(.failed(.resourceConstraint))
        }
        let asked = questions[request.pair] ?? KeyQuestions(request.pair, streams: self)
        questions[request.pair] = asked
        asked.ask(request) { [weak self] verdict in
            self?.callers.answered(caller)
            answer(verdict)
        }
    }
}
