import XMLStreams
import XMPPStanzas

/// A stream that the gateway opens to another server.
///
/// ```
/// idle ─connected→ header → features ─┬→ asking ─proceed→ handshaking ─secured→ header
///                                     ├→ authenticating ─success→ header
///                                     ├→ enabling → open
///                                     └→ verifying ─valid→ enabling, open
/// any ─end tag→ closing → closed          any ─fault, time-out, lost connection→ closed
/// ```
///
/// It differs from RFC 6120 §5.3.1 in that TLS is asked for even where it is not offered, because somebody between
/// could have taken the offer away. Nothing is read inside TLS before it is known what the peer's certificate is worth.
///
/// Source: RFC 6120 §4.3, §5, §6, RFC 7590 §3.1, XEP-0220 §2.1.
public struct InitiatingStream: ServerStream, ~Copyable {
    /// What a stream is opened for.
    public enum Purpose: Sendable, Equatable {
        /// To send stanzas.
        case stanzas
        /// To ask about dialback keys, as the receiving server of another stream.
        ///
        /// Source: XEP-0220 §2.1.2.
        case verification
    }

    enum Phase: Equatable {
        /// Our header was sent; leads to `features`.
        case header
        /// The peer's header came; leads to `asking`, `authenticating`, `verifying`, `enabling`, `open`.
        case features
        /// TLS was asked for; leads to `handshaking`.
        case asking
        /// TLS begins; leads to `header`.
        case handshaking
        /// Our certificate was named; leads to `header`, `verifying`.
        case authenticating
        /// Our key was sent; leads to `enabling`, `open`.
        case verifying
        /// Acknowledgements were asked for; leads to `open`.
        case enabling
        /// Stanzas flow, or questions.
        case open
    }

    enum Layer {
        case clear
        case secured
        case authenticated
    }

    let pair: DomainPair
    let purpose: Purpose
    let policy: StreamPolicy
    let keys: DialbackKeys?
    let hasCertificate: Bool
    let redirects: Int
    var core: StreamCore
    var phase = Phase.header
    var layer = Layer.clear
    /// The peer's header of this layer.
    var header: ServerStreamHeader?
    var features = StreamFeatures()
    /// What the peer's certificate is worth for the domain that the stream was opened to.
    var verdict: CertificateVerdict?
    /// Why the peer did not take our certificate.
    var refusal: SASLFault?
    /// Whether the peer can tell pairs apart when one of them fails.
    var hasDialbackErrors = false
    /// True when the peer may send stanzas.
    public internal(set) var isBidirectional = false
    /// The pairs on which stanzas flow.
    var pairs: [DomainPair: DomainProof] = [:]
    /// Pairs whose key was sent, with the time by which an answer has to come.
    var asked: [DomainPair: UInt64] = [:]
    /// Pairs whose certificate is looked at.
    var checking: [DomainPair: UInt64] = [:]
    /// Pairs that are to be authorized once the stream is open.
    var wishes: [DomainPair] = []
    /// Questions that were sent, with the time by which an answer has to come.
    var questions: [DialbackRequest: UInt64] = [:]
    /// Questions that are to be asked once the stream is open.
    var queue: [DialbackRequest] = []
    /// What is left of the stream that shall be resumed.
    var session: StreamManagement?

    /// Makes a machine for one connection.
    ///
    /// - Parameters:
    ///   - pair: the domains between which stanzas shall flow, or the question's.
    ///   - purpose: what the stream is opened for.
    ///   - policy: what is demanded of peers.
    ///   - keys: the dialback keys of the gateway; without them there is no dialback.
    ///   - hasCertificate: whether TLS shows a certificate of the local domain.
    ///   - nonces: what nobody may be able to guess.
    ///   - redirects: how many hosts have named another host before this one.
    ///   - session: what is left of an earlier stream of the pair, to be resumed.
    ///   - limits: the named waits and bounds.
    public init(
        _ pair: DomainPair,
        for purpose: Purpose = .stanzas,
        policy: StreamPolicy,
        keys: DialbackKeys?,
        hasCertificate: Bool,
        nonces: StreamNonces,
        redirects: Int = 0,
        session: StreamManagement? = nil,
        limits: StreamLimits = StreamLimits(idle: 3_600_000_000_000)
    ) {
        self.pair = pair
        self.purpose = purpose
        self.policy = policy
        self.keys = keys
        self.hasCertificate = hasCertificate
        self.redirects = redirects
        self.session = session?.pair == pair ? session : nil
        core = StreamCore(limits: limits, nonces: nonces)
    }

    /// False while nothing may be fed to the parser.
    public var isReading: Bool { core.isReading }

    /// The largest first-level element that the parser may take at this time.
    public var elementBytes: Int { phase == .open ? core.limits.stanzaBytes : core.limits.strangerBytes }

    /// The pairs on which stanzas flow, without order.
    public var established: Set<DomainPair> { Set(pairs.keys) }

    /// What is demanded of the domain that the stream was opened to.
    var trust: StreamPolicy.Trust { policy.trust(for: pair.remote) }

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
        case .closed: refuseLate(input)
        case .idle: begin(input)
        case .live, .closing: take(input)
        }
        if core.standing == .closed { settle() }
        return core.collect(due: due)
    }

    private mutating func begin(_ input: StreamInput) {
        switch input {
        case .connected(let facts):
            core.standing = .live
            core.heardAt = core.now
            core.movedAt = core.now
            core.pace.start(now: core.now)
            if let facts { secure(facts, isFresh: true) } else { sendHeader() }
        case .disconnected: core.end(.connectionLost)
        case .close: core.end(.finished)
        case .ask(let request): ask(request)
        case .authorize(let pair): authorize(pair)
        default: refuseLate(input)
        }
    }

    private mutating func refuseLate(_ input: StreamInput) {
        switch input {
        case .send(_, _, let token): core.actions.append(.reject(token: token, .notEstablished))
        case .ask(let request): core.actions.append(.verdict(request, .failed(.remoteServerTimeout)))
        case .authorize(let pair): core.actions.append(.refused(pair, .streamEnded))
        default: break
        }
    }

    private mutating func take(_ input: StreamInput) {
        switch input {
        case .heard(let count): core.heard(count)
        case .xml(let event, let leftover): xml(event, leftover)
        case .unreadable(let error):
            if phase == .handshaking { return core.end(.injectedBytes) }
            core.fail(StreamFault(error), .unreadable(error))
        case .secured(let facts):
            if phase == .handshaking, core.standing == .live { secure(facts, isFresh: false) }
        case .handshakeFailed(let why):
            if phase == .handshaking { core.end(.handshakeFailed(why)) }
        case .certificate(let domain, let verdict): checked(domain, verdict)
        case .authorize(let pair): core.standing == .live ? authorize(pair) : refuseLate(input)
        case .ask(let request): core.standing == .live ? ask(request) : refuseLate(input)
        case .send(let stanza, let pair, let token):
            guard core.standing == .live, phase == .open, pairs[pair] != nil else { return refuseLate(input) }
            core.transmit(stanza, pair, token: token)
        case .flush: if core.standing == .live, phase == .open { core.flush() }
        case .pong(let id): _ = core.answered(id)
        case .committed(let number): core.committed(upTo: number)
        case .timer: timerFired()
        case .close(let fault): phase == .handshaking ? core.end(.finished) : core.finish(.finished, fault)
        case .disconnected: disconnected()
        case .connected, .verified, .session: break
        }
    }

    private mutating func xml(_ event: XML.StreamEvent, _ leftover: Bool) {
        if case .closing = core.standing { return core.farewell(event, proofs: senders, served: addressees) }
        if core.isHeld { return core.fail(.policyViolation, "the peer did not wait for its turn") }
        switch (phase, event) {
        case (.header, .opened(let root)): headerCame(root)
        case (_, .opened): core.fail(.invalidXML, "the peer sent a second header")
        case (_, .closed): peerClosed()
        case (_, .refused(_, let error)): core.fail(StreamFault(error), .unreadable(error))
        case (.header, .element), (.handshaking, .element):
            core.fail(.policyViolation, "the peer did not wait for its turn")
        case (_, .element(let element)):
            if let fault = StreamFault(reading: element) { return peerFailed(fault) }
            self.element(element, leftover)
        }
    }

    // MARK: Ends

    /// A refusal of our certificate says more than the end behind it.
    private mutating func peerClosed() {
        guard let refusal, pairs.isEmpty else { return core.peerClosed() }
        core.send(StreamFault.endTag)
        core.end(.authenticationRefused(refusal))
    }

    private mutating func disconnected() {
        if core.standing == .live, phase == .handshaking { return core.end(.handshakeFailed("the connection is gone")) }
        core.disconnected()
    }

    /// Source: RFC 6120 §4.9.3.19.
    private mutating func peerFailed(_ fault: StreamFault) {
        guard fault.condition == .seeOtherHost else { return core.peerFailed(fault) }
        let host = AsciiText.trimmed(fault.otherHost ?? "")
        let isHost = (1...300).contains(host.utf8.count) && host.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
        var isProved = false
        if case .proved = verdict, layer != .clear { isProved = true }
        core.send(StreamFault.endTag)
        core.end(isHost && isProved && redirects < core.limits.redirects ? .redirected(host) : .redirectRefused(host))
    }

    /// Whatever is open ends with the stream.
    private mutating func settle() {
        let open = wishes + (asked.keys.map { $0 } + checking.keys).sorted { $0.description < $1.description }
        let unanswered = queue + questions.keys.sorted { $0.stream + $0.key < $1.stream + $1.key }
        guard !open.isEmpty || !unanswered.isEmpty, case .close(let end) = core.actions.last else { return }
        core.actions.removeLast()
        for pair in open where pair != self.pair { core.actions.append(.refused(pair, .streamEnded)) }
        for request in unanswered { core.actions.append(.verdict(request, .failed(end.reason.verification))) }
        core.actions.append(.close(end))
        wishes = []
        asked = [:]
        checking = [:]
        queue = []
        questions = [:]
    }
}

extension StreamReason {
    /// What an open question about a key comes to when the stream ends.
    ///
    /// Source: XEP-0220 §2.5.
    var verification: DialbackFault {
        switch self {
        case .peerFault(let fault) where fault.condition == .hostUnknown || fault.condition == .hostGone:
            .remoteServerNotFound
        case .encryptionRefused: .policyViolation
        default: .remoteServerTimeout
        }
    }
}
