import DNSChannels
import NIOCore
import TLSChannels
import XMPPChannels
import XMPPStreams

/// One diagnosis under way: searches, connections and streams, one after the other.
///
/// Bound to its event loop; it keeps itself until it is over.
final class DiagnosisRun {
    private let diagnosis: LinkDiagnosis
    private let eventLoop: any EventLoop
    private let tell: (LinkFinding) -> Void
    private let done: () -> Void

    private var names = NameFindings()
    private var search: OpenConnection?
    private var stream: StreamFindings?
    private var connection: ServerConnection<ObservedStream>?
    /// The server of the present stream.
    private var server: ServerCandidate?
    /// The servers behind it.
    private var others: [ServerCandidate] = []
    private var streams = 0
    private var redirects = 0
    /// When the last question of the present search was answered.
    private var answeredAt: UInt64 = 0
    private var deadline: Scheduled<Void>?
    private var hasGivenUp = false
    private var isOver = false

    init(
        _ diagnosis: LinkDiagnosis,
        on eventLoop: any EventLoop,
        tell: @escaping (LinkFinding) -> Void,
        done: @escaping () -> Void
    ) {
        self.diagnosis = diagnosis
        self.eventLoop = eventLoop
        self.tell = tell
        self.done = done
    }

    private var pair: DomainPair { diagnosis.pair }
    private var settings: XMPPLegSettings.Server { diagnosis.server }
    private var credentials: [TLSCredentials] { settings.tls.connecting.current.credentials }

    func start() {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        deadline = eventLoop.scheduleTask(in: diagnosis.patience) { bound.value.giveUp() }
        report(diagnosis.notes)
        if let weakening = settings.policy.trust(for: pair.remote).weakening {
            report([LinkFinding(.policy, .warning, "the configuration weakens this link: \(weakening)")])
        }
        let now = diagnosis.clock.unixSeconds()
        let hasKeys = settings.keys != nil
        report([CertificateFindings.own(credentials, for: pair.local, hasKeys: hasKeys, now: now)])
        if let servers = settings.servers[pair.remote] {
            let list = servers.map(\.description).listed()
            report([LinkFinding(.dns, .ok, "the configuration names \(list); no SRV record is asked for")])
            find(.servers(servers, domain: pair.remote))
        } else {
            find(.xmppServer(domain: pair.remote))
        }
    }

    private func report(_ findings: [LinkFinding]) {
        guard !isOver else { return }
        for var finding in findings {
            finding.server = finding.server ?? server?.description
            tell(finding)
        }
    }

    // MARK: Servers

    private func find(_ destination: Connector.Destination) {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        server = nil
        answeredAt = diagnosis.clock.monotonic()
        let connector = settings.connector.observed { question, answer in
            let run = bound.value
            run.answeredAt = run.diagnosis.clock.monotonic()
            run.report(run.names.answered(question, answer))
        }
        search = connector.connect(to: destination, on: eventLoop) { result in
            let run = bound.value
            run.search = nil
            run.report(run.names.ended())
            switch result {
            case .success(let connected): run.reached(connected)
            case .failure(let failure): run.unreached(failure)
            }
        }
    }

    private func unreached(_ failure: ConnectionFailure) {
        report(ConnectionFindings.tried(failure.attempts, isOver: true))
        if hasGivenUp { return finish(.timedOut) }
        // What was reached before says more than the servers that are left.
        finish(streams == 0 ? .unreached(failure) : .refused)
    }

    private func reached(_ connected: ConnectedServer) {
        report(ConnectionFindings.tried(connected.attempts, isOver: false))
        server = connected.server
        others = connected.others
        let nanoseconds = diagnosis.clock.monotonic() - answeredAt
        report([ConnectionFindings.reached(connected, milliseconds: Int64(nanoseconds / 1_000_000))])
        if hasGivenUp {
            connected.channel.close(promise: nil)
            return finish(.timedOut)
        }
        do {
            try open(connected)
        } catch {
            connected.channel.close(promise: nil)
            report([LinkFinding(.tcp, .failure, "the connection cannot be used: \(error)")])
            next()
        }
    }

    // MARK: Streams

    private func open(_ connected: ConnectedServer) throws {
        streams += 1
        let isDirect = connected.server.mode == .directTLS
        stream = StreamFindings(
            pair,
            trust: settings.policy.trust(for: pair.remote),
            hasCertificate: !credentials.isEmpty,
            isDirect: isDirect
        )
        var generator = SystemRandomNumberGenerator()
        let machine = InitiatingStream(
            pair,
            policy: settings.policy,
            keys: settings.keys,
            hasCertificate: !credentials.isEmpty,
            nonces: StreamNonces(using: &generator),
            redirects: redirects,
            limits: settings.initiating
        )
        // Each closure is of this stream: what a former one says late is not of the present one.
        let number = streams
        let observed = ObservedStream(machine) { [self] input, actions in
            guard number == streams else { return }
            report(stream?.took(input, actions, now: diagnosis.clock.unixSeconds()) ?? [])
        }
        let handshake = HandshakeObserver { [self] peer in
            guard number == streams else { return }
            report(stream?.secured(peer) ?? [])
        }
        try connected.channel.pipeline.syncOperations.addHandler(handshake)
        let connection = ServerConnection(
            channel: connected.channel,
            role: .client,
            machine: observed,
            tls: settings.tls,
            server: NamedServer(connected),
            clock: diagnosis.clock
        ) { [self] action in
            guard number == streams else { return }
            asked(action)
        }
        self.connection = connection
        try connection.start(tlsTo: isDirect ? pair.remote : nil)
    }

    private func asked(_ action: StreamAction) {
        switch action {
        case .established(let established, let proof) where established == pair:
            report(stream?.established(proof) ?? [])
            // Nothing is sent: that stanzas may flow is all that was asked.
            connection?.receive(.close(nil))
        case .close(let end): ended(end.reason)
        default: break
        }
    }

    private func ended(_ reason: StreamReason) {
        connection = nil
        guard !isOver, let stream else { return }
        if let proof = stream.proof { return finish(.linked(proof)) }
        report(stream.ended(reason))
        self.stream = nil
        if case .redirected(let host) = reason, let server = ServerCandidate(redirection: host) {
            redirects += 1
            others.insert(server, at: 0)
        }
        next()
    }

    private func next() {
        guard !others.isEmpty, streams < LinkDiagnosis.largestStreams else { return finish(.refused) }
        find(.servers(others, domain: pair.remote))
    }

    // MARK: The end

    private enum End {
        case linked(DomainProof)
        case refused
        case timedOut
        case unreached(ConnectionFailure)
    }

    private func giveUp() {
        guard !isOver else { return }
        hasGivenUp = true
        // What was tried is told by the search.
        if let search { return search.cancel() }
        if let proof = stream?.proof { return finish(.linked(proof)) }
        // What the end of the stream says comes from this side.
        let finding = stream?.givenUp(after: "\(diagnosis.patience.seconds) s")
        stream = nil
        connection?.receive(.close(nil))
        connection?.flush()
        report(finding.map { [$0] } ?? [])
        finish(.timedOut)
    }

    private func finish(_ end: End) {
        guard !isOver else { return }
        switch end {
        case .linked where diagnosis.notes.contains { $0.outcome == .failure }:
            let what = "the stream comes up, and the configuration lets no stanza through"
            report([LinkFinding(.link, .failure, what)])
        case .linked(let proof):
            let how =
                proof == .dialback
                ? "which the DNS alone vouches for" : "which is proved by \(CertificateFindings.word(proof))"
            let what = "stanzas of \(pair.local) would go to \(pair.remote), \(how)"
            report([LinkFinding(.link, .ok, what)])
        case .refused:
            server = nil
            report([LinkFinding(.link, .failure, "no stanza would go: no server of \(pair.remote) takes the stream")])
        case .timedOut:
            server = nil
            let what = "no stanza would go: the diagnosis was given up after \(diagnosis.patience.seconds) s"
            report([LinkFinding(.link, .failure, what, remedy: "try again with a longer --timeout")])
        case .unreached(let failure): report([ConnectionFindings.unreached(failure)])
        }
        isOver = true
        deadline?.cancel()
        deadline = nil
        connection = nil
        done()
    }
}

extension TimeAmount {
    /// Seconds, with thousandths where they are not whole.
    fileprivate var seconds: String {
        let thousandths = nanoseconds / 1_000_000
        guard thousandths % 1_000 != 0 else { return "\(thousandths / 1_000)" }
        let digits = String(thousandths % 1_000)
        return "\(thousandths / 1_000)." + String(repeating: "0", count: 3 - digits.utf8.count) + digits
    }
}
