import Addressing
import BridgeCore
import Interworking
import Logging
import MappingTables
import SIPMessages
import SIPTransactions

/// Who subscribes at a presence server to what the gateway publishes there.
///
/// While the presence of a user is published, the gateway subscribes to `presence.winfo` of that user, with the same
/// machine and at the same pace as to presence. It keeps no such subscription over a restart: the one before runs out,
/// and another is made for each publication that is taken up.
///
/// Source: RFC 3857 §4, RFC 3858 §4.
extension SIMPLELeg {
    static let watchers = "application/watcherinfo+xml"
    static let watcherPackage = "presence.winfo"
    /// How long after a failure that may pass the next try is, in seconds.
    static let watcherPause: UInt32 = 600

    // MARK: Begin and end

    /// Asks who watches a user who is published, where the route wants it.
    ///
    /// - Parameters:
    ///   - id: the publication.
    ///   - isTurn: whether it has waited for its turn.
    func watchWatchers(of id: UInt64, isTurn: Bool = false) {
        guard let publication = publications.all[id], publication.watchers == nil, !publication.isUnwatched,
            !publication.parts.isEmpty,
            wantsWatchers(publication.name.domain)
        else { return }
        let now = host.now.monotonic
        // Those of users who are gone take places until their ends are answered.
        guard publications.watchers.count < settings.publications else {
            publications.all[id]?.watchAt = now &+ UInt64(Self.watcherPause) * 1_000_000_000
            return
        }
        let own = subscriptions.freshID()
        let event = SIPEvent(Self.watcherPackage)
        var entry = WatcherSubscription(
            publication: id,
            machine: SubscriberState(event: event, expires: settings.subscriptionSeconds)
        )
        publications.all[id]?.watchers = own
        let turn = isTurn ? now : turnOfWatchers()
        if turn > now {
            entry.machine.retry(at: turn)
            publications.watchers[own] = entry
            schedule(watchers: own)
        } else {
            publications.watchers[own] = entry
            run(publications.watchers[own]?.machine.start(now: now) ?? [], watchers: own)
        }
    }

    /// When the next subscription to watchers may be made.
    func turnOfWatchers() -> UInt64 {
        publications.nextWatchers = max(host.now.monotonic, publications.nextWatchers &+ settings.subscriptionPace)
        return publications.nextWatchers
    }

    /// The user is not published any more.
    func leaveWatchers(of publication: Publication) {
        guard let own = publication.watchers else { return }
        publications.watchers[own]?.last = publication
        run(publications.watchers[own]?.machine.unsubscribe(now: host.now.monotonic) ?? [], watchers: own)
    }

    private func wantsWatchers(_ domain: String) -> Bool {
        host.generation.route(peer: domain).switches.isSet(.watcherInformation, "on")
    }

    // MARK: What the machine asks for

    private func run(
        _ actions: [SubscriberState.Action],
        watchers id: UInt64,
        notify inbound: InboundRequest? = nil
    ) {
        for action in actions {
            guard publications.watchers[id] != nil else { return }
            switch action {
            case .send(let subscribe): send(subscribe, watchers: id)
            case .answer(let answer):
                guard let inbound else { continue }
                if answer.status < 300 { answerWhenStored(inbound) } else { refuse(inbound, answer) }
            case .state(.active, _, true): read(inbound, id)
            case .state, .unsubscribed: break
            case .terminated(let reason, let retryAfter, let hasBody):
                if hasBody { read(inbound, id) }
                let isFinal = [.rejected, .noResource].contains(reason)
                rest(id, isFinal: isFinal, retryAfter, code: "watcherinfo-" + (reason?.name ?? "terminated"), least: 60)
            case .failed(.refused(let status, let retryAfter), _):
                // What the server does not know, or does not tell, it will not tell later.
                let isFinal = [403, 404, 405, 406, 489, 501, 603, 604].contains(status)
                rest(id, isFinal: isFinal, retryAfter, code: "watcherinfo-\(status)")
            case .failed: rest(id, isFinal: false, nil, code: "watcherinfo-timeout")
            case .ended: drop(watchers: id)
            }
        }
        schedule(watchers: id)
    }

    /// Asks again later, or not while this publication lasts.
    private func rest(
        _ id: UInt64,
        isFinal: Bool,
        _ retryAfter: UInt32?,
        code: String,
        least: UInt32 = watcherPause
    ) {
        guard let entry = publications.watchers[id] else { return }
        if isFinal {
            publications.all[entry.publication]?.isUnwatched = true
            if let publication = publications.all[entry.publication] {
                record(account(of: publication), code: code)
            }
            run(publications.watchers[id]?.machine.stop() ?? [], watchers: id)
        } else {
            let pause = UInt64(max(retryAfter ?? 0, least)) * 1_000_000_000
            publications.watchers[id]?.order = WatcherOrder()
            publications.watchers[id]?.machine.retry(at: host.now.monotonic &+ pause)
        }
    }

    private func send(_ subscribe: SubscriberState.Subscribe, watchers id: UInt64) {
        guard let publication = publications.watchers[id].flatMap({ publications.all[$0.publication] ?? $0.last }),
            let route = settings.routes[publication.name.domain], let ends = ends(of: key(of: publication))
        else {
            finished(watchers: id, subscribe.attempt, .transportError(wasSent: false))
            return
        }
        var request: OutgoingEvent?
        switch subscribe.place {
        case .fresh(let sequence):
            forgetRequest(of: id)
            let (callID, tag) = (freshCallID(), host.freshToken())
            publications.watchers[id]?.callID = callID
            publications.watchers[id]?.localTag = tag
            publications.watchers[id]?.order = WatcherOrder()
            let key = DialogKey(callID: callID, localTag: tag, remoteTag: nil)
            publications.watchers[id]?.requestKey = key
            subscriptions.byRequest[key] = id
            request = initial(id, sequence, ends.user.uri.description, route)
        case .again(let sequence): request = initial(id, sequence, ends.user.uri.description, route)
        case .dialog(let dialog): request = outgoing(dialog, domain: publication.name.domain)
        }
        guard var request else {
            finished(watchers: id, subscribe.attempt, .transportError(wasSent: false))
            return
        }
        request.builder.add(contact(for: publication.name.domain))
        request.builder.add(SIPHeaderLine(.event, Self.watcherPackage))
        request.builder.add(SIPHeaderLine(.accept, Self.watchers))
        request.builder.add(SIPHeaderLine(.expires, String(subscribe.expires)))
        subscriptions.attempts[id] = subscribe.attempt
        send(request.builder.message(), request, method: .subscribe, for: id)
    }

    private func initial(
        _ id: UInt64,
        _ sequence: UInt32,
        _ uri: String,
        _ route: SIMPLELegSettings.Route
    ) -> OutgoingEvent? {
        guard let entry = publications.watchers[id] else { return nil }
        return outgoing(
            .subscribe,
            from: uri,
            to: uri,
            tag: entry.localTag,
            callID: entry.callID,
            sequence,
            by: route
        )
    }

    // MARK: NOTIFY

    /// A NOTIFY about watchers.
    func notified(watchers id: UInt64, _ inbound: InboundRequest) {
        run(
            publications.watchers[id]?.machine.notified(inbound.request, now: host.now.monotonic) ?? [],
            watchers: id,
            notify: inbound
        )
    }

    /// Asks the user about the watchers who wait.
    private func read(_ inbound: InboundRequest?, _ id: UInt64) {
        guard let inbound, let entry = publications.watchers[id], let publication = publications.all[entry.publication],
            let ends = ends(of: key(of: publication))
        else { return }
        var facts = ends.facts
        facts.peer.authenticatedDomains = trusted.domains(of: inbound.flow.remoteAddress)
        let body = PresenceBody(
            type: inbound.request.headers.text(.contentType) ?? "",
            bytes: Array(inbound.request.body)
        )
        let translated = PresenceTranslator(generation: host.generation)
            .watchers(in: body, of: ends.user, by: ends.contact, facts: facts)
        guard let reading = translated.value else {
            record(account(of: inbound), code: translated.refusal?.auditCode ?? "watcherinfo")
            return
        }
        switch publications.watchers[id]?.order.take(reading.version, isFull: reading.isFull) {
        case .outdated, nil: return
        case .gap:
            if !entry.isWholeAsked { publications.watchers[id]?.isWholeWanted = true }
        case .taken: break
        }
        if reading.isFull { publications.watchers[id]?.isWholeAsked = false }
        tell(reading, of: publication.name, by: facts.peer.authenticatedDomains ?? [])
    }

    /// Tells who waits, those first of whom it was told before, so that nobody has to go for who is there as well.
    private func tell(_ reading: WatcherReading, of name: Publications.Name, by domains: [String]) {
        let user = name.user
        let switches = host.generation.route(peer: name.domain).switches
        let known = host.announcedWatchers(of: user)
        let requests = reading.waiting.filter { settings.routes[$0.contact.uri.userDomain] != nil }.map {
            (key: WatchKey(watcher: $0.contact.key, presentity: user, target: .xmpp), nick: $0.nick)
        }
        let isBlocked = { (key: WatchKey) in switches.policy(of: key.watcher) == "block" }
        for request in requests where known.contains(request.key) && !isBlocked(request.key) {
            host.presence(.awaiting(request.key, nick: request.nick))
        }
        for request in requests where !known.contains(request.key) && !isBlocked(request.key) {
            host.presence(.awaiting(request.key, nick: request.nick))
        }
        guard reading.isFull else { return }
        let listed = Set(requests.map(\.key))
        for key in known where !listed.contains(key) {
            guard let jid = try? BareJID(key.watcher), domains.contains(domain(of: jid)) else { continue }
            host.presence(.unlisted(key))
        }
    }

    // MARK: Time

    /// A SUBSCRIBE to watchers came to its end.
    func finished(watchers id: UInt64, _ attempt: UInt32, _ outcome: ClientOutcome) {
        run(
            publications.watchers[id]?.machine.finished(attempt, with: outcome, now: host.now.monotonic) ?? [],
            watchers: id
        )
    }

    /// The time of a subscription to watchers has come.
    func watcherTimer(_ id: UInt64) {
        guard let entry = publications.watchers[id] else { return }
        let now = host.now.monotonic
        if let publication = publications.all[entry.publication], !wantsWatchers(publication.name.domain) {
            publications.all[entry.publication]?.watchers = nil
            publications.watchers[id]?.last = publication
            run(publications.watchers[id]?.machine.unsubscribe(now: now) ?? [], watchers: id)
        }
        run(publications.watchers[id]?.machine.timerFired(now: now) ?? [], watchers: id)
    }

    private func schedule(watchers id: UInt64) {
        guard let entry = publications.watchers[id] else { return }
        if entry.isWholeWanted, entry.machine.phase == .active {
            // What is asked for the whole answers with it (RFC 3857 §4.3).
            publications.watchers[id]?.isWholeWanted = false
            publications.watchers[id]?.isWholeAsked = true
            let actions = publications.watchers[id]?.machine.refresh(now: host.now.monotonic) ?? []
            if !actions.isEmpty { return run(actions, watchers: id) }
        }
        subscriptions.timers.set(id, to: publications.watchers[id]?.machine.deadline)
    }

    private func forgetRequest(of id: UInt64) {
        if let key = publications.watchers[id]?.requestKey { subscriptions.byRequest[key] = nil }
    }

    private func drop(watchers id: UInt64) {
        forgetRequest(of: id)
        guard let entry = publications.watchers.removeValue(forKey: id) else { return }
        if publications.all[entry.publication]?.watchers == id { publications.all[entry.publication]?.watchers = nil }
        subscriptions.timers.set(id, to: nil)
        subscriptions.attempts[id] = nil
    }
}
