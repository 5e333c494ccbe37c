import DequeModule

/// What happens to an item between its acceptance and its end.
///
/// Events and moments go in, effects come out, nothing is awaited. The store, the clocks and the sockets are the
/// caller's. Items are objects that one bridge alone changes. See the delivery article for the states and why they are
/// so.
public struct Bridge {
    /// The counters.
    public internal(set) var balance = Balance()
    /// The bounds in force.
    public let limits: BridgeLimits

    var items: [CrossingID: Item] = [:]
    var lanes: [String: Lane] = [:]
    var hops: [String: Hop] = [:]
    /// How much is open between two users; those who have nothing open any more are few.
    var pairs: [Pair: OpenItems] = [:]
    var bytes = 0
    /// What is held; it counts for no neighbor and no pair.
    var held = (items: 0, bytes: 0)
    var nextID: Int64
    var duplicates: DuplicateIndex
    var ours: DuplicateIndex
    /// Whether nothing is taken any more.
    public private(set) var isStopping = false

    /// Items handed to the store, with the moment after which their source gets a refusal.
    var commits: Deque<(item: Item, due: UInt64)> = []
    /// What came again while the first was handed to the store; it gets the answer of the first.
    var followers: [CrossingID: [Offer]] = [:]
    /// Answers held for a verdict, with the moment at which they go without.
    var holds: Deque<(id: CrossingID, due: UInt64)> = []
    /// Delivered items that a late error reopens, with the time at which that ends.
    var reopenable: Deque<(id: CrossingID, due: Int64)> = []
    var lastSweep: Int64
    /// No item that waits or is held ends before this.
    var firstDeadline: Int64 = .max

    /// Two users between whom items are counted.
    struct Pair: Hashable {
        let sender: String
        let recipient: String

        init(_ offer: Offer) { self.init(sender: offer.sender, recipient: offer.recipient) }

        init(sender: String, recipient: String) {
            self.sender = sender
            self.recipient = recipient
        }
    }

    /// Neighbors that can be reached only once a leg has said so.
    let links: Set<String>

    /// Makes an empty bridge.
    ///
    /// - Parameters:
    ///   - limits: the bounds in force.
    ///   - nextID: the number of the next crossing, one above the highest in the store.
    ///   - links: neighbors that can be reached only once a leg has said so.
    ///   - now: the moment of the start.
    public init(limits: BridgeLimits, nextID: Int64, links: Set<String> = [], now: Moment) {
        self.limits = limits
        self.links = links
        self.nextID = nextID
        self.duplicates = DuplicateIndex(window: limits.duplicateWindow, capacity: limits.duplicateKeys, now: now.wall)
        self.ours = DuplicateIndex(window: limits.loopWindow, capacity: limits.duplicateKeys / 4, now: now.wall)
        self.lastSweep = now.wall
    }

    /// The item with this number, while it is on its way.
    public func item(_ id: CrossingID) -> Item? { items[id] }

    /// How many items are stored and not settled.
    public var openItems: Int { balance.waiting + balance.sent + balance.committing }

    /// What waits at each neighbor and whether it can be reached, by name.
    public var hopStates: [(name: String, isUp: Bool, items: Int, open: Int)] {
        hops.map { ($0.key, $0.value.state == .up, $0.value.items, $0.value.open) }.sorted { $0.name < $1.name }
    }

    /// Takes an event; what has to be done is appended to `effects`, in order.
    public mutating func handle(_ event: BridgeEvent, now: Moment, effects: inout [BridgeEffect]) {
        switch event {
        case .offered(let offer): admit(offer, now: now, effects: &effects)
        case .committed(let ids):
            for id in ids { committed(id, now: now, effects: &effects) }
        case .commitFailed(let ids, _):
            for id in ids { commitFailed(id, effects: &effects) }
        case .delivered(let id, let report): delivered(id, report: report, now: now, effects: &effects)
        case .failed(let id, let failure): failed(id, failure, now: now, effects: &effects)
        case .hopUp(let name): hopUp(name, now: now, effects: &effects)
        case .hopDown(let name, let unconfirmed): hopDown(name, unconfirmed: unconfirmed)
        case .released(let id, let rendition): release(id, as: rendition, now: now, effects: &effects)
        case .stillHeld(let id, let holding, let facts): hold(id, for: holding, facts: facts)
        case .dropped(let id, let text):
            if let item = items[id] { drop(item, because: text, effects: &effects) }
        case .advanced: advance(now: now, effects: &effects)
        }
    }

    /// Takes no more offers; what is stored goes on.
    public mutating func stop() { isStopping = true }

    /// Remembers an accepted item's duplicate key; for keys read back from the store.
    public mutating func remember(_ key: UInt64, _ id: CrossingID, now: Moment) {
        duplicates.insert(key, id, now: now.wall)
    }

    /// Puts back what an earlier process had stored and not settled, in order of acceptance.
    public mutating func restore(_ item: Item, now: Moment) {
        balance.received += 1
        balance.accepted += 1
        nextID = max(nextID, item.id.number + 1)
        hold(item)
        if item.offer.holding != nil {
            item.state = .held
            balance.held += 1
            return
        }
        item.state = .waiting
        balance.waiting += 1
        // What is too late goes to no neighbor any more: the next sweep ends it.
        if item.deadline > now.wall { enqueue(item) }
    }
}
