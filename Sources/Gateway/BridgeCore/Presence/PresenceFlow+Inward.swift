import HeapModule

/// Watchers of the CPIM shore.
extension PresenceFlow {
    mutating func watching(
        _ key: WatchKey,
        _ subscription: UInt64,
        _ note: String?,
        _ nick: String?,
        _ now: Int64,
        _ effects: inout [PresenceEffect]
    ) {
        guard hasPlace(for: key) else {
            effects.append(.access(key, .ended(reason: "probation", retryAfter: 300), subscription: subscription))
            return
        }
        var watch = inward[key] ?? InwardWatch(state: .none)
        if !watch.subscriptions.contains(subscription) { watch.subscriptions.append(subscription) }
        switch watch.state {
        case .approved:
            insert(watch, key)
            effects.append(.access(key, .active, subscription: subscription))
            if !watch.isCurrent { probe(key, now, &effects) }
        case .asked, .announced:
            insert(watch, key)
            effects.append(.access(key, .pending, subscription: subscription))
        case .denied:
            effects.append(.access(key, .ended(reason: "rejected", retryAfter: nil), subscription: subscription))
        case .none where now < watch.failedUntil:
            insert(watch, key)
            let wait = Int((watch.failedUntil - now) / 1_000) + 1
            effects.append(.access(key, .ended(reason: "probation", retryAfter: wait), subscription: subscription))
        case .none:
            watch.state = .asked
            undecided += 1
            insert(watch, key)
            effects.append(.store(key))
            effects.append(.access(key, .pending, subscription: subscription))
            effects.append(.tell(key, .ask(note: note, nick: nick)))
        }
    }

    /// A fetch is answered from what is known, or from what the presentity says when it is asked.
    ///
    /// Source: RFC 8048 §7.2, RFC 3859 §3.4.3.
    mutating func fetching(
        _ key: WatchKey,
        _ subscription: UInt64,
        _ now: Int64,
        _ effects: inout [PresenceEffect]
    ) {
        var watch = inward[key] ?? InwardWatch(state: .none)
        if watch.state == .approved, watch.isCurrent, !watch.parts.isEmpty {
            effects.append(.answerFetch(key, subscription: subscription, isNeutral: false))
            return
        }
        // A probe for somebody whom the presentity has not let in is answered `unsubscribed` (RFC 6121 §4.3.2), which
        // would look like the presentity's decision while that is open.
        guard !watch.state.isUndecided, watch.state != .denied, inward[key] != nil || hasRoom(for: key) else {
            effects.append(.answerFetch(key, subscription: subscription, isNeutral: true))
            return
        }
        let isFirst = watch.fetches.isEmpty
        watch.fetches.append((subscription, now + limits.fetchPatience))
        insert(watch, key)
        timers.insert(Timer(due: now + limits.fetchPatience, kind: .fetch, key: key))
        if isFirst { probe(key, now, &effects) }
    }

    /// Answers the fetches that wait; those of a watcher who may not see learn nothing.
    ///
    /// - Parameters:
    ///   - key: the watch.
    ///   - due: only those whose time has come by then; nil for all.
    ///   - effects: takes what has to be done.
    mutating func answerFetches(_ key: WatchKey, due: Int64? = nil, _ effects: inout [PresenceEffect]) {
        guard var watch = inward[key], !watch.fetches.isEmpty else { return }
        let isNeutral = watch.state != .approved
        for fetch in watch.fetches where due.map({ fetch.due <= $0 }) ?? true {
            effects.append(.answerFetch(key, subscription: fetch.subscription, isNeutral: isNeutral))
        }
        watch.fetches.removeAll { fetch in due.map { fetch.due <= $0 } ?? true }
        keep(watch, key)
    }

    mutating func stopped(
        _ key: WatchKey,
        _ subscription: UInt64,
        _ asked: Bool,
        _ effects: inout [PresenceEffect]
    ) {
        guard var watch = inward[key] else { return }
        watch.subscriptions.removeAll { $0 == subscription }
        watch.fetches.removeAll { $0.subscription == subscription }
        if asked, watch.subscriptions.isEmpty, watch.state == .approved { effects.append(.tell(key, .departed)) }
        keep(watch, key)
    }

    mutating func approved(_ key: WatchKey, _ now: Int64, _ effects: inout [PresenceEffect]) {
        guard var watch = inward[key], watch.state.isUndecided || watch.state == .denied else { return }
        if watch.state == .asked { undecided -= 1 }
        announced.remove(key)
        watch.state = .approved
        inward[key] = watch
        effects.append(.store(key))
        effects.append(.access(key, .active, subscription: nil))
    }

    /// Source: RFC 6121 §3.4.
    mutating func preapproved(_ key: WatchKey, _ now: Int64, _ effects: inout [PresenceEffect]) {
        if let watch = inward[key], watch.state != .none { return approved(key, now, &effects) }
        guard inward[key] != nil || hasRoom(for: key) else { return }
        var watch = inward[key] ?? InwardWatch(state: .none)
        watch.state = .approved
        insert(watch, key)
        effects.append(.store(key))
        if !watch.subscriptions.isEmpty { effects.append(.access(key, .active, subscription: nil)) }
    }

    mutating func refused(_ key: WatchKey, _ now: Int64, _ effects: inout [PresenceEffect]) {
        if denied(key, &effects) || inward[key]?.state == .denied { return }
        refuse(key, &effects)
    }

    /// Ends the watch, so that nothing is known of it any more.
    mutating func refuse(_ key: WatchKey, _ effects: inout [PresenceEffect]) {
        guard var watch = inward[key] else { return }
        answerFetches(key, &effects)
        guard let present = inward[key] else { return }
        watch = present
        end(&watch, key, reason: "rejected", retryAfter: nil, &effects)
    }

    /// What was asked of the presentity failed: the watcher is told, and the presentity left alone for a while.
    ///
    /// Source: RFC 6121 §3.1.3, RFC 6665 §4.1.3.
    mutating func askFailed(
        _ key: WatchKey,
        _ reason: String,
        _ retryAfter: Int?,
        _ now: Int64,
        _ effects: inout [PresenceEffect]
    ) {
        // An error about nothing that was asked is none.
        guard let asked = inward[key], asked.state != .denied, asked.state != .none || !asked.fetches.isEmpty else {
            return
        }
        answerFetches(key, &effects)
        var watch = inward[key] ?? InwardWatch(state: .none)
        if inward[key] == nil { insert(watch, key) }
        if watch.failedUntil == 0 {
            timers.insert(Timer(due: now + limits.failedPause, kind: .failure, key: key))
        }
        watch.failedUntil = now + limits.failedPause
        end(&watch, key, reason: reason, retryAfter: retryAfter, &effects)
    }

    mutating func end(
        _ watch: inout InwardWatch,
        _ key: WatchKey,
        reason: String,
        retryAfter: Int?,
        _ effects: inout [PresenceEffect]
    ) {
        if watch.state == .asked { undecided -= 1 }
        announced.remove(key)
        let wasKnown = watch.state != .none
        watch.state = .none
        bytes -= watch.bytes
        watch.parts = []
        watch.isCurrent = false
        if !watch.subscriptions.isEmpty {
            effects.append(.access(key, .ended(reason: reason, retryAfter: retryAfter), subscription: nil))
        }
        watch.subscriptions = []
        keep(watch, key)
        if wasKnown { effects.append(.forget(key)) }
    }

    mutating func said(_ key: WatchKey, _ part: PresencePart, _ effects: inout [PresenceEffect]) {
        guard part.content.count <= limits.partBytes, var watch = inward[key], watch.state == .approved else { return }
        let before = watch.bytes
        guard bytes + part.content.count <= limits.bytes else {
            effects.append(.overflow(key))
            silent(key, PresencePart(name: "", isOpen: false, seen: part.seen), &effects)
            return
        }
        let isNews = watch.say(part, limits: limits)
        bytes += watch.bytes - before
        inward[key] = watch
        tell(isNews, key, &effects)
    }

    mutating func silent(_ key: WatchKey, _ part: PresencePart, _ effects: inout [PresenceEffect]) {
        guard var watch = inward[key] else { return }
        let before = watch.bytes
        let isNews = watch.state == .approved && watch.fallSilent(part)
        bytes += watch.bytes - before
        inward[key] = watch
        tell(isNews, key, &effects)
    }

    private mutating func tell(_ isNews: Bool, _ key: WatchKey, _ effects: inout [PresenceEffect]) {
        if isNews {
            effects.append(.store(key))
            if inward[key]?.subscriptions.isEmpty == false { effects.append(.changed(key)) }
        }
        answerFetches(key, &effects)
    }

    /// What a link had said may have changed while it was down: its presentities are asked again, a few at a time.
    ///
    /// Source: RFC 6121 §4.3.
    mutating func linkUp(_ domain: String, _ peer: String?) {
        for (key, watch) in inward where watch.state == .approved && domain == Self.domain(key.watcher) {
            guard Self.isIn(peer, key.presentity) else { continue }
            inward[key]?.isCurrent = false
            if !watch.subscriptions.isEmpty { probeQueue.append(key) }
        }
        // The server may have forgotten what it was told of our users.
        for (key, watch) in outward where watch.state == .approved && domain == Self.domain(key.presentity) {
            guard Self.isIn(peer, key.watcher) else { continue }
            if watch.shown.contains(where: \.isOpen) { showQueue.append(key) }
        }
    }

    /// What was said before a link went down holds for a while, and then nobody is there.
    mutating func linkDown(_ domain: String, _ peer: String?, _ now: Int64) {
        for (key, watch) in inward where watch.state == .approved && domain == Self.domain(key.watcher) {
            guard Self.isIn(peer, key.presentity) else { continue }
            inward[key]?.isCurrent = false
            doubt(key, now)
        }
    }

    /// What a presentity said holds for a while; one timer waits, however often that is in doubt.
    private mutating func doubt(_ key: WatchKey, _ now: Int64) {
        inward[key]?.doubted = now
        guard inward[key]?.isSilenceTimed == false else { return }
        inward[key]?.isSilenceTimed = true
        timers.insert(Timer(due: now + limits.silence, kind: .silence, key: key))
    }

    /// Asks a presentity what it says now; without an answer nobody is there.
    mutating func probe(_ key: WatchKey, _ now: Int64, _ effects: inout [PresenceEffect]) {
        effects.append(.probe(key))
        if inward[key]?.state == .approved { doubt(key, now) }
    }

    mutating func assumeSilence(_ key: WatchKey, _ now: Int64, _ effects: inout [PresenceEffect]) {
        inward[key]?.isSilenceTimed = false
        guard let watch = inward[key], watch.state == .approved, !watch.isCurrent, !watch.parts.isEmpty else { return }
        guard watch.doubted + limits.silence <= now else {
            inward[key]?.isSilenceTimed = true
            timers.insert(Timer(due: watch.doubted + limits.silence, kind: .silence, key: key))
            return
        }
        silent(key, PresencePart(name: "", isOpen: false, seen: now), &effects)
        inward[key]?.isCurrent = false
    }

    private mutating func keep(_ watch: InwardWatch, _ key: WatchKey) {
        if watch.isNeeded {
            inward[key] = watch
        } else if inward.removeValue(forKey: key) != nil {
            uncount(key)
        }
    }

    mutating func forgetFailure(_ key: WatchKey, _ now: Int64) {
        guard var watch = inward[key], watch.failedUntil > 0 else { return }
        guard watch.failedUntil <= now else {
            timers.insert(Timer(due: watch.failedUntil, kind: .failure, key: key))
            return
        }
        watch.failedUntil = 0
        keep(watch, key)
    }

    private static func isIn(_ peer: String?, _ user: String) -> Bool {
        guard let peer else { return true }
        return peer == domain(user)
    }

    private static func domain(_ jid: String) -> Substring {
        guard let at = jid.utf8.lastIndex(of: UInt8(ascii: "@")) else { return jid[...] }
        return jid[jid.utf8.index(after: at)...]
    }
}
