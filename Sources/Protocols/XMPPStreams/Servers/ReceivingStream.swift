import XMLStreams
import XMPPStanzas

/// A stream that another server opened.
///
/// ```
/// idle ─connected→ header ─┬→ ready(clear) ─starttls→ handshaking ─secured→ header
///                          ├→ checking ─verdict→ ready(secured) ─auth→ header
///                          └→ ready(authenticated)
/// ready ─dialback valid→ ready, the pair established
/// any ─end tag→ closing → closed          any ─fault, time-out, lost connection→ closed
/// ```
///
/// It differs from RFC 6120 §4.3.5 in that one stream may carry several proved domains, each proved on its own.
///
/// Bytes are fed to a parser up to and including the next `>`, see ``StreamBytes``, so that it is known what stands
/// behind an element. Nothing that came before TLS counts after it.
///
/// Source: RFC 6120 §4.3, §5, §6, XEP-0220 §2.2.
public struct ReceivingStream: ServerStream, ~Copyable {
    enum Phase: Equatable {
        /// The peer's header is awaited; leads to `checking`, `ready`.
        case header
        /// The header was answered; features wait for what the peer's certificate is worth; leads to `ready`.
        case checking
        /// Features were sent; leads to `handshaking`, `header`.
        case ready
        /// TLS begins; leads to `header`.
        case handshaking
    }

    /// Which of the streams of the connection this is.
    enum Layer: Int {
        case clear
        case secured
        case authenticated
    }

    /// A domain whose proof is open.
    struct Pending: Equatable {
        var request: DialbackRequest
        /// True while its certificate is looked at, before anybody is asked.
        var isChecking: Bool
        var deadline: UInt64
    }

    let hosts: HostedDomains
    let policy: StreamPolicy
    let keys: DialbackKeys?
    var core: StreamCore
    var phase = Phase.header
    var layer = Layer.clear
    /// True when our header of this layer was sent.
    var hasAnswered = false
    var facts: TLSFacts?
    /// The gateway's domain that the peer addressed.
    var local: String
    /// The domain that the peer's header names.
    var remote: String?
    /// What the certificate proved about it.
    var headerProof: DomainProof?
    /// The proved domains of the peer.
    var proofs: [String: DomainProof] = [:]
    var pairs: Set<DomainPair> = []
    var pending: [DomainPair: Pending] = [:]
    var attempts = 0
    var isChallenged = false
    /// True when the peer asked for stanzas of ours.
    public internal(set) var isBidirectional = false
    var negotiationEnd = UInt64.max
    /// The resumption that waits for the driver.
    var resumption: (id: String, handled: UInt32)?

    /// Makes a machine for one connection.
    ///
    /// - Parameters:
    ///   - hosts: the domains that are served here.
    ///   - policy: what is demanded of peers.
    ///   - keys: the dialback keys of the gateway; without them no key is called valid.
    ///   - nonces: what nobody may be able to guess.
    ///   - limits: the named waits and bounds.
    public init(
        hosts: HostedDomains,
        policy: StreamPolicy,
        keys: DialbackKeys?,
        nonces: StreamNonces,
        limits: StreamLimits = StreamLimits()
    ) {
        self.hosts = hosts
        self.policy = policy
        self.keys = keys
        core = StreamCore(limits: limits, nonces: nonces)
        local = hosts.fallback
    }

    /// False while nothing may be fed to the parser.
    public var isReading: Bool { core.isReading }

    /// The largest first-level element that the parser may take at this time.
    public var elementBytes: Int { proofs.isEmpty ? core.limits.strangerBytes : core.limits.stanzaBytes }

    /// The pairs that are established, without order.
    public var established: Set<DomainPair> { pairs }

    /// The id of the stream in the current layer.
    var streamID: String { core.nonces.streams[layer.rawValue] }

    // MARK: Inputs

    /// Takes what happened.
    ///
    /// - Parameters:
    ///   - input: what happened.
    ///   - now: nanoseconds of a monotonic clock.
    /// - Returns: what to do, in order.
    public mutating func receive(_ input: StreamInput, now: UInt64) -> [StreamAction] {
        core.begin(now)
        switch core.standing {
        case .closed: rejectLate(input)
        case .idle: begin(input)
        case .live, .closing: take(input)
        }
        return core.collect(due: due)
    }

    private mutating func rejectLate(_ input: StreamInput) {
        if case .send(_, _, let token) = input { core.actions.append(.reject(token: token, .notEstablished)) }
    }

    private mutating func begin(_ input: StreamInput) {
        switch input {
        case .connected(let facts):
            core.standing = .live
            core.heardAt = core.now
            core.sentAt = core.now
            core.movedAt = core.now
            core.pace.start(now: core.now)
            negotiationEnd = core.now.saturated(adding: core.limits.negotiation)
            if let facts { secure(facts) }
            core.enter(.header)
        case .disconnected: core.end(.connectionLost)
        case .close: core.end(.finished)
        default: rejectLate(input)
        }
    }

    private mutating func take(_ input: StreamInput) {
        switch input {
        case .heard(let count): core.heard(count)
        case .xml(let event, let leftover): xml(event, leftover)
        case .unreadable(let error): unreadable(error)
        case .secured(let facts):
            guard phase == .handshaking, core.standing == .live else { return }
            secure(facts)
            core.actions.append(.restartParser)
            core.enter(.header)
        case .handshakeFailed(let why):
            if phase == .handshaking { core.end(.handshakeFailed(why)) }
        case .certificate(let domain, let verdict): checked(domain, verdict)
        case .verified(let request, let verdict): verified(request, verdict)
        case .send(let stanza, let pair, let token): send(stanza, pair, token)
        case .flush: if core.standing == .live, isBidirectional { core.flush() }
        case .pong(let id): _ = core.answered(id)
        case .committed(let number): core.committed(upTo: number)
        case .session(let session): resume(session)
        case .timer: timerFired()
        case .close(let fault): close(fault)
        case .disconnected: core.disconnected()
        case .connected, .authorize, .ask: break
        }
    }

    /// TLS is there: nothing that came before counts.
    ///
    /// Source: RFC 6120 §5.4.3.3.
    private mutating func secure(_ facts: TLSFacts) {
        layer = .secured
        self.facts = facts
        core.isMute = false
        core.certificateEnd = facts.certificateEnd
        restart()
        remote = nil
        local = hosts.fallback
    }

    /// What holds for one stream of the connection begins anew.
    mutating func restart() {
        phase = .header
        hasAnswered = false
        core.language = nil
        proofs = [:]
        pairs = []
        pending = [:]
        isChallenged = false
    }

    private mutating func xml(_ event: XML.StreamEvent, _ leftover: Bool) {
        if case .closing = core.standing { return core.farewell(event, proofs: proofs, served: hosts.served) }
        if core.isHeld { return fail(.policyViolation, "the peer did not wait for its turn") }
        switch (phase, event) {
        case (.header, .opened(let root)): header(root)
        case (_, .opened): fail(.invalidXML, "the peer sent a second header")
        case (_, .closed): closedByPeer()
        case (.ready, .element(let element)): self.element(element, leftover)
        case (_, .refused(_, let error)): unreadable(error)
        case (.header, .element), (.checking, .element), (.handshaking, .element):
            fail(.policyViolation, "the peer did not wait for its turn")
        }
    }

    private mutating func closedByPeer() {
        if !hasAnswered { answerHeader() }
        core.peerClosed()
    }

    private mutating func unreadable(_ error: XMLStreamError) {
        if phase == .handshaking { return core.end(.injectedBytes) }
        if core.standing == .live, !hasAnswered { answerHeader() }
        core.fail(StreamFault(error), .unreadable(error))
    }

    private mutating func close(_ fault: StreamFault?) {
        guard core.standing == .live else { return }
        if phase == .handshaking { return core.end(.finished) }
        if !hasAnswered { answerHeader() }
        core.finish(.finished, fault)
    }

    /// Ends the stream with a stream error, behind our own header.
    ///
    /// Source: RFC 6120 §4.9.1.2.
    mutating func fail(_ condition: StreamFault.Condition, _ what: String) {
        if core.standing == .live, !hasAnswered { answerHeader() }
        core.fail(condition, what)
    }
}
