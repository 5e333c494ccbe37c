import BridgeCore
import Interworking
import MappingTables
import SIPMessages
import SIPTransactions

/// Watchers of this shore: SUBSCRIBE comes in, and opens, refreshes or ends a subscription.
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
            let entry = Subscriptions.Notified(
                id: subscriptions.freshID(),
                key: key,
                domain: domain,
                isFetch: isFetch,
                isHidden: isHidden,
                isPolite: isPolite,
                machine: machine,
                dialog: dialog,
                accepts: AcceptedTypes(inbound.request.headers)
            )
            entry.asked = Subscriptions.Asked(request: inbound, actions: actions, isFirst: true)
            subscriptions.insert(entry)
            schedule(entry)
            keep(entry)
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
            if isPolite { return answerWhenStored(entry.id) }
            if case .subscribe(let note) = operation.kind {
                if !isHidden { host.keepAddress(of: operation.contact) }
                host.presence(.watching(key, subscription: entry.id, note: note, nick: operation.nick))
            } else {
                host.presence(.fetching(key, subscription: entry.id))
            }
            answerWhenStored(entry.id)
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
        guard let entry = subscriptions.notified[id] else { return }
        var dialog = entry.dialog
        switch dialog.receive(inbound.request) {
        case .foreign: respond(inbound, 481)
        case .outOfOrder: respond(inbound, 500)
        case .inOrder:
            guard entry.asked == nil else {
                // The one before is not stored yet.
                respond(inbound, 500, extra: [SIPHeaderLine(.retryAfter, "1")])
                return
            }
            entry.dialog = dialog
            // A refresh that says something of types says it for what follows.
            let accepts = AcceptedTypes(inbound.request.headers)
            if !accepts.isEmpty { entry.accepts = accepts }
            let wasThere = entry.machine.isActive || entry.machine.isPending
            // Who may see nothing any more may still end it.
            let policy = policy(of: entry)
            let isBlocked = wasThere && policy == "block" && (try? inbound.request.headers.duration()) != 0
            var actions =
                isBlocked
                ? [.answer(UserAgentServer.Answer(403))] + entry.machine.end(.rejected, now: host.now.monotonic)
                : entry.machine.refresh(inbound.request, now: host.now.monotonic)
            let isOver = wasThere && !isBlocked && !entry.machine.isActive && !entry.machine.isPending
            // Who was let in to see an absence, and is not any more, asks anew as others do.
            if entry.isPolite, policy != "polite-block" {
                actions += entry.machine.end(.deactivated, now: host.now.monotonic)
            }
            entry.asked = Subscriptions.Asked(request: inbound, actions: actions, isFirst: false)
            schedule(entry)
            keep(entry)
            if isBlocked { record(account(of: inbound), code: "policy") }
            if isOver {
                let account = account(of: inbound)
                host.recordPresence("unsubscribe", account, trace: .none, notes: [], isSubscription: true)
                host.presence(.stopped(entry.key, subscription: id, asked: !entry.isPolite))
            }
            answerWhenStored(id)
        }
    }
}
