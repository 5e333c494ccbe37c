/// Watchers of the CPIM shore who subscribe at a presence server of that shore.
///
/// The server decides for itself whom it lets see, and nothing of SIP tells it what the presentity wants; that takes a
/// document of RFC 5025, which is not carried. So the presentity is asked once for each watcher, and its answer is kept
/// for the day that the watcher subscribes here: an approval as one that came before the request, a refusal as such.
///
/// Source: RFC 3857 §4.7.1, RFC 6121 §3.4.
extension PresenceFlow {
    /// A watcher waits at the presence server for a decision.
    mutating func awaiting(_ key: WatchKey, _ nick: String?, _ now: Int64, _ effects: inout [PresenceEffect]) {
        var watch = inward[key] ?? InwardWatch(state: .none)
        guard watch.state == .none, now >= watch.failedUntil, hasRoom(for: key) else { return }
        watch.state = .announced
        undecided += 1
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
        undecided -= 1
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
}
