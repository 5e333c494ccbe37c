import Addressing
public import BridgeCore
import Interworking
import Logging
import MappingTables
import SIPMessages
import SIPTransactions

/// Watchers of this shore: SUBSCRIBE comes in, NOTIFY goes out.
extension SIMPLELeg {
    /// The event packages that are served.
    static let packages = ["presence"]

    /// Takes a SUBSCRIBE that the server core lets pass.
    ///
    /// - Parameters:
    ///   - inbound: the request.
    ///   - domains: the domains that its sender may speak for.
    ///
    /// Source: RFC 6665 §4.2.1, RFC 8048 §5.3.
    func acceptSubscribe(_ inbound: InboundRequest, from domains: [String]) {
        if inbound.request.isInDialog {
            guard let id = DialogKey(received: inbound.request).flatMap({ subscriptions.byDialog[$0] }) else {
                respond(inbound, 481)
                return
            }
            refresh(id, inbound)
            return
        }
        let facts = facts(of: inbound, from: domains)
        let mayHide = inbound.request.sender?.userDomain == Self.anonymousDomain
        let translated = PresenceTranslator(generation: host.generation).operation(
            from: inbound.request,
            facts: facts,
            pseudonym: mayHide ? Pseudonym.fresh(host) : nil
        )
        switch translated.outcome {
        case .nothing: respond(inbound, 404)
        case .refused(let refusal): refuse(inbound, refusal, trace: translated.trace, generation: host.generation)
        case .value(let operation):
            open(operation, inbound, isHidden: mayHide && isPseudonym(operation.contact.key))
        }
    }

    /// Whether a bare JID is one of the names that the gateway gives watchers who hide.
    ///
    /// - Parameter jid: a bare JID in its normal form.
    /// - Returns: false for a name that the gateway did not give.
    public func isPseudonym(_ jid: String) -> Bool { Pseudonym.isOne(jid, host) }

    private func open(_ operation: PresenceOperation, _ inbound: InboundRequest, isHidden: Bool) {
        let key = WatchKey(watcher: operation.contact.key, presentity: operation.user.key, target: .xmpp)
        let domain = operation.contact.uri.userDomain
        let route = host.generation.route(peer: domain)
        let policy = route.switches.policy(of: key.watcher)
        // Nobody is asked about a watcher who sees an absence, so that there is no watch.
        let isPolite = policy == "polite-block"
        let isFetch = operation.kind == .probe
        guard hasRoom(for: key, of: domain, isWatch: !isFetch && !isPolite, isHidden: isHidden) else {
            record(account(of: inbound), code: "queue-full")
            respond(inbound, 503, extra: [SIPHeaderLine(.retryAfter, "60")])
            return
        }
        guard policy != "block" else {
            record(account(of: inbound), code: "policy")
            respond(inbound, 403)
            return
        }
        let types = route.switches.isSet(.presenceCarrier, "cpim") ? ["message/cpim", Self.pidf] : [Self.pidf]
        let now = host.now
        switch NotifierState.open(
            inbound.request,
            packages: Self.packages,
            mediaTypes: types,
            limits: settings.events,
            // A fetch waits for what the presentity says now.
            isAuthorized: isPolite || !isFetch && host.isPresenceApproved(key),
            now: now.monotonic
        ) {
        case .refused(let answer):
            record(account(of: inbound), code: Self.eventCode(of: answer.status))
            respond(inbound, answer.status, reason: answer.reason, extra: answer.headers)
        case .opened(let machine, let actions):
            let dialog: SIPDialog
            do throws(SIPError) { dialog = try SIPDialog(accepting: inbound.request, localTag: inbound.toTag) } catch {
                respond(inbound, error.status ?? 400)
                return
            }
            let id = subscriptions.freshID()
            let entry = Subscriptions.Notified(
                key: key,
                domain: domain,
                isFetch: isFetch,
                isPolite: isPolite,
                machine: machine,
                dialog: dialog,
                accepts: AcceptedTypes(inbound.request.headers),
                asked: Subscriptions.Asked(request: inbound, actions: actions, isFirst: true)
            )
            subscriptions.notified[id] = entry
            subscriptions.byDialog[dialog.key] = id
            subscriptions.list(id, under: key)
            subscriptions.count(entry)
            subscriptions.notified[id]?.isHidden = isHidden
            if isHidden { subscriptions.hidden.add(key.presentity) }
            schedule(id)
            keep(id)
            var trace = RuleTrace.none
            if let row = route.row { trace.fire(row) }
            var account = account(of: inbound)
            if isHidden { account.identifiers.append(("pseudonym", key.watcher)) }
            host.recordPresence(
                isFetch ? "fetch" : "subscribe",
                account,
                trace: trace,
                notes: [],
                isSubscription: true
            )
            if isPolite { return answerWhenStored(id) }
            if case .subscribe(let note) = operation.kind {
                if !isHidden { host.keepAddress(of: operation.contact) }
                host.presence(.watching(key, subscription: id, note: note, nick: operation.nick))
            } else {
                host.presence(.fetching(key, subscription: id))
            }
            answerWhenStored(id)
        }
    }

    /// Whether there is room for one more subscription: in the leg, and where its watch would be kept.
    ///
    /// A fetch is no watch, and is answered neutrally where none has room.
    private func hasRoom(for key: WatchKey, of domain: String, isWatch: Bool, isHidden: Bool) -> Bool {
        let most = settings.hiddenPerPresentity
        if isHidden, !subscriptions.hidden.hasRoom(for: key.presentity, most: most, now: host.now.wall) { return false }
        return subscriptions.byDomain[domain] < settings.subscriptionsPerPeer
            && subscriptions.byWatcher[key.watcher] < settings.subscriptionsPerWatcher
            && subscriptions.byWatch[key, default: []].count < settings.subscriptionsPerWatch
            && (!isWatch || host.hasPresenceRoom(for: key))
    }

    private static func eventCode(of status: Int) -> String {
        switch status {
        case 406: "unsupported-type"
        case 423: "interval-too-brief"
        case 489: "bad-event"
        default: "sip-\(status)"
        }
    }

    static let pidf = "application/pidf+xml"

    /// A SUBSCRIBE in a dialog: a refresh, or the end.
    private func refresh(_ id: UInt64, _ inbound: InboundRequest) {
        guard var entry = subscriptions.notified[id] else { return }
        switch entry.dialog.receive(inbound.request) {
        case .foreign: respond(inbound, 481)
        case .outOfOrder: respond(inbound, 500)
        case .inOrder:
            guard entry.asked == nil else {
                // The one before is not stored yet.
                respond(inbound, 500, extra: [SIPHeaderLine(.retryAfter, "1")])
                return
            }
            // A refresh that says something of types says it for what follows.
            let accepts = AcceptedTypes(inbound.request.headers)
            if !accepts.isEmpty { entry.accepts = accepts }
            let wasThere = entry.machine.isActive || entry.machine.isPending
            var actions = entry.machine.refresh(inbound.request, now: host.now.monotonic)
            let isOver = wasThere && !entry.machine.isActive && !entry.machine.isPending
            // Who was let in to see an absence, and is not any more, asks anew as others do.
            if entry.isPolite, policy(of: entry) != "polite-block" {
                actions += entry.machine.end(.deactivated, now: host.now.monotonic)
            }
            entry.asked = Subscriptions.Asked(request: inbound, actions: actions, isFirst: false)
            subscriptions.notified[id] = entry
            schedule(id)
            keep(id)
            if isOver {
                let account = account(of: inbound)
                host.recordPresence("unsubscribe", account, trace: .none, notes: [], isSubscription: true)
                host.presence(.stopped(entry.key, subscription: id, asked: !entry.isPolite))
            }
            answerWhenStored(id)
        }
    }

    // MARK: Answers

    private func answerWhenStored(_ id: UInt64) {
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
            guard let entry = subscriptions.notified[id], !hidesChange(from: entry, id) else { continue }
            guard let actions = subscriptions.notified[id]?.machine.changed(now: now) else { continue }
            run(actions, of: id)
            schedule(id)
        }
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

    private func schedule(_ id: UInt64) {
        subscriptions.timers.set(id, to: subscriptions.notified[id]?.machine.deadline)
    }

    /// Keeps the subscription as it is now, when the store has it otherwise.
    private func keep(_ id: UInt64) {
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
