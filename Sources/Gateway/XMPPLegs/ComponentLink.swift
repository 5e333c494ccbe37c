import BridgeCore
import DequeModule
import Digests
import Interworking
import Logging
import NIOCore
import XMLStreams
import XMPPChannels
import XMPPStreams

/// One component of an existing server: its connection, kept up, and what waits for a confirmation.
///
/// ```
/// idle ─start→ connecting ─handshake→ open ─end→ waiting ─time→ connecting …
///                  └────────── end ──────────────┘
/// ```
///
/// Source: XEP-0114 §3.
final class ComponentLink: XMPPLink {
    let component: XMPPLegSettings.Component
    /// The leg; it owns the link and outlives it.
    unowned let leg: XMPPLeg
    /// The machine of the present connection, or of the last one.
    var stream: ComponentStream
    var connection: (any ComponentConnection)?
    /// Items that the stream or the server has no room for yet, in order.
    var queue: Deque<Item> = []
    /// How many stanzas may wait for the server's word that it took them.
    let mostUnconfirmed: Int
    /// What the link does, for people.
    private(set) var state = "not started"
    /// How far the link is.
    private(set) var standing = LinkRow.State.idle {
        didSet { if standing != oldValue { since = leg.now.wall } }
    }
    /// Since when, in milliseconds since 1970; nil before the start.
    private(set) var since: Int64?
    /// Why the stream ended last, until another one is open.
    private(set) var failure: (sentence: String, remedy: String?)?
    /// How many stanzas came.
    private(set) var received: UInt64 = 0
    /// How many stanzas were written.
    var written: UInt64 = 0

    private var reconnection: Reconnection
    /// The number of the present connection, by which events of an earlier one are told apart.
    private var attempt = 0
    /// When to connect again; nil while a connection stands or none is wanted.
    private var connectAt: UInt64?
    /// When the machine wants to be called.
    private var wakeAt: UInt64?
    /// Whether the bridge was told that the component is open.
    private var isUp = false
    private var isStopping = false
    /// Whether the connection of this attempt was made.
    private var stood = false
    /// Why the connection itself ended.
    private var closeReason: String?
    /// The failure that was told last, so that the same one is told once.
    private var toldFailure: String?

    init(component: XMPPLegSettings.Component, leg: XMPPLeg) {
        self.component = component
        self.leg = leg
        mostUnconfirmed = leg.settings.stream.unconfirmed
        hop = XMPPLeg.hop(component.domain)
        voucher = Voucher(peer: component.domain, proof: "component")
        reconnection = Reconnection(limits: leg.settings.reconnection)
        stream = Self.stream(component, leg.settings)
    }

    /// The name of the neighbor in the bridge.
    let hop: String
    /// The server, which vouches for every sender.
    private let voucher: Voucher

    var domain: String { component.domain }

    var largestStanza: Int { component.largestStanza }

    func hop(to domain: String) -> String { hop }

    func voucher(for domain: String) -> Voucher { voucher }

    /// Whether stanzas may be sent.
    var isOpen: Bool { stream.isOpen }

    /// A component stream has no acknowledgements: what comes behind its end is taken, or nobody would hear of it.
    var takesAnswers: Bool { isOpen || !isStopping }

    /// Whether nothing is connected and nothing will be.
    var isStopped: Bool { isStopping && connection == nil }

    /// Connects, and keeps trying.
    func start() {
        guard connection == nil, connectAt == nil else { return }
        isStopping = false
        open()
    }

    /// Ends the stream once what was sent has left; ``isStopped`` tells when it has.
    func stop() {
        isStopping = true
        connectAt = nil
        state = "stopped"
        standing = connection == nil ? .stopped : .closing
        flush()
        perform(stream.close(now: leg.now.monotonic))
        connection?.flush()
    }

    /// Carries out what time alone decides.
    func advance() {
        let now = leg.now.monotonic
        if let connectAt, connectAt <= now { open() }
        if let wakeAt, wakeAt <= now {
            self.wakeAt = nil
            perform(stream.timerFired(now: now))
            connection?.flush()
        }
    }

    // MARK: Connecting

    private static func stream(_ component: XMPPLegSettings.Component, _ settings: XMPPLegSettings) -> ComponentStream {
        var limits = settings.stream
        limits.stanzaBytes = component.largestStanza
        // Pings go to the component's own domain: every server routes them back, whatever else it serves.
        return ComponentStream(
            domain: component.domain,
            secret: component.secret,
            pingSeed: RandomToken.text(bits: 80),
            limits: limits
        )
    }

    private func open() {
        connectAt = nil
        attempt += 1
        closeReason = nil
        stood = false
        stream = Self.stream(component, leg.settings)
        state = "connecting"
        standing = .connecting
        let number = attempt
        var limits = XML.Limits()
        limits.stanzaBytes = leg.settings.largestStanza
        let connection = leg.connector(limits) { [weak self] event in
            guard let self, self.attempt == number else { return }
            self.take(event)
        }
        self.connection = connection
        connection.connect(host: component.host, port: component.port, timeout: .seconds(10))
    }

    private func take(_ event: XMPPConnection.Event) {
        let now = leg.now.monotonic
        switch event {
        case .connected:
            stood = true
            perform(stream.connected(now: now))
        case .stream(let part):
            perform(stream.receive(part, now: now) { SHA1.hexadecimal($0) })
        case .malformed(let error):
            perform(stream.failed(error))
        case .writable:
            drain()
            leg.host.scheduleFlush()
        case .batchEnded:
            stream.heard(now: now)
            connection?.flush()
        case .closed(let reason):
            closeReason = reason
            perform(stream.closed())
        }
    }

    /// Does what the machine asks for, in order.
    func perform(_ actions: [ComponentStream.Action]) {
        for action in actions { perform(action) }
    }

    func perform(_ action: ComponentStream.Action) {
        switch action {
        case .send(let bytes): connection?.send(bytes)
        case .open: opened()
        case .deliver(let element):
            received += 1
            leg.received(element, on: self)
        case .refuse(let element, let error):
            received += 1
            leg.receivedExcess(element, error, on: self)
        case .confirm(let tokens): confirmed(tokens)
        case .reject(_, let rejection):
            leg.logger.debug("a stanza was not sent", metadata: metadata(["error.code": "\(rejection.rawValue)"]))
        case .wake(let time): wakeAt = time
        case .close(let end): ended(end)
        }
    }

    private func opened() {
        reconnection.opened(now: leg.now.monotonic)
        state = "open"
        standing = .open
        failure = nil
        toldFailure = nil
        isUp = true
        leg.logger.notice("a component is open", metadata: metadata())
        leg.host.hopUp(hop)
    }

    private func ended(_ end: ComponentStream.End) {
        connection?.close()
        connection = nil
        wakeAt = nil
        let unconfirmed = end.unconfirmed.map(CrossingID.init(token:)) + queue.map(\.id)
        queue.removeAll()
        leg.forgetQuestions(over: component.domain)
        if isStopping {
            standing = .stopped
        } else {
            let (sentence, remedy) = tell(end.reason)
            state = "waiting: \(sentence)"
            standing = .waiting
            failure = (sentence, remedy)
            let jitter = leg.jitter()
            connectAt = reconnection.ended(end.reason.advice, now: leg.now.monotonic, jitter: jitter)
        }
        if isUp || !unconfirmed.isEmpty {
            isUp = false
            leg.host.hopDown(hop, unconfirmed: unconfirmed)
        }
    }

    /// Writes down why the link ended, once for each reason in a row.
    ///
    /// - Returns: the reason as a sentence, and what to do about it.
    private func tell(_ reason: ComponentStream.Reason) -> (sentence: String, remedy: String?) {
        var (sentence, remedy) = (reason.sentence, reason.remedy)
        if case .connectionLost = reason, let closeReason {
            sentence = stood ? "\(sentence): \(closeReason)" : closeReason
            if !stood { remedy = "does the XMPP server run, with a port for components there?" }
        }
        var details = metadata(["error.code": "\(reason.code)", "reason": "\(sentence)"])
        if let remedy { details["remedy"] = "\(remedy)" }
        if toldFailure == sentence {
            leg.logger.debug("a component is still down", metadata: details)
        } else {
            // A server that is away comes back by itself; what it refuses waits for the operator.
            leg.logger.log(level: reason.remedy == nil ? .warning : .error, "a component is down", metadata: details)
        }
        toldFailure = sentence
        return (sentence, remedy)
    }
}

extension CrossingID {
    /// The crossing that a stanza's token stands for.
    init(token: UInt64) { self.init(Int64(bitPattern: token)) }

    /// What stands for the crossing in the machine.
    var token: UInt64 { UInt64(bitPattern: number) }
}
