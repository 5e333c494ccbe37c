public import BridgeCore
import Interworking
import Logging
import MappingTables
import SIPMessages
import SIPTransactions

/// Watchers of this shore: what they are told, NOTIFY goes out.
extension SIMPLELeg {
    // MARK: Answers

    func answerWhenStored(_ id: UInt64) {
        let token = nextAnswer
        nextAnswer += 1
        subscriptions.unanswered[token] = id
        host.whenStored(token)
    }

    /// What was collected when the token was given is stored, or could not be.
    ///
    /// - Parameters:
    ///   - token: the number that ``SIMPLELegHost/whenStored(_:)`` had.
    ///   - isStored: whether it is durable.
    public func stored(_ token: UInt64, _ isStored: Bool) {
        if stored(publication: token, isStored) { return }
        if let inbound = subscriptions.notifies.removeValue(forKey: token) {
            if isStored { respond(inbound, 200) } else { respond(inbound, 500) }
            return
        }
        guard let id = subscriptions.unanswered.removeValue(forKey: token),
            let asked = subscriptions.notified[id]?.asked
        else { return }
        subscriptions.notified[id]?.asked = nil
        guard isStored else {
            respond(asked.request, 503, extra: [SIPHeaderLine(.retryAfter, "10")])
            // A subscription that stands goes on, and NOTIFY says how long.
            if asked.isFirst { ended(id, .told) } else { run(asked.actions, of: id) }
            return
        }
        run(asked.actions, of: id, answering: asked.request)
    }

    /// Does what the machine asks for; nothing but the answer before that is due.
    private func run(_ actions: [NotifierState.Action], of id: UInt64, answering inbound: InboundRequest? = nil) {
        if subscriptions.notified[id]?.asked != nil, inbound == nil {
            subscriptions.notified[id]?.asked?.actions += actions
            return
        }
        for action in actions {
            switch action {
            case .answer(let answer):
                guard let inbound else { continue }
                var extra = answer.headers
                if answer.status < 300 {
                    extra.append(contact(for: subscriptions.notified[id]?.domain ?? ""))
                }
                respond(inbound, answer.status, reason: answer.reason, extra: extra)
            case .notify(let status, let withBody): notify(id, status, withBody: withBody)
            case .ended(let end): ended(id, end)
            }
        }
        schedule(id)
    }

    private func ended(_ id: UInt64, _ end: NotifierState.End) {
        guard let entry = subscriptions.notified[id] else { return }
        switch end {
        case .told: break
        case .refused, .unreachable:
            logger.debug("a watcher is gone", metadata: ["peer.domain": "\(entry.domain)"])
        }
        host.presence(.stopped(entry.key, subscription: id, asked: false))
        if isPseudonym(entry.key.watcher) {
            // Nobody comes back under this name.
            if entry.isHidden { subscriptions.hidden.remove(entry.key.presentity) }
            host.presence(.dropped(entry.key))
        }
        drop(id)
    }

    private func drop(_ id: UInt64) {
        guard let entry = subscriptions.notified.removeValue(forKey: id) else { return }
        subscriptions.byDialog[entry.dialog.key] = nil
        subscriptions.unlist(id, under: entry.key)
        subscriptions.timers.set(id, to: nil)
        subscriptions.uncount(entry)
        if entry.stored != .nothing { host.forget(usage: id) }
    }

    // MARK: What the flow asks for

    /// Tells the watcher what it may see.
    ///
    /// - Parameters:
    ///   - key: the watch.
    ///   - access: what it may see.
    ///   - subscription: one subscription; nil for all of the watcher.
    public func access(_ key: WatchKey, _ access: WatchAccess, subscription: UInt64?) {
        let now = host.now.monotonic
        for id in subscription.map({ [$0] }) ?? subscriptions.byWatch[key] ?? [] {
            guard subscriptions.notified[id] != nil else { continue }
            switch access {
            case .pending: continue
            case .active where endBlocked(id): continue
            case .active: run(subscriptions.notified[id]?.machine.authorize(now: now) ?? [], of: id)
            case .ended(let reason, let retryAfter):
                let actions = subscriptions.notified[id]?.machine.end(
                    SubscriptionState.Reason(reason),
                    retryAfter: retryAfter.map { UInt32(clamping: $0) },
                    now: now
                )
                run(actions ?? [], of: id)
            }
            keep(id)
        }
    }

    /// The presentity says something else.
    public func presenceChanged(_ key: WatchKey) {
        let now = host.now.monotonic
        for id in subscriptions.byWatch[key] ?? [] {
            // When somebody changes who is never there would tell that it is.
            guard !endBlocked(id), let entry = subscriptions.notified[id], !hidesChange(from: entry, id) else {
                continue
            }
            guard let actions = subscriptions.notified[id]?.machine.changed(now: now) else { continue }
            run(actions, of: id)
            schedule(id)
        }
    }

    /// Ends a subscription whose watcher the tables of this time block.
    ///
    /// - Returns: whether they do.
    private func endBlocked(_ id: UInt64) -> Bool {
        guard let entry = subscriptions.notified[id], policy(of: entry) == "block" else { return false }
        guard entry.machine.isActive || entry.machine.isPending else { return true }
        record(account(of: entry.key.presentity, to: entry.key.watcher), code: "policy")
        run(subscriptions.notified[id]?.machine.end(.rejected, now: host.now.monotonic) ?? [], of: id)
        keep(id)
        return true
    }

    /// Whether a watcher is not told that something changed, since it has been shown an absence.
    private func hidesChange(from entry: Subscriptions.Notified, _ id: UInt64) -> Bool {
        guard policy(of: entry) == "polite-block" else { return false }
        subscriptions.notified[id]?.isPolite = true
        return entry.isPolite
    }

    /// Answers a fetch.
    ///
    /// - Parameters:
    ///   - subscription: the fetch.
    ///   - isNeutral: whether the watcher may not see anything.
    public func answerFetch(_ subscription: UInt64, isNeutral: Bool) {
        let now = host.now.monotonic
        let actions =
            isNeutral
            ? subscriptions.notified[subscription]?.machine.end(.timeout, now: now)
            : subscriptions.notified[subscription]?.machine.authorize(now: now)
        run(actions ?? [], of: subscription)
    }

    /// The time of a subscription has come.
    func notifierTimer(_ id: UInt64) {
        guard !endBlocked(id) else { return }
        let actions = subscriptions.notified[id]?.machine.timerFired(now: host.now.monotonic) ?? []
        run(actions, of: id)
        schedule(id)
    }

    // MARK: NOTIFY

    private func notify(_ id: UInt64, _ status: SubscriptionState, withBody: Bool) {
        var request = dialogRequest(.notify, of: id)
        guard var entry = subscriptions.notified[id], var builder = request?.builder else {
            run(subscriptions.notified[id]?.machine.answered(status: 503, now: host.now.monotonic) ?? [], of: id)
            return
        }
        let body = composed(&entry, status, withBody: withBody)
        subscriptions.notified[id]?.gone = entry.gone
        builder.add(contact(for: entry.domain))
        builder.add(SIPHeaderLine(.event, entry.machine.event.description))
        builder.add(SIPHeaderLine(.subscriptionState, status.description))
        if let body {
            builder.add(SIPHeaderLine(.contentType, body.type))
            if let language = body.language { builder.add(SIPHeaderLine(.contentLanguage, language)) }
        }
        request?.builder = builder
        let wire = builder.message(body: (body?.bytes ?? [])[...])
        send(wire, request, method: .notify, for: id)
        // Numbers are stored in advance, so that not every NOTIFY has to be.
        if let sequence = subscriptions.notified[id]?.dialog.localSequence, sequence % Self.sequenceStep == 0 {
            keep(id)
        }
    }

    /// How many requests of a dialog may go out before its number is stored again.
    static let sequenceStep: UInt32 = 32

    /// A NOTIFY came to its end.
    func finished(notifier id: UInt64, _ outcome: ClientOutcome) {
        if case .response(let response) = outcome, response.isSuccess {
            subscriptions.notified[id]?.dialog.refreshTarget(from: response.headers)
        } else {
            subscriptions.notified[id]?.gone.takeBack()
        }
        run(subscriptions.notified[id]?.machine.finished(with: outcome, now: host.now.monotonic) ?? [], of: id)
    }

    // MARK: The store

    /// Takes up a subscription of an earlier process.
    func restore(_ usage: StoredUsage, _ machine: NotifierState, _ dialog: SIPDialog, domain: String) {
        let entry = Subscriptions.Notified(
            key: usage.key,
            domain: domain,
            isFetch: false,
            isPolite: host.generation.route(peer: domain).switches.policy(of: usage.key.watcher) == "polite-block",
            machine: machine,
            dialog: dialog,
            accepts: StoredUsage.accepts(usage.state),
            gone: .unknown,
            stored: StoredMark(usage.state)
        )
        subscriptions.notified[usage.id] = entry
        subscriptions.byDialog[dialog.key] = usage.id
        subscriptions.list(usage.id, under: usage.key)
        subscriptions.count(entry)
        if isPseudonym(usage.key.watcher) {
            subscriptions.notified[usage.id]?.isHidden = true
            subscriptions.hidden.add(usage.key.presentity)
        }
        schedule(usage.id)
        // The numbers that were skipped must not come again after another restart.
        keep(usage.id)
    }

    func schedule(_ id: UInt64) {
        subscriptions.timers.set(id, to: subscriptions.notified[id]?.machine.deadline)
    }

    /// Keeps the subscription as it is now, when the store has it otherwise.
    func keep(_ id: UInt64) {
        guard let entry = subscriptions.notified[id] else { return }
        let now = host.now
        let date = UInt64(max(0, now.wall / 1_000))
        guard let machine = entry.machine.stored(now: now.monotonic, date: date) else {
            if entry.stored != .nothing { host.forget(usage: id) }
            subscriptions.notified[id]?.stored = .nothing
            return
        }
        let state = StoredUsage.join(machine, entry.dialog.stored, accepts: entry.accepts)
        let mark = StoredMark(state)
        guard mark != entry.stored else { return }
        subscriptions.notified[id]?.stored = mark
        host.store(
            StoredUsage(id: id, kind: .notifier, key: entry.key, expires: now.wall + 3_600_000, state: state)
        )
    }
}
