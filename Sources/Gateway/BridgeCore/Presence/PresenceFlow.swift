import HeapModule

/// Who may see whom, and what is owed to whom: the flow of presence between the two shores.
///
/// A value: events go in with the time, effects come out in order. What happens on the wire of each shore is the legs'.
/// Only available and unavailable may be superseded by a later state before they are shown; steps of subscriptions are
/// ``PresenceEffect/tell(_:_:)`` and are never lost.
///
/// Source: RFC 3859, RFC 8048.
public struct PresenceFlow: ~Copyable {
    /// The bounds in force.
    public let limits: PresenceLimits

    var outward: [WatchKey: OutwardWatch] = [:]
    var inward: [WatchKey: InwardWatch] = [:]
    /// How many watches each watcher has; one with none is not listed.
    var counts: [String: Int] = [:]
    /// Watches whose decision is open, those apart of whom presence servers told.
    var undecided = 0
    /// Watchers of whom presence servers told.
    var announced = AnnouncedWatches()
    /// When the flow was made, in Unix milliseconds.
    let began: Int64
    /// Bytes of what devices said and were shown saying.
    var bytes = 0
    /// What is to be done at a time, in Unix milliseconds.
    var timers = Heap<Timer>()
    /// Subscriptions to make, and presentities to ask, at a bounded rate.
    var subscriptionQueue = TurnQueue()
    var probeQueue = TurnQueue()
    /// Watchers who are looked for before their subscriptions are renewed.
    var verifyQueue = TurnQueue()
    /// Watchers who are shown again what they saw, since a link was down.
    var showQueue = TurnQueue()
    var subscriptionPace: Rate
    var probePace: Rate
    var showPace: Rate

    struct Timer: Comparable {
        enum Kind { case fetch, retry, pace, failure, silence, verify }
        let due: Int64
        let kind: Kind
        let key: WatchKey

        static func < (one: Timer, other: Timer) -> Bool { one.due < other.due }
        static func == (one: Timer, other: Timer) -> Bool { one.due == other.due }
    }

    /// Makes a flow without watches.
    ///
    /// - Parameters:
    ///   - limits: the bounds in force.
    ///   - now: the moment of the start.
    public init(limits: PresenceLimits = PresenceLimits(), now: Moment) {
        self.limits = limits
        began = now.wall
        subscriptionPace = Rate(perSecond: limits.subscriptionsPerSecond, now: now.wall)
        probePace = Rate(perSecond: limits.probesPerSecond, now: now.wall)
        showPace = Rate(perSecond: limits.subscriptionsPerSecond, now: now.wall)
    }

    /// How many watches there are in each direction.
    public var count: (outward: Int, inward: Int) { (outward.count, inward.count) }

    /// What the devices of a presentity of the XMPP shore said, as this watcher may see it.
    ///
    /// - Parameter key: the watch.
    /// - Returns: the devices in the order they came; empty when nothing is known.
    public func parts(of key: WatchKey) -> [PresencePart] { inward[key]?.parts ?? [] }

    /// What a watcher of the XMPP shore was shown last.
    ///
    /// - Parameter key: the watch.
    /// - Returns: the open devices.
    public func shown(to key: WatchKey) -> [PresencePart] { outward[key]?.shown ?? [] }

    /// Whether the watcher may see the presentity.
    ///
    /// - Parameter key: the watch.
    /// - Returns: false while it is undecided.
    public func isApproved(_ key: WatchKey) -> Bool {
        outward[key]?.state == .approved || inward[key]?.state == .approved
    }

    /// Takes an event; what has to be done is appended to `effects`, in order.
    ///
    /// - Parameters:
    ///   - event: what happened.
    ///   - now: when.
    ///   - effects: takes what has to be done.
    public mutating func handle(_ event: PresenceEvent, now: Moment, effects: inout [PresenceEffect]) {
        let now = now.wall
        switch event {
        case .asked(let key, let request): asked(key, request, now, &effects)
        case .unsubscribed(let key, let request): unsubscribed(key, request, now, &effects)
        case .probed(let key, let device): probed(key, by: device, now, &effects)
        case .watcherOnline(let key, let device, let isOnline):
            watcherOnline(key, device, isOnline, now, &effects)
        case .admitted(let key): admitted(key, now, &effects)
        case .undecided(let key): outward[key]?.pauses = 0
        case .state(let key, let parts): state(key, parts, now, &effects)
        case .ended(let key, let end): ended(key, end, now, &effects)
        case .left(let key): left(key, &effects)
        case .refreshDue(let key, let patience): refreshDue(key, patience, now, &effects)
        case .watcherAnswered(let key, let answer): watcherAnswered(key, answer, now, &effects)
        case .fetched(let key, let parts, let device): fetched(key, parts, by: device, &effects)
        case .fetchRefused(let key): effects.append(.tell(key, .refused))
        case .watching(let key, let subscription, let note, let nick):
            watching(key, subscription, note, nick, now, &effects)
        case .awaiting(let key, let nick): awaiting(key, nick, now, &effects)
        case .unlisted(let key): unlisted(key, &effects)
        case .fetching(let key, let subscription): fetching(key, subscription, now, &effects)
        case .stopped(let key, let subscription, let asked): stopped(key, subscription, asked, &effects)
        case .approved(let key): approved(key, now, &effects)
        case .preapproved(let key): preapproved(key, now, &effects)
        case .refused(let key): refused(key, now, &effects)
        case .said(let key, let part): said(key, part, &effects)
        case .silent(let key, let part): silent(key, part, &effects)
        case .askFailed(let key, let reason, let retryAfter):
            askFailed(key, reason, retryAfter, now, &effects)
        case .repair(let key): repair(key, now, &effects)
        case .dropped(let key): dropped(key, now, &effects)
        case .linkUp(let domain, let peer): linkUp(domain, peer)
        case .linkDown(let domain, let peer): linkDown(domain, peer, now)
        case .stopping: sayGoodbye(now, &effects)
        case .advanced: advance(now, &effects)
        }
    }

    // MARK: Keeping count

    /// Whether a subscription of a watcher of the CPIM shore has a place: its watch is kept, or there is room for it.
    ///
    /// - Parameter key: the watch.
    /// - Returns: whether ``PresenceEvent/watching(_:subscription:note:nick:)`` takes it.
    public func hasPlace(for key: WatchKey) -> Bool {
        if let watch = inward[key], watch.state != .none { return true }
        return hasRoom(for: key)
    }

    /// Whether there is room for one more watch of this watcher.
    func hasRoom(for key: WatchKey) -> Bool {
        hasWatchRoom(for: key) && undecided < limits.undecided && subscriptionQueue.count < limits.watches
    }

    /// The same whether or not a decision about it is open.
    func hasWatchRoom(for key: WatchKey) -> Bool {
        outward.count + inward.count < limits.watches
            && counts[key.watcher, default: 0] < limits.watchesPerWatcher
    }

    mutating func insert(_ watch: OutwardWatch, _ key: WatchKey) {
        if outward.updateValue(watch, forKey: key) == nil { counts[key.watcher, default: 0] += 1 }
    }

    mutating func insert(_ watch: InwardWatch, _ key: WatchKey) {
        if inward.updateValue(watch, forKey: key) == nil { counts[key.watcher, default: 0] += 1 }
    }

    mutating func uncount(_ key: WatchKey) {
        if let count = counts[key.watcher], count > 1 {
            counts[key.watcher] = count - 1
        } else {
            counts[key.watcher] = nil
        }
    }
}

/// So many in a second, and no more saved up.
struct Rate {
    private let perSecond: Int
    private var second: Int64
    private var used = 0

    init(perSecond: Int, now: Int64) {
        self.perSecond = max(1, perSecond)
        second = now
    }

    /// Whether one more may be now.
    mutating func take(now: Int64) -> Bool {
        if now - second >= 1_000 || now < second {
            second = now
            used = 0
        }
        guard used < perSecond else { return false }
        used += 1
        return true
    }
}
