import BridgeCore
import Interworking
import Ledger
import Logging
import SIMPLELegs
import XMLStreams
import XMPPLegs

/// Presence: what the CPIM shore reports and asks for, and what the flow does.
extension Gateway {
    // MARK: From the CPIM shore

    /// A subscription on the other side has news.
    func presence(_ event: PresenceEvent) { handle(event) }

    /// What a watcher of the CPIM shore may see of a user.
    func presenceParts(of key: WatchKey) -> [PresencePart] { presence.parts(of: key) }

    /// The stanza that was kept as these bytes, when it is the last one that was said.
    func saidLast(_ content: [UInt8]) -> XML.Element? {
        said.flatMap { $0.content == content ? $0.element : nil }
    }

    /// Whether a watcher of the CPIM shore may see a user.
    func isPresenceApproved(_ key: WatchKey) -> Bool { presence.isApproved(key) }

    /// Whether nothing is taken any more.
    var isStopping: Bool { bridge.isStopping }

    /// The watchers of a user of whom a presence server told.
    func announcedWatchers(of user: String) -> [WatchKey] { presence.announced(of: user) }

    /// Whether a watch can be kept.
    func hasPresenceRoom(for key: WatchKey) -> Bool { presence.hasPlace(for: key) }

    /// The words of the watcher for the request that is being made; given once.
    func takeNote(_ key: WatchKey) -> String? {
        defer { notes[key] = nil }
        return notes[key]
    }

    /// Asks a user of the XMPP shore for its present state.
    func ask(_ key: WatchKey) { xmpp?.probe(key) }

    /// Keeps the state of a subscription or publication.
    func store(_ usage: StoredUsage) {
        operations.append(
            .usage(
                UsageRow(
                    id: Int64(bitPattern: usage.id),
                    kind: usage.kind.row,
                    watcher: usage.key.watcher,
                    presentity: usage.key.presentity,
                    expires: usage.expires,
                    state: usage.state
                )
            )
        )
        scheduleFlush()
    }

    /// Forgets the state of a subscription or publication.
    func forget(usage id: UInt64) {
        operations.append(.forgetUsage(id: Int64(bitPattern: id)))
        scheduleFlush()
    }

    /// Lets the leg know when what was collected so far is stored.
    func whenStored(_ token: UInt64) {
        storing.append(token)
        scheduleFlush()
    }

    // MARK: The flow

    func handle(_ event: PresenceEvent) {
        var caused: [PresenceEffect] = []
        presence.handle(event, now: now, effects: &caused)
        for effect in caused { perform(effect) }
        scheduleFlush()
    }

    private func perform(_ effect: PresenceEffect) {
        switch effect {
        case .subscribe(let key): simple?.subscribe(key)
        case .renew(let key): simple?.renew(key)
        case .leave(let key): simple?.leave(key)
        case .rest(let key): simple?.rest(key)
        case .fetch(let key, let device): simple?.fetch(key, by: device)
        case .probe(let key): xmpp?.probe(key)
        case .verify(let key): xmpp?.verify(key)
        case .tell(let key, let step): tell(key, step)
        case .show(let key, let parts, let device):
            inOrder(PresenceShow(key: key, what: .parts(parts, to: device)))
        case .access(let key, let access, let subscription): simple?.access(key, access, subscription: subscription)
        case .changed(let key): simple?.presenceChanged(key)
        case .answerFetch(_, let subscription, let isNeutral):
            simple?.answerFetch(subscription, isNeutral: isNeutral)
        case .overflow(let key):
            logger.warning("presence is not kept: there is no room", metadata: ["remedy": "see limits: presence-bytes"])
            refused(account(of: key), code: "presence-overflow", trace: [])
        case .announced(let key):
            let account = Arrival.Account(
                leg: "sip",
                peer: "",
                proof: "address",
                sender: key.watcher,
                recipient: key.presentity,
                identifiers: []
            )
            record(.subscription, "watcher-waiting", account, [])
        case .store(let key): store(key)
        case .forget(let key):
            perform(personal.ended(key))
            operations.append(
                .forgetWatch(watcher: key.watcher, presentity: key.presentity, target: key.target.row)
            )
        }
    }

    private func store(_ key: WatchKey) {
        guard let record = presence.record(of: key) else { return }
        operations.append(
            .watch(
                WatchRow(
                    watcher: key.watcher,
                    presentity: key.presentity,
                    target: key.target.row,
                    state: Int64(record.state),
                    changed: now.wall,
                    parts: record.bytes
                )
            )
        )
    }

    func account(of key: WatchKey) -> Arrival.Account {
        Arrival.Account(
            leg: key.target == .xmpp ? "xmpp" : "sip",
            peer: "",
            proof: "",
            sender: key.presentity,
            recipient: key.watcher,
            identifiers: []
        )
    }
}

extension Shore {
    var row: OutboxTarget { self == .xmpp ? .xmpp : .cpim }
}
