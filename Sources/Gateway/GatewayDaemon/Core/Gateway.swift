import BridgeCore
import Digests
import Interworking
import Ledger
import Logging
import MappingTables
import NIOCore
import OperatorFiles
import SIMPLELegs
import XMLStreams
import XMPPLegs

/// One gateway on its event loop: two legs, the bridge between them and the ledger behind it.
///
/// Every method is called on the loop. What the bridge asks for is carried out here; what must be stored is collected
/// during one turn of the loop and handed to the ledger in one piece at its end.
final class Gateway {
    let eventLoop: any EventLoop
    let configuration: GatewayConfiguration
    let logger: Logger
    let clock: GatewayClock
    let writer: LedgerWriter
    let secrets: StoreSecrets
    var generations: Generations
    /// The end of the last activation that was asked for, and how many are on their way.
    var lastActivation: EventLoopFuture<Void>
    var activationsWaiting = 0
    /// When and why the last activation was refused; nil when the one after it was not.
    var lastRefusal: String?
    var bridge: Bridge
    var presence: PresenceFlow
    var personal: PersonalFlow
    var addresses: AddressIndex
    var peers: PeerMemory
    var correspondents = Correspondents()
    /// The messages whose senders want to hear what becomes of them.
    var receipts: ReceiptBook
    /// Who is writing.
    var composing: ComposingBook
    /// States of writing that wait until nothing else is open to their readers.
    var passing: [ComposingBook.Pair: Passage] = [:]
    /// What is known of a message once the receipt is stored that the bridge is looking at.
    var telling: (news: SignalNews, key: ReceiptBook.Key)?
    /// What the tables in force say of addresses of requests.
    var knownEnds = Recent<RequestEnds.Spelling, RequestEnds>(capacity: RequestEnds.capacity)
    /// The names of the rows that the last message to each shore fired.
    var rulesNamed: [Shore: RulesNamed] = [:]
    /// The rows of the presences that were recorded lately.
    var presenceRules: [AuditNames] = []
    /// The keys of conversations whose texts leave something behind.
    var bodyKeys: BodyKeys
    /// When keys are looked for that were kept long enough.
    var retention: RetentionTimer
    /// What every snapshot says.
    var constantFacts: Facts
    /// Next hops by domain of the CPIM shore.
    let nextHops: [String: GatewayConfiguration.CPIMDomain]
    /// The largest stanza that every component's server takes, in bytes.
    let stanzaLimit: Int

    /// The legs, set once by ``connect(xmpp:simple:)``.
    private(set) var xmpp: XMPPLeg?
    /// What the files of the audit log are at; nil where none are written.
    var trail: (@Sendable () -> TrailStatistics)?
    private(set) var simple: SIMPLELeg?

    /// The words of watchers whose requests are being made.
    var notes = Recent<WatchKey, String>(capacity: 10_000)
    /// The language in which users of the XMPP shore last spoke, of those whose stanzas name one.
    var languages = Recent<String, String>(capacity: 20_000)
    /// The pictures of users of the CPIM shore.
    var pictures = PictureBook()
    /// Where they come from; nil where none are fetched.
    var pictureSource: PictureSource?
    /// The latest time that a presence was given.
    var lastSeen: Int64 = 0
    /// The presence that came last, as it is kept and as it was read.
    var said: (content: [UInt8], element: XML.Element)?
    /// The step of a subscription that the bridge is looking at.
    var stepping: (key: WatchKey, step: PresenceStep, departure: Departure)?
    /// Steps that the bridge had no room for, and when they are offered again, in Unix milliseconds.
    var stepsAgain: [(key: WatchKey, step: PresenceStep)] = []
    var stepsAgainAt: Int64 = 0
    /// How many commits with steps of subscriptions are on their way, and what is shown behind them.
    var stepsOpen = 0
    var hasSteps = false
    var shownLater: [PresenceShow] = []
    /// What a leg wants to know of when it is stored.
    var storing: [UInt64] = []
    var effects: [BridgeEffect] = []
    private var performing: [BridgeEffect] = []
    var operations: [LedgerOperation] = []
    /// Items whose acceptance is among `operations`.
    var accepting: [CrossingID] = []
    /// What streams of other servers brought and the ledger has not got.
    var arriving: [UInt64] = []
    /// Sends that wait for the commit of a change to their item.
    var afterCommit: [(id: CrossingID, attempt: Attempt)] = []
    var updating: Set<CrossingID> = []
    /// The arrival and departure of the offer that the bridge is looking at.
    var crossing: (arrival: Arrival, departure: Departure)?
    /// The held item that the bridge is looking at.
    var holding: HeldArrival?
    /// Held items whose change is on its way to the store.
    var reprocessing: Set<CrossingID> = []
    /// Whether what is stored is sent; it is not where a command works on the store alone.
    let isServing: Bool
    /// The item whose failure the offer that the bridge is looking at reports, and the report.
    var reporting: (item: CrossingID, departure: Departure)?
    /// Reports of failures that the ledger did not take; they are offered again with the ends of their items.
    var reportsAgain: [Offer] = []
    var told: TellPace
    /// Where the watches of an earlier process are, until the legs are there.
    var recovered: LedgerReader?
    private var isRunning = false
    private var lastSweep: Int64
    private var isFlushScheduled = false
    private var ticker: RepeatedTask?

    init(
        eventLoop: any EventLoop,
        configuration: GatewayConfiguration,
        tables: StartTables,
        writer: LedgerWriter,
        secrets: StoreSecrets,
        recovery: Recovery,
        clock: GatewayClock,
        logger: Logger,
        isServing: Bool = true
    ) {
        let now = clock.read()
        self.eventLoop = eventLoop
        self.clock = clock
        self.configuration = configuration
        self.generations = Generations(tables.generation, earlier: tables.earlier)
        self.lastActivation = eventLoop.makeSucceededVoidFuture()
        self.writer = writer
        self.secrets = secrets
        self.addresses = AddressIndex(recovery.addresses)
        self.peers = PeerMemory(recovery.capabilities)
        self.logger = logger
        self.isServing = isServing
        self.told = TellPace(pause: Int64(configuration.limits.tellPause))
        bodyKeys = BodyKeys(secrets.bodyLabels, beside: StateDirectory.databasePath(in: configuration.state))
        retention = RetentionTimer(configuration.audit.retention, bodyKeys.labels, now: now.wall)
        self.bridge = Bridge(
            limits: BridgeLimits(configuration.limits),
            nextID: writer.nextCrossingID,
            links: Set(configuration.components.map { XMPPLeg.hop($0.domain) }),
            now: now
        )
        self.presence = PresenceFlow(limits: PresenceLimits(configuration.limits), now: now)
        personal = PersonalFlow(limits: PersonalLimits(configuration.limits))
        receipts = ReceiptBook(limits: ReceiptBook.Limits(configuration.limits))
        composing = ComposingBook(capacity: configuration.limits.composing)
        self.lastSweep = now.wall
        constantFacts = Facts(configuration, now: 0)
        nextHops = Dictionary(configuration.cpimDomains.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let streamed = configuration.server.map { _ in configuration.limits.stanza }
        stanzaLimit =
            (configuration.components.map(\.largestStanza) + (streamed.map { [$0] } ?? [])).min()
            ?? PeerFacts.leastStanzaLimit
        restore(recovery, now: now)
    }

    /// Takes up what an earlier process had accepted and not settled.
    private func restore(_ recovery: Recovery, now: Moment) {
        recovered = recovery.reader
        for (key, id) in recovery.seen { bridge.remember(key, id, now: now) }
        for row in recovery.rows {
            bridge.restore(Recovery.item(row, now: now.wall), now: now)
            // What is held is translated again before it goes anywhere.
            if row.state != .held { generations.opened(row.generation) }
        }
        store(receipts.restore(recovery.threads.filter { ReceiptBook.holds($0) }, now: now.wall))
        for thread in recovery.threads where !ReceiptBook.holds(thread) {
            let users = thread.key.split(separator: "\n", maxSplits: 2)
            guard users.count == 3 else { continue }
            let pair = ThreadPair(callID: thread.callID, thread: thread.thread)
            correspondents.insert(pair, String(users[0]), String(users[1]))
        }
    }

    /// Gives the gateway its legs and starts its clock.
    func connect(xmpp: XMPPLeg, simple: SIMPLELeg) {
        self.xmpp = xmpp
        self.simple = simple
        restorePresence()
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        ticker = eventLoop.scheduleRepeatedTask(initialDelay: .milliseconds(50), delay: .milliseconds(50)) { _ in
            bound.value.tick()
        }
    }

    /// Gives the gateway its legs for work on its store alone: nothing is taken up, and no time passes.
    func attach(xmpp: XMPPLeg, simple: SIMPLELeg) {
        self.xmpp = xmpp
        self.simple = simple
    }

    /// Stops the clock; what is stored stays.
    func disconnect() {
        ticker?.cancel()
        ticker = nil
        xmpp = nil
        simple = nil
    }

    /// Tells the bridge of an event and does what it asks.
    func handle(_ event: BridgeEvent) {
        bridge.handle(event, now: now, effects: &effects)
        run()
    }

    /// Carries out what the bridge asks for, in order; an effect may cause more.
    func run() {
        guard !isRunning else { return }
        isRunning = true
        while !effects.isEmpty {
            // Two blocks take turns, so that none is made anew.
            swap(&effects, &performing)
            for effect in performing { perform(effect) }
            performing.removeAll(keepingCapacity: true)
        }
        isRunning = false
        scheduleFlush()
    }

    /// Carries out what time alone decides.
    func tick() {
        let now = self.now
        simple?.advance(now: now)
        xmpp?.advance(now: now)
        handle(BridgeEvent.advanced)
        advanceComposing()
        offerStepsAgain(now.wall)
        if let deadline = presence.deadline, deadline <= now.wall { handle(PresenceEvent.advanced) }
        if let deadline = personal.deadline, deadline <= now.wall { perform(personal.advance(now: now.wall)) }
        retain(now.wall)
        guard now.wall - lastSweep >= 10_000 else { return }
        lastSweep = now.wall
        operations.append(.forgetSeen(expiredAt: now.wall))
        operations.append(.forgetExpired(at: now.wall))
        scheduleFlush()
    }

    /// At the end of this turn of the loop, what was collected goes to the ledger and to the sockets.
    func scheduleFlush() {
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.execute {
            bound.value.isFlushScheduled = false
            bound.value.flush()
        }
    }

    private func flush() {
        submit()
        xmpp?.flush(now: now)
        simple?.flush()
    }
}
