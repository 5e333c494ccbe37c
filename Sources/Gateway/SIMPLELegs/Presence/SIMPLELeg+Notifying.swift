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
        guard let id = subscriptions.unanswered.removeValue(forKey: token), let entry = subscriptions.notified[id],
            let asked = entry.asked
        else { return }
        entry.asked = nil
        guard isStored else {
            respond(asked.request, 503, extra: [SIPHeaderLine(.retryAfter, "10")])
            // A subscription that stands goes on, and NOTIFY says how long.
            if asked.isFirst { ended(entry, .told) } else { run(asked.actions, of: entry) }
            return
        }
        run(asked.actions, of: entry, answering: asked.request)
    }

    /// Does what the machine asks for; nothing but the answer before that is due.
    private func run(
        _ actions: [NotifierState.Action],
        of entry: Subscriptions.Notified,
        answering inbound: InboundRequest? = nil
    ) {
        if inbound == nil, let asked = entry.asked {
            asked.actions += actions
            return
        }
        for action in actions {
            switch action {
            case .answer(let answer):
                guard let inbound else { continue }
                var extra = answer.headers
                if answer.status < 300 { extra.append(contact(for: entry.domain)) }
                respond(inbound, answer.status, reason: answer.reason, extra: extra)
            case .notify(let status, let withBody): notify(entry, status, withBody: withBody)
            case .ended(let end): ended(entry, end)
            }
        }
        schedule(entry)
    }

    private func ended(_ entry: Subscriptions.Notified, _ end: NotifierState.End) {
        switch end {
        case .told: break
        case .refused, .unreachable:
            logger.debug("a watcher is gone", metadata: ["peer.domain": "\(entry.domain)"])
        }
        host.presence(.stopped(entry.key, subscription: entry.id, asked: false))
        if isPseudonym(entry.key.watcher) {
            // Nobody comes back under this name.
            if entry.isHidden { subscriptions.hidden.remove(entry.key.presentity) }
            host.presence(.dropped(entry.key))
        }
        subscriptions.remove(entry)
        if entry.stored != .nothing { host.forget(usage: entry.id) }
        entry.stored = .nothing
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
            guard let entry = subscriptions.notified[id] else { continue }
            switch access {
            case .pending: continue
            case .active:
                if endBlocked(entry, policy(of: entry)) { continue }
                run(entry.machine.authorize(now: now), of: entry)
            case .ended(let reason, let retryAfter):
                let actions = entry.machine.end(
                    SubscriptionState.Reason(reason),
                    retryAfter: retryAfter.map { UInt32(clamping: $0) },
                    now: now
                )
                run(actions, of: entry)
            }
            keep(entry)
        }
    }

    /// The presentity says something else.
    public func presenceChanged(_ key: WatchKey) {
        let now = host.now.monotonic
        for id in subscriptions.byWatch[key] ?? [] {
            guard let entry = subscriptions.notified[id] else { continue }
            let policy = policy(of: entry)
            // When somebody changes who is never there would tell that it is.
            guard !endBlocked(entry, policy), !hidesChange(from: entry, policy) else { continue }
            run(entry.machine.changed(now: now), of: entry)
        }
    }

    /// Ends a subscription whose watcher the tables of this time block.
    ///
    /// - Returns: whether they do.
    private func endBlocked(_ entry: Subscriptions.Notified, _ policy: String) -> Bool {
        guard policy == "block", entry.machine.isActive || entry.machine.isPending else { return false }
        record(account(of: entry.key.presentity, to: entry.key.watcher), code: "policy")
        run(entry.machine.end(.rejected, now: host.now.monotonic), of: entry)
        keep(entry)
        return true
    }

    /// Whether a watcher is not told that something changed, since it has been shown an absence.
    private func hidesChange(from entry: Subscriptions.Notified, _ policy: String) -> Bool {
        guard policy == "polite-block" else { return false }
        defer { entry.isPolite = true }
        return entry.isPolite
    }

    /// Answers a fetch.
    ///
    /// - Parameters:
    ///   - subscription: the fetch.
    ///   - isNeutral: whether the watcher may not see anything.
    public func answerFetch(_ subscription: UInt64, isNeutral: Bool) {
        guard let entry = subscriptions.notified[subscription] else { return }
        let now = host.now.monotonic
        run(isNeutral ? entry.machine.end(.timeout, now: now) : entry.machine.authorize(now: now), of: entry)
    }

    /// The time of a subscription has come.
    func notifierTimer(_ entry: Subscriptions.Notified) {
        guard !endBlocked(entry, policy(of: entry)) else { return }
        run(entry.machine.timerFired(now: host.now.monotonic), of: entry)
    }

    // MARK: NOTIFY

    private func notify(_ entry: Subscriptions.Notified, _ status: SubscriptionState, withBody: Bool) {
        guard var request = dialogRequest(.notify, of: entry) else {
            return run(entry.machine.answered(status: 503, now: host.now.monotonic), of: entry)
        }
        let body = composed(for: entry, status, withBody: withBody)
        request.builder.add(contact(for: entry.domain))
        request.builder.add(SIPHeaderLine(.event, entry.machine.event.description))
        request.builder.add(SIPHeaderLine(.subscriptionState, status.description))
        if let body {
            request.builder.add(SIPHeaderLine(.contentType, body.type))
            if let language = body.language { request.builder.add(SIPHeaderLine(.contentLanguage, language)) }
        }
        let wire = request.builder.message(body: (body?.bytes ?? [])[...])
        send(wire, request, method: .notify, for: entry.id)
        // Numbers are stored in advance, so that not every NOTIFY has to be.
        if entry.dialog.localSequence % Self.sequenceStep == 0 { keep(entry) }
    }

    /// How many requests of a dialog may go out before its number is stored again.
    static let sequenceStep: UInt32 = 32

    /// A NOTIFY came to its end.
    func finished(_ entry: Subscriptions.Notified, _ outcome: ClientOutcome) {
        if case .response(let response) = outcome, response.isSuccess {
            entry.dialog.refreshTarget(from: response.headers)
        } else {
            entry.gone.takeBack()
        }
        run(entry.machine.finished(with: outcome, now: host.now.monotonic), of: entry)
    }

    // MARK: The store

    /// Takes up a subscription of an earlier process.
    func restore(_ usage: StoredUsage, _ machine: NotifierState, _ dialog: SIPDialog, domain: String) {
        let entry = Subscriptions.Notified(
            id: usage.id,
            key: usage.key,
            domain: domain,
            isFetch: false,
            isHidden: isPseudonym(usage.key.watcher),
            isPolite: host.generation.route(peer: domain).switches.policy(of: usage.key.watcher) == "polite-block",
            machine: machine,
            dialog: dialog,
            accepts: StoredUsage.accepts(usage.state)
        )
        entry.gone = .unknown
        entry.stored = StoredMark(usage.state)
        subscriptions.insert(entry)
        schedule(entry)
        // The numbers that were skipped must not come again after another restart.
        keep(entry)
    }

    func schedule(_ entry: Subscriptions.Notified) {
        subscriptions.timers.set(entry.id, to: entry.machine.deadline)
    }

    /// Keeps the subscription as it is now, when the store has it otherwise: until its last NOTIFY has had an end.
    ///
    /// A fetch is not kept, for who waited for its answer asks again.
    func keep(_ entry: Subscriptions.Notified) {
        let now = host.now
        let date = UInt64(max(0, now.wall / 1_000))
        guard !entry.isFetch, let machine = entry.machine.stored(now: now.monotonic, date: date) else { return }
        let state = StoredUsage.join(machine, entry.dialog.stored, accepts: entry.accepts)
        let mark = StoredMark(state)
        guard mark != entry.stored else { return }
        entry.stored = mark
        host.store(
            StoredUsage(id: entry.id, kind: .notifier, key: entry.key, expires: now.wall + 3_600_000, state: state)
        )
    }
}
