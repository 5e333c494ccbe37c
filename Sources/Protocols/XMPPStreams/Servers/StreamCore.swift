import XMLStreams
import XMPPStanzas

/// What both kinds of streams between servers share: the way out, the clock's hands and the end.
struct StreamCore {
    enum Standing: Equatable {
        /// Not connected; leads to `live`, `closed`.
        case idle
        /// Leads to `closing`, `closed`.
        case live
        /// Our end tag sent, stanzas are still taken in; leads to `closed`.
        case closing(StreamReason)
        /// Nothing leads out.
        case closed
    }

    let limits: StreamLimits
    let nonces: StreamNonces
    var standing = Standing.idle
    var actions: [StreamAction] = []
    var now: UInt64 = 0
    /// When bytes of the peer came last.
    var heardAt: UInt64 = 0
    /// When bytes were written last.
    var sentAt: UInt64 = 0
    /// When a stanza came or went last.
    var movedAt: UInt64 = 0
    /// When the current step has to be over.
    var stepEnd = UInt64.max
    var step = StreamReason.Step.header
    var pace: StreamPace
    /// True while the buckets are below nothing.
    var isOverPace = false
    /// True while an answer is awaited before anything more may be read.
    var isHeld = false
    private var wasReading = true
    /// True while a TLS handshake has the connection: nothing that is XML may be written.
    ///
    /// Source: RFC 6120 §5.4.3.2.
    var isMute = false
    private var wakeAt: UInt64?
    /// When the peer's certificate expires.
    var certificateEnd: UInt64?
    /// The language of the peer's stanzas.
    var language: String?
    /// How many stanzas came.
    var arrivals: UInt64 = 0
    var management: StreamManagement?
    var barrier: PingBarrier<UInt64>
    /// The domains between which pings go; nil where none may be sent.
    var pingPair: DomainPair?
    /// When a request for acknowledgement was sent only to see whether the peer lives.
    var probedAt: UInt64?

    init(limits: StreamLimits, nonces: StreamNonces) {
        self.limits = limits
        self.nonces = nonces
        pace = StreamPace(limits: limits)
        barrier = PingBarrier(limits: .init(items: limits.management.stanzas))
    }

    var isReading: Bool { !isHeld && !isOverPace }

    // MARK: Turns

    mutating func begin(_ time: UInt64) {
        now = max(now, time)
        actions.removeAll()
    }

    /// Ends a turn.
    ///
    /// - Parameter due: when something has to happen if nothing comes.
    /// - Returns: what was collected, with the timer for that.
    mutating func collect(due: UInt64) -> [StreamAction] {
        if standing != .closed {
            if isReading != wasReading {
                wasReading = isReading
                actions.append(isReading ? .resume : .pause)
            }
            if due != .max, wakeAt.map({ $0 > due || $0 <= now }) ?? true {
                wakeAt = due
                actions.append(.wake(at: due))
            }
        }
        return actions
    }

    /// A timer that was due is not set any more.
    mutating func wokeUp() {
        if let wakeAt, wakeAt <= now { self.wakeAt = nil }
    }

    mutating func enter(_ step: StreamReason.Step, for time: UInt64? = nil) {
        self.step = step
        stepEnd = now.saturated(adding: time ?? limits.step)
    }

    mutating func leaveStep() { stepEnd = .max }

    // MARK: Out

    mutating func send(_ bytes: [UInt8]) {
        sentAt = now
        guard case .send(var earlier) = actions.last else { return actions.append(.send(bytes)) }
        // Out of the list first, so that the bytes are not copied.
        actions.removeLast()
        earlier += bytes
        actions.append(.send(earlier))
    }

    /// Ends the stream with a stream error.
    mutating func fail(_ fault: StreamFault, _ reason: StreamReason) {
        if case .closing(let earlier) = standing { return end(earlier) }
        if isMute { return end(reason) }
        send(fault.closingBytes(content: XMPPNamespace.server))
        end(reason)
    }

    mutating func fail(_ condition: StreamFault.Condition, _ what: String) {
        let fault = StreamFault(condition)
        fail(fault, .fault(fault, what))
    }

    /// Ends our side and waits for the peer's.
    ///
    /// Source: RFC 6120 §4.4.
    mutating func finish(_ reason: StreamReason, _ fault: StreamFault? = nil) {
        guard standing == .live else { return }
        if isMute { return end(reason) }
        if let management, management.hasNews { acknowledge() }
        if let fault, fault.condition == .conflict {
            // XEP-0198 §5: another stream takes over, and needs what this one has at once.
            send(fault.closingBytes(content: XMPPNamespace.server))
            return end(reason, isTakenOver: true)
        }
        send(fault?.closingBytes(content: XMPPNamespace.server) ?? StreamFault.endTag)
        standing = .closing(reason)
        isHeld = false
        stepEnd = now.saturated(adding: limits.closing)
    }

    /// Ends both sides.
    ///
    /// A stream that broke may be resumed, one that was closed may not.
    ///
    /// Source: XEP-0198 §7.
    mutating func end(_ reason: StreamReason, isTakenOver: Bool = false) {
        guard standing != .closed else { return }
        standing = .closed
        var session: StreamManagement?
        if reason.isBreak || isTakenOver, let management, management.id != nil { session = management }
        let unconfirmed = management?.unconfirmed ?? []
        actions.append(.close(StreamEnd(reason, unconfirmed: barrier.disconnected() + unconfirmed, session: session)))
    }

    /// The peer ended its side.
    mutating func peerClosed() {
        if case .closing(let reason) = standing { return end(reason) }
        send(StreamFault.endTag)
        end(.peerClosed)
    }

    mutating func peerFailed(_ fault: StreamFault) {
        if case .closing(let reason) = standing { return end(reason) }
        send(StreamFault.endTag)
        end(.peerFault(fault))
    }

    /// The connection is gone.
    mutating func disconnected() {
        if case .closing(let reason) = standing { return end(reason) }
        end(.connectionLost)
    }

    // MARK: In

    mutating func heard(_ count: Int) {
        heardAt = now
        pace.take(bytes: count, now: now)
        checkPace()
    }

    /// A stanza came: it is counted whatever becomes of it.
    mutating func count() {
        arrivals &+= 1
        management?.arrived()
        movedAt = now
        pace.takeStanza(now: now)
        checkPace()
    }

    private mutating func checkPace() {
        guard pace.pause(now: now) != nil else { return }
        isOverPace = true
        if let since = pace.shortSince, now - since > limits.patience, standing == .live {
            fail(.policyViolation, "the peer sends more than the limits of rate allow")
        }
    }

    /// When reading may go on.
    var paceEnd: UInt64? {
        guard isOverPace else { return nil }
        var pace = self.pace
        return pace.pause(now: now) ?? now
    }
}

extension StreamReason {
    /// True for an end that neither side wished: the stream may be resumed.
    var isBreak: Bool {
        switch self {
        case .connectionLost, .unanswered, .unacknowledged, .timeout: true
        default: false
        }
    }
}
