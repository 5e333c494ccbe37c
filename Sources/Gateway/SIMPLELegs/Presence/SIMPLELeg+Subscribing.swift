import Addressing
public import BridgeCore
import Interworking
import Logging
import MappingTables
import SIPMessages
import SIPTransactions
import XMPPStanzas

/// Presentities of this shore: SUBSCRIBE goes out, NOTIFY comes in.
extension SIMPLELeg {
    // MARK: What the flow asks for

    /// Makes a subscription, or takes up the one that runs out.
    ///
    /// - Parameter key: a watcher of the other shore and a presentity of this one.
    ///
    /// Source: RFC 8048 §5.2.1.
    public func subscribe(_ key: WatchKey) {
        if serve(composed: key) { return }
        let now = host.now.monotonic
        if let id = subscriber(of: key) {
            guard let entry = subscriptions.subscribed[id] else { return }
            subscriptions.subscribed[id]?.isResting = false
            subscriptions.subscribed[id]?.isVerifying = false
            let actions =
                entry.machine.phase == nil
                ? subscriptions.subscribed[id]?.machine.start(now: now)
                : subscriptions.subscribed[id]?.machine.timerFired(now: now)
            run(actions ?? [], of: id)
            return
        }
        let machine = SubscriberState(
            expires: settings.subscriptionSeconds,
            wasActive: host.isPresenceApproved(key)
        )
        guard let id = begin(machine, key, device: nil) else { return }
        run(subscriptions.subscribed[id]?.machine.start(now: now) ?? [], of: id)
    }

    /// Renews a subscription before it is due, or makes one.
    ///
    /// - Parameter key: a watcher of the other shore and a presentity of this one.
    public func renew(_ key: WatchKey) {
        if serve(composed: key) { return }
        guard let id = subscriber(of: key), subscriptions.subscribed[id]?.machine.phase != nil else {
            return subscribe(key)
        }
        subscriptions.subscribed[id]?.isResting = false
        subscriptions.subscribed[id]?.isVerifying = false
        run(subscriptions.subscribed[id]?.machine.refresh(now: host.now.monotonic) ?? [], of: id)
    }

    /// Asks for the present state once.
    ///
    /// - Parameters:
    ///   - key: a watcher of the other shore and a presentity of this one.
    ///   - device: the full address that asked.
    ///
    /// Source: RFC 8048 §7.1.
    public func fetch(_ key: WatchKey, by device: String) {
        if fetch(composed: key, by: device) { return }
        guard subscriptions.byWatch[key, default: []].count < settings.subscriptionsPerWatch,
            subscriptions.fetches < settings.fetches,
            let id = begin(SubscriberState(expires: 0), key, device: device)
        else {
            // As good as a presence server that does not answer.
            host.presence(.fetched(key, nil, by: device))
            return
        }
        subscriptions.fetches += 1
        run(subscriptions.subscribed[id]?.machine.start(now: host.now.monotonic) ?? [], of: id)
    }

    /// Ends a subscription, as the watcher wants.
    ///
    /// - Parameter key: the watch.
    ///
    /// Source: RFC 8048 §5.2.3.
    public func leave(_ key: WatchKey) {
        if leave(composed: key) { return }
        guard let id = subscriber(of: key) else {
            host.presence(.left(key))
            return
        }
        subscriptions.subscribed[id]?.isVerifying = false
        run(subscriptions.subscribed[id]?.machine.unsubscribe(now: host.now.monotonic) ?? [], of: id)
    }

    /// Lets a subscription run out.
    ///
    /// - Parameter key: the watch.
    public func rest(_ key: WatchKey) {
        guard let id = subscriber(of: key) else { return }
        subscriptions.subscribed[id]?.isResting = true
        subscriptions.subscribed[id]?.isVerifying = false
        subscriptions.timers.set(id, to: nil)
    }

    /// The subscription of a watch that is no fetch, and that nobody is leaving.
    func subscriber(of key: WatchKey) -> UInt64? {
        subscriptions.byWatch[key]?.first {
            guard let entry = subscriptions.subscribed[$0] else { return false }
            return entry.device == nil && !entry.machine.isLeaving
        }
    }

    private func begin(_ machine: SubscriberState, _ key: WatchKey, device: String?) -> UInt64? {
        guard let jid = try? BareJID(key.presentity) else { return nil }
        let id = subscriptions.freshID()
        subscriptions.subscribed[id] = Subscriptions.Subscribed(
            key: key,
            domain: AddressTranslator.peerDomain(of: jid, host.generation.addresses),
            device: device,
            machine: machine,
            note: device == nil ? host.takeNote(key) : nil
        )
        subscriptions.list(id, under: key)
        return id
    }

    // MARK: What the machine asks for

    private func run(_ actions: [SubscriberState.Action], of id: UInt64, notify inbound: InboundRequest? = nil) {
        for action in actions {
            guard let entry = subscriptions.subscribed[id] else { return }
            switch action {
            case .send(let subscribe): send(subscribe, id)
            case .answer(let answer):
                guard let inbound else { continue }
                if answer.status < 300 { answerWhenStored(inbound) } else { refuse(inbound, answer) }
            case .state(let phase, let isFirst, let hasBody):
                told(id, entry, phase, isFirst: isFirst, body: hasBody ? inbound : nil)
            case .terminated(let reason, let retryAfter, let hasBody):
                terminated(id, entry, reason, retryAfter, body: hasBody ? inbound : nil)
            case .failed(let failure, let wasEstablished): failed(id, entry, failure, wasEstablished: wasEstablished)
            case .unsubscribed: host.presence(.left(entry.key))
            case .ended: drop(subscriber: id)
            }
        }
        guard let entry = subscriptions.subscribed[id] else { return }
        if entry.documents.isWholeWanted, !entry.documents.isWholeAskedFor, entry.machine.phase == .active {
            askForWhole(id)
            return
        }
        keep(subscriber: id)
        schedule(subscriber: id)
    }

    /// Asks for the whole document, once for each that told only what changed.
    ///
    /// Source: RFC 5263 §4.5.
    private func askForWhole(_ id: UInt64) {
        subscriptions.subscribed[id]?.documents.isWholeAskedFor = true
        run(subscriptions.subscribed[id]?.machine.refresh(now: host.now.monotonic) ?? [], of: id)
    }

    func refuse(_ inbound: InboundRequest, _ answer: UserAgentServer.Answer) {
        record(account(of: inbound), code: answer.status == 481 ? "no-subscription" : "sip-\(answer.status)")
        respond(inbound, answer.status, reason: answer.reason, extra: answer.headers)
    }

    // MARK: NOTIFY

    /// Takes a NOTIFY that the server core lets pass.
    ///
    /// Source: RFC 6665 §4.1.3.
    func acceptNotify(_ inbound: InboundRequest) {
        guard let key = DialogKey(following: inbound.request), let id = subscriptions.byRequest[key] else {
            refuse(inbound, UserAgentServer.Answer(481))
            return
        }
        if publications.watchers[id] != nil { return notified(watchers: id, inbound) }
        run(
            subscriptions.subscribed[id]?.machine.notified(inbound.request, now: host.now.monotonic) ?? [],
            of: id,
            notify: inbound
        )
    }

    /// The NOTIFY counts when what follows from it is stored.
    func answerWhenStored(_ inbound: InboundRequest) {
        let token = nextAnswer
        nextAnswer += 1
        subscriptions.notifies[token] = inbound
        host.whenStored(token)
    }

    /// A SUBSCRIBE came to its end.
    func finished(subscriber id: UInt64, _ attempt: UInt32, _ outcome: ClientOutcome) {
        if case .response(let response) = outcome, !response.isSuccess {
            subscriptions.lastResponse[id] = response
        }
        let (isEnd, now) = (isRefusal(outcome, of: id), host.now.monotonic)
        run(
            subscriptions.subscribed[id]?.machine.finished(attempt, with: outcome, isEnd: isEnd, now: now) ?? [],
            of: id
        )
        subscriptions.lastResponse[id] = nil
    }

    /// The time of a subscription has come.
    func subscriberTimer(_ id: UInt64) {
        if let entry = subscriptions.subscribed[id], entry.device == nil, isComposed(entry.key) {
            drop(subscriber: id)
            host.presence(.ended(entry.key, .again))
            return
        }
        readAgain(id)
        if verifies(id) { return }
        run(subscriptions.subscribed[id]?.machine.timerFired(now: host.now.monotonic) ?? [], of: id)
    }

    /// Lets the flow look for the watcher before the subscription is renewed, where the route wants it.
    ///
    /// It renews by ``subscribe(_:)``, within half of the time that is left.
    ///
    /// - Returns: whether the renewal waits for that.
    ///
    /// Source: RFC 8048 §8.1.
    private func verifies(_ id: UInt64) -> Bool {
        let now = host.now.monotonic
        guard let entry = subscriptions.subscribed[id], entry.device == nil, !entry.isVerifying,
            entry.machine.isRefreshDue(now: now), let expiry = entry.machine.expiry,
            host.generation.route(peer: entry.domain).switches.isSet(.subscriptionVerify, "on")
        else { return false }
        subscriptions.subscribed[id]?.isVerifying = true
        schedule(subscriber: id)
        host.presence(.refreshDue(entry.key, patience: Int64((expiry - now) / 2_000_000)))
        return true
    }

    // MARK: The store

    private func schedule(subscriber id: UInt64) {
        guard let entry = subscriptions.subscribed[id] else { return }
        let reading = entry.documents.nextChange.map(deadline(for:))
        let due = entry.isVerifying ? entry.machine.expiry : entry.machine.deadline
        let times = [due, reading].compactMap { $0 }
        subscriptions.timers.set(id, to: entry.isResting ? nil : times.min())
    }

    private func keep(subscriber id: UInt64) {
        guard let entry = subscriptions.subscribed[id], entry.device == nil else { return }
        let now = host.now
        guard
            let state = entry.machine.stored(now: now.monotonic, date: UInt64(max(0, now.wall / 1_000)))
        else {
            if entry.stored != .nothing { host.forget(usage: id) }
            subscriptions.subscribed[id]?.stored = .nothing
            return
        }
        let mark = StoredMark(state)
        guard mark != entry.stored else { return }
        subscriptions.subscribed[id]?.stored = mark
        host.store(StoredUsage(id: id, kind: .subscriber, key: entry.key, expires: now.wall + 3_600_000, state: state))
    }

    /// Takes up a subscription of an earlier process.
    func restore(_ usage: StoredUsage, _ machine: SubscriberState, _ dialog: SIPDialog, domain: String) {
        subscriptions.subscribed[usage.id] = Subscriptions.Subscribed(
            key: usage.key,
            domain: domain,
            device: nil,
            machine: machine,
            requestKey: dialog.requestKey,
            stored: StoredMark(usage.state)
        )
        subscriptions.byRequest[dialog.requestKey] = usage.id
        subscriptions.list(usage.id, under: usage.key)
        schedule(subscriber: usage.id)
    }

    func drop(subscriber id: UInt64) {
        subscriptions.changeDocuments(of: id) { $0.forget() }
        guard let entry = subscriptions.subscribed.removeValue(forKey: id) else { return }
        if entry.device != nil { subscriptions.fetches -= 1 }
        if let key = entry.requestKey { subscriptions.byRequest[key] = nil }
        subscriptions.unlist(id, under: entry.key)
        subscriptions.timers.set(id, to: nil)
        subscriptions.attempts[id] = nil
        if entry.stored != .nothing { host.forget(usage: id) }
    }
}
