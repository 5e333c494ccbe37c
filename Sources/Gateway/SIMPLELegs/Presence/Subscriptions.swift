import BridgeCore
import SIPMessages
import SIPTransactions

/// What the leg keeps of event packages: subscriptions that neighbors made, those that it made, and publications.
struct Subscriptions {
    /// A subscription that a neighbor made.
    ///
    /// A class, for each event of it changes several parts of one that is found once.
    final class Notified {
        let id: UInt64
        let key: WatchKey
        /// The domain of the watcher, by which the way is found.
        let domain: String
        let isFetch: Bool
        /// Whether the watcher hides, and is counted among those.
        let isHidden: Bool
        /// Whether the watcher was let in without the presentity, to see an absence.
        var isPolite: Bool
        var machine: NotifierState
        var dialog: SIPDialog
        /// The types that the watcher takes.
        var accepts: AcceptedTypes
        /// The devices that it was shown to be gone.
        var gone = DevicesGone()
        /// The SUBSCRIBE that is not answered before it is stored, and what is to be done after that.
        var asked: Asked?
        /// The state that the store has.
        var stored = StoredMark.nothing

        init(
            id: UInt64,
            key: WatchKey,
            domain: String,
            isFetch: Bool,
            isHidden: Bool,
            isPolite: Bool,
            machine: NotifierState,
            dialog: SIPDialog,
            accepts: AcceptedTypes
        ) {
            self.id = id
            self.key = key
            self.domain = domain
            self.isFetch = isFetch
            self.isHidden = isHidden
            self.isPolite = isPolite
            self.machine = machine
            self.dialog = dialog
            self.accepts = accepts
        }
    }

    /// Where the next hops of dialogs lead.
    var hops = NextHops()

    /// A SUBSCRIBE that waits for the store.
    ///
    /// A class, for it is as large as all the rest of a subscription, and there is one for a moment only.
    final class Asked {
        let request: InboundRequest
        var actions: [NotifierState.Action]
        /// Whether it makes the subscription.
        let isFirst: Bool

        init(request: InboundRequest, actions: [NotifierState.Action], isFirst: Bool) {
            self.request = request
            self.actions = actions
            self.isFirst = isFirst
        }
    }

    /// A subscription that the leg made.
    struct Subscribed {
        let key: WatchKey
        let domain: String
        /// The full address that a fetch is for.
        let device: String?
        /// Whether a fetch was answered before its end.
        var isAnswered = false
        var machine: SubscriberState
        /// The names of the last request outside a dialog.
        var callID = ""
        var localTag = ""
        /// What requests of the peer that follow it are found by; nil before one was sent.
        var requestKey: DialogKey?
        /// Whether it is to be renewed when the flow has looked for the watcher.
        var isVerifying = false
        /// Whether it runs out, since nobody looks.
        var isResting = false
        /// The watcher's words for the first request.
        var note: String?
        /// What was read from the documents so far.
        var documents = ReadDocuments()
        var stored = StoredMark.nothing
    }

    var notified: [UInt64: Notified] = [:]
    var subscribed: [UInt64: Subscribed] = [:]
    /// By the names in requests of the peer.
    var byDialog: [DialogKey: UInt64] = [:]
    /// By the names of a request of ours, before or beside the dialog.
    var byRequest: [DialogKey: UInt64] = [:]
    /// The subscriptions of one watch.
    var byWatch: [WatchKey: [UInt64]] = [:]
    /// How many subscriptions of neighbors each peer domain has, and each watcher.
    private(set) var byDomain = Tally()
    private(set) var byWatcher = Tally()
    /// Those whose watcher hides, by presentity.
    var hidden = HiddenWatchers()
    /// Fetches that the leg makes at the moment.
    var fetches = 0
    /// Requests on the wire, by their transaction.
    var open: [ClientTransactionKey: UInt64] = [:]
    /// The attempt that the machine of a subscription gave its request on the wire.
    var attempts: [UInt64: UInt32] = [:]
    /// The refusal that a machine is being told, for the words to the watcher.
    var lastResponse: [UInt64: SIPResponse] = [:]
    /// Requests that are answered when they are stored, by what the gateway was told.
    var unanswered: [UInt64: UInt64] = [:]
    var notifies: [UInt64: InboundRequest] = [:]
    var timers = EventTimers()
    private(set) var nextID: UInt64 = 1

    mutating func freshID() -> UInt64 {
        defer { nextID += 1 }
        return nextID
    }

    /// Numbers of an earlier process are not used again.
    mutating func reserve(_ id: UInt64) { nextID = max(nextID, id + 1) }

    /// Documents that are kept to be read again, in bytes, and their bound.
    private(set) var documentBytes = 0
    var largestDocuments = 64 << 20

    /// Changes what is kept of the documents of a subscription; beyond the bound the document itself is not.
    ///
    /// - Returns: what the change returns; nil when there is no such subscription.
    @discardableResult
    mutating func changeDocuments<Result>(of id: UInt64, _ change: (inout ReadDocuments) -> Result) -> Result? {
        guard var documents = subscribed[id]?.documents else { return nil }
        documentBytes -= documents.bytes
        let result = change(&documents)
        if documentBytes + documents.bytes > largestDocuments { documents.dropBody() }
        documentBytes += documents.bytes
        subscribed[id]?.documents = documents
        return result
    }

    /// Takes up a subscription that a neighbor made.
    mutating func insert(_ entry: Notified) {
        notified[entry.id] = entry
        byDialog[entry.dialog.key] = entry.id
        list(entry.id, under: entry.key)
        byDomain.add(entry.domain)
        byWatcher.add(entry.key.watcher)
        if entry.isHidden { hidden.add(entry.key.presentity) }
    }

    mutating func remove(_ entry: Notified) {
        guard notified.removeValue(forKey: entry.id) != nil else { return }
        byDialog[entry.dialog.key] = nil
        unlist(entry.id, under: entry.key)
        timers.set(entry.id, to: nil)
        byDomain.remove(entry.domain)
        byWatcher.remove(entry.key.watcher)
    }

    mutating func list(_ id: UInt64, under key: WatchKey) {
        if byWatch[key]?.contains(id) != true { byWatch[key, default: []].append(id) }
    }

    mutating func unlist(_ id: UInt64, under key: WatchKey) {
        byWatch[key]?.removeAll { $0 == id }
        if byWatch[key]?.isEmpty == true { byWatch[key] = nil }
    }
}
