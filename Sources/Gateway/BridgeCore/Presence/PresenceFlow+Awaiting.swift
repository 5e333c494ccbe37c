/// Watchers of the CPIM shore who subscribe at a presence server of that shore.
///
/// The server decides for itself whom it lets see, and nothing of SIP tells it what the presentity wants; that takes a
/// document of RFC 5025, which is not carried. So the presentity is asked once for each watcher, and its answer is kept
/// for the day that the watcher subscribes here: an approval as one that came before the request, a refusal as such.
/// What is open and what was refused is kept while the server tells of it, and some time after; where there is no room,
/// who was told of longest ago goes first.
///
/// Source: RFC 3857 §4.7.1, RFC 6121 §3.4.
extension PresenceFlow {
    /// A watcher waits at the presence server for a decision.
    mutating func awaiting(_ key: WatchKey, _ nick: String?, _ now: Int64, _ effects: inout [PresenceEffect]) {
        guard !announced.contains(key) else { return announced.tell(key, now) }
        if let watch = inward[key], watch.state != .none || now < watch.failedUntil { return }
        guard makeRoom(toAnnounce: key, now, &effects) else { return }
        var watch = inward[key] ?? InwardWatch(state: .none)
        watch.state = .announced
        announced.tell(key, now)
        insert(watch, key)
        effects.append(.announced(key))
        effects.append(.store(key))
        effects.append(.tell(key, .ask(note: nil, nick: nick)))
    }

    /// The presentity refuses a watcher of whom the server told: it is not asked for it again.
    ///
    /// - Returns: whether the watch is such a one.
    mutating func denied(_ key: WatchKey, _ effects: inout [PresenceEffect]) -> Bool {
        guard var watch = inward[key], watch.state == .announced else { return false }
        watch.state = .denied
        let isWatched = !watch.subscriptions.isEmpty
        watch.subscriptions = []
        inward[key] = watch
        effects.append(.store(key))
        if isWatched {
            effects.append(.access(key, .ended(reason: "rejected", retryAfter: nil), subscription: nil))
        }
        return true
    }

    /// The server does not tell of a watcher any more: there is no need to know that it was refused.
    mutating func unlisted(_ key: WatchKey, _ effects: inout [PresenceEffect]) {
        if inward[key]?.state == .denied { forgetAnnounced(key, &effects) }
    }

    /// Watchers of whom servers have not told for long.
    mutating func forgetAnnounced(_ now: Int64, _ effects: inout [PresenceEffect]) {
        while let oldest = announced.oldest(), oldest.time + limits.announcedHold <= now {
            forgetAnnounced(oldest.key, &effects)
        }
    }

    /// The watchers of a presentity of whom servers told, who wait or were refused.
    ///
    /// - Parameter presentity: the presentity.
    /// - Returns: the watches, the one that was told of longest ago first.
    public func announced(of presentity: String) -> [WatchKey] { announced.keys(of: presentity) }

    /// Makes room for one more; one that was told of at this moment leaves none.
    private mutating func makeRoom(
        toAnnounce key: WatchKey,
        _ now: Int64,
        _ effects: inout [PresenceEffect]
    ) -> Bool {
        while announced.keys(of: key.presentity).count >= limits.announcedPerPresentity {
            guard let oldest = announced.oldest(of: key.presentity), oldest.time < now else { return false }
            forgetAnnounced(oldest.key, &effects)
        }
        while announced.count >= limits.announced {
            guard let oldest = announced.oldest(), oldest.time < now else { return false }
            forgetAnnounced(oldest.key, &effects)
        }
        return inward[key] != nil || hasWatchRoom(for: key)
    }

    private mutating func forgetAnnounced(_ key: WatchKey, _ effects: inout [PresenceEffect]) {
        announced.remove(key)
        guard var watch = inward[key] else { return }
        end(&watch, key, reason: "giveup", retryAfter: nil, &effects)
    }
}
