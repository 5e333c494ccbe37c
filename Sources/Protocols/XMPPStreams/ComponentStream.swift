public import XMLStreams
import XMPPStanzas

/// The component's side of a component stream, from the header to the end.
///
/// ```
/// idle ─connected→ opening ─header→ proving ─handshake→ open ─close→ closing ─their end→ closed
///                     └─────────────── fault, time-out, lost connection ─────────────────┘
/// ```
///
/// The machine holds no connection, clock or timer: inputs come with the time of a monotonic clock in nanoseconds,
/// and what is to be done comes out as actions, in order.
///
/// The protocol has no acknowledgements, so stanzas that were given a token are confirmed by a ping that was sent
/// behind them, see ``PingBarrier``. The same pings tell whether the link lives.
///
/// Source: XEP-0114 §3.
public struct ComponentStream: ~Copyable {
    enum State {
        /// Not connected; leads to `opening`, `closed`.
        case idle
        /// Header sent; leads to `proving`, `unproved`, `closing`, `closed`.
        case opening
        /// The server's header had no id, so that only its reason can follow; leads to `closing`, `closed`.
        case unproved
        /// Digest sent; leads to `open`, `closing`, `closed`.
        case proving
        /// Handshake accepted; leads to `closing`, `closed`.
        case open
        /// Our end tag sent, stanzas are still taken in; leads to `closed`.
        case closing
        /// Nothing leads out.
        case closed
    }

    private let domain: String
    let secret: String
    private let pingTarget: String
    private let pingSeed: String
    private let limits: Limits
    var state = State.idle
    var barrier: PingBarrier<UInt64>
    /// When the server's last bytes came.
    private var heardAt: UInt64 = 0
    /// When the current phase has to be over; not used while open.
    private var phaseEnd: UInt64 = 0
    /// The time told last by ``Action/wake(at:)`` that has not come.
    private var wakeAt: UInt64?

    /// Makes a machine for one connection.
    ///
    /// - Parameters:
    ///   - domain: the component's domain.
    ///   - secret: what component and server share.
    ///   - pingSeed: random text, fresh for each connection; the ids of pings begin with it, so that nobody can guess
    ///     them.
    ///   - pingTarget: the domain that is pinged. Nil stands for the component's own: the server then routes the ping
    ///     back, which proves the same, and asks for no knowledge about the server.
    ///   - limits: the named waits and sizes.
    public init(
        domain: String,
        secret: String,
        pingSeed: String,
        pingTarget: String? = nil,
        limits: Limits = Limits()
    ) {
        self.domain = domain
        self.secret = secret
        self.pingSeed = pingSeed
        self.pingTarget = pingTarget ?? domain
        self.limits = limits
        barrier = PingBarrier(limits: .init(items: limits.unconfirmed))
    }

    /// True between the accepted handshake and the end.
    public var isOpen: Bool { state == .open }

    /// How many stanzas wait for confirmation.
    public var unconfirmed: Int { barrier.count }

    // MARK: Inputs

    /// The connection is made.
    ///
    /// - Parameter now: nanoseconds of a monotonic clock.
    /// - Returns: what to do.
    public mutating func connected(now: UInt64) -> [Action] {
        guard state == .idle else { return [] }
        state = .opening
        heardAt = now
        phaseEnd = now.saturated(adding: limits.handshake)
        var writer = XML.Writer()
        writer.raw("<?xml version='1.0'?>")
        writer.start("stream:stream", XMPPNamespace.component, ["xmlns:stream": XMPPNamespace.streams, "to": domain])
        writer.closeHeader()
        return [.send(writer.bytes)] + wake()
    }

    /// Bytes came, whatever they hold: the server lives.
    ///
    /// - Parameter now: nanoseconds of a monotonic clock.
    public mutating func heard(now: UInt64) {
        heardAt = max(heardAt, now)
    }

    /// The parser found something.
    ///
    /// - Parameters:
    ///   - event: what it found.
    ///   - now: nanoseconds of a monotonic clock.
    ///   - digest: the SHA-1 of a text's UTF-8 in lower-case hexadecimal digits.
    /// - Returns: what to do.
    public mutating func receive(_ event: XML.StreamEvent, now: UInt64, digest: (String) -> String) -> [Action] {
        heard(now: now)
        switch state {
        case .idle, .closed:
            return []
        case .opening:
            return header(event, digest)
        case .unproved, .proving:
            return proof(event, now)
        case .open:
            return content(event, now)
        case .closing:
            return farewell(event)
        }
    }

    /// The parser cannot read on.
    ///
    /// - Parameter error: why.
    /// - Returns: what to do.
    ///
    /// Source: RFC 6120 §4.9.1.
    public mutating func failed(_ error: XMLStreamError) -> [Action] {
        switch state {
        case .idle, .closed:
            return []
        case .closing:
            return end(.finished)
        case .opening, .unproved, .proving, .open:
            return [.send(StreamFault(error).closingBytes(content: XMPPNamespace.component))] + end(.unreadable(error))
        }
    }

    /// Sends a stanza.
    ///
    /// - Parameters:
    ///   - stanza: the bytes as `XML.Writer` wrote them, in the component's content namespace.
    ///   - token: what ``Action/confirm(_:)`` is to name once the server has taken it; nil when nobody asks.
    /// - Returns: `send` or `reject`.
    ///
    /// Source: XEP-0114 §3.
    public mutating func send(_ stanza: [UInt8], token: UInt64? = nil) -> [Action] {
        guard state == .open else { return [.reject(token: token, .notOpen)] }
        if let rejection = OutboundCheck.fault(stanza, domain: domain, limit: limits.stanzaBytes) {
            return [.reject(token: token, rejection)]
        }
        if let token {
            if barrier.isFull { return [.reject(token: token, .full)] }
            barrier.sent(token)
        }
        return [.send(stanza)]
    }

    /// A batch of stanzas was sent: the place for a ping that covers them.
    ///
    /// - Parameter now: nanoseconds of a monotonic clock.
    /// - Returns: what to do.
    public mutating func flush(now: UInt64) -> [Action] {
        guard state == .open, barrier.wantsPing else { return [] }
        return ping(now)
    }

    /// The time that was told has come.
    ///
    /// - Parameter now: nanoseconds of a monotonic clock.
    /// - Returns: what to do.
    public mutating func timerFired(now: UInt64) -> [Action] {
        wakeAt = nil
        switch state {
        case .idle, .closed:
            return []
        case .opening, .unproved, .proving:
            return now < phaseEnd ? wake() : [.send(StreamFault.endTag)] + end(.handshakeTimeout)
        case .closing:
            return now < phaseEnd ? wake() : end(.finished)
        case .open:
            if now < due { return wake() }
            guard barrier.flight != nil else { return ping(now) }
            let fault = StreamFault(.connectionTimeout)
            return [.send(fault.closingBytes(content: XMPPNamespace.component))] + end(.pingTimeout)
        }
    }

    /// The gateway wishes to end the stream.
    ///
    /// - Parameters:
    ///   - fault: the reason to name; nil for none.
    ///   - now: nanoseconds of a monotonic clock.
    /// - Returns: what to do; stanzas may still be delivered until `close`.
    ///
    /// Source: RFC 6120 §4.4, §4.9.3.
    public mutating func close(_ fault: StreamFault? = nil, now: UInt64) -> [Action] {
        switch state {
        case .closing, .closed:
            return []
        case .idle:
            return end(.finished)
        case .opening, .unproved, .proving, .open:
            state = .closing
            phaseEnd = now.saturated(adding: limits.closing)
            let bytes = fault?.closingBytes(content: XMPPNamespace.component) ?? StreamFault.endTag
            return [.send(bytes)] + wake()
        }
    }

    /// The connection is gone.
    ///
    /// - Returns: what to do.
    public mutating func closed() -> [Action] {
        switch state {
        case .closed: []
        case .closing: end(.finished)
        case .idle, .opening, .unproved, .proving, .open: end(.connectionLost)
        }
    }

    mutating func end(_ reason: Reason) -> [Action] {
        state = .closed
        wakeAt = nil
        return [.close(End(reason, unconfirmed: barrier.disconnected()))]
    }

    // MARK: Pings

    private func pingID(_ number: UInt64) -> String { "\(pingSeed)-\(number)" }

    private mutating func ping(_ now: UInt64) -> [Action] {
        guard let number = barrier.ping(now: now) else { return [] }
        let bytes = PingRequest.bytes(
            to: pingTarget,
            from: domain,
            id: pingID(number),
            content: XMPPNamespace.component
        )
        return [.send(bytes)] + wake()
    }

    /// Whether a stanza is the answer to the ping on its way, or that ping itself, routed back.
    func isAnswer(_ element: XML.Element) -> Bool {
        guard let flight = barrier.flight, StanzaKind(element) == .iq else { return false }
        let id = pingID(flight.number)
        let from = element.attribute("from")
        if PingRequest.isAnswer(element, id: id) { return from == nil || from == pingTarget || from == domain }
        return pingTarget == domain && from == domain && element.attribute("id") == id
            && element.attribute("type") == "get" && element.first("ping", XMPPNamespace.ping) != nil
    }

    mutating func answered(_ now: UInt64) -> [Action] {
        guard let flight = barrier.flight else { return [] }
        var actions = confirmed(flight.number)
        if barrier.wantsPing { actions += ping(now) }
        return actions
    }

    mutating func confirmed(_ number: UInt64) -> [Action] {
        let tokens = barrier.answered(number)
        return tokens.isEmpty ? [] : [.confirm(tokens)]
    }

    // MARK: Time

    /// When something has to happen if nothing comes.
    private var due: UInt64 {
        switch state {
        case .idle, .closed:
            return .max
        case .opening, .unproved, .proving, .closing:
            return phaseEnd
        case .open:
            guard let flight = barrier.flight else { return heardAt.saturated(adding: limits.idle) }
            return min(
                max(heardAt, flight.since).saturated(adding: limits.answer),
                flight.since.saturated(adding: limits.barrier)
            )
        }
    }

    /// Asks for a timer when none is set, or the one that is set would come too late.
    mutating func wake() -> [Action] {
        let due = self.due
        if let wakeAt, wakeAt <= due { return [] }
        wakeAt = due
        return [.wake(at: due)]
    }
}
