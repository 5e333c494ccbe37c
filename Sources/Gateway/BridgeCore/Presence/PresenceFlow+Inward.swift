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

    /// A fetch is answered from what is known, or from what the presentity says when it is asked; without its word while
    /// it is left alone after an error.
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
        let isLeftAlone = watch.state == .none && now < watch.failedUntil
        guard !watch.state.isUndecided, watch.state != .denied, !isLeftAlone,
            inward[key] != nil || hasRoom(for: key)
        else {
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

    /// A subscription of a watcher has ended.
    ///
    /// Once none is left the presentity hears that the watcher departed, unless it watches the watcher itself and sees
    /// devices of it: an `unavailable` from the bare address says that all of them are gone, while they are not.
    ///
    /// Source: RFC 8048 §5.3.3, RFC 6121 §4.5.2.
    mutating func stopped(
        _ key: WatchKey,
        _ subscription: UInt64,
        _ asked: Bool,
        _ effects: inout [PresenceEffect]
    ) {
        guard var watch = inward[key] else { return }
        watch.subscriptions.removeAll { $0 == subscription }
        watch.fetches.removeAll { $0.subscription == subscription }
        if asked, watch.subscriptions.isEmpty, watch.state == .approved, !showsDevices(key.reversed) {
            effects.append(.tell(key, .departed))
        }
        keep(watch, key)
    }

    /// Whether a watcher of the XMPP shore sees a device that can be reached.
    private func showsDevices(_ key: WatchKey) -> Bool {
        outward[key].map { $0.state == .approved && $0.shown.contains(where: \.isOpen) } ?? false
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
        watch.forgetDevices()
        if !watch.subscriptions.isEmpty {
            effects.append(.access(key, .ended(reason: reason, retryAfter: retryAfter), subscription: nil))
        }
        watch.subscriptions = []
        keep(watch, key)
        if wasKnown { effects.append(.forget(key)) }
    }

    mutating func said(_ key: WatchKey, _ part: PresencePart, _ effects: inout [PresenceEffect]) {
        guard part.content.count <= limits.partBytes, let place = inward.index(forKey: key),
            let before = inward.values[place].room(for: part)
        else { return }
        guard bytes - before.replaced + part.content.count <= limits.bytes else {
            effects.append(.overflow(key))
            silent(key, PresencePart(name: "", isOpen: false, seen: part.seen), &effects)
            return
        }
        // Where it lies: a copy would make one of what all devices said.
        let isNews = inward.values[place].say(part, limits: limits)
        let watch = inward.values[place]
        bytes += watch.bytes - before.all
        tell(isNews, key, watch, &effects)
    }

    mutating func silent(_ key: WatchKey, _ part: PresencePart, _ effects: inout [PresenceEffect]) {
        guard var watch = inward[key] else { return }
        let before = watch.bytes
        let isNews = watch.state == .approved && watch.fallSilent(part)
        bytes += watch.bytes - before
        inward[key] = watch
        tell(isNews, key, watch, &effects)
    }

    /// The devices of a presentity have spoken, or are silent for long.
    ///
    /// A fetch is answered when no device is in doubt: the server of a presentity answers a probe with what each device
    /// said, in as many stanzas (RFC 6121 §4.3.2), so that the first of them does not tell of the others.
    ///
    /// - Parameters:
    ///   - isNews: whether what they say has changed.
    ///   - key: the watch.
    ///   - watch: the same as it is kept.
    ///   - effects: takes what has to be done.
    mutating func tell(_ isNews: Bool, _ key: WatchKey, _ watch: InwardWatch, _ effects: inout [PresenceEffect]) {
        if isNews {
            effects.append(.store(key))
            if !watch.subscriptions.isEmpty { effects.append(.changed(key)) }
        }
        guard !watch.fetches.isEmpty, watch.state != .approved || watch.isCurrent else { return }
        answerFetches(key, &effects)
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
}
