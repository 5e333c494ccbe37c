import HeapModule

/// Ends of what watchers of the XMPP shore see: of their subscriptions, and of the gateway.
extension PresenceFlow {
    /// Nobody will say when the devices go, so they go now; after the next start they come back with the first state.
    ///
    /// Source: RFC 6121 §4.5.
    mutating func sayGoodbye(_ now: Int64, _ effects: inout [PresenceEffect]) {
        for (key, watch) in outward where watch.shown.contains(where: \.isOpen) {
            hide(key, now, &effects)
            // Of a state that will not change nobody tells again: it comes back from the store.
            if watch.isFinal { put(watch, key, before: outward[key]?.bytes ?? 0) }
            effects.append(.store(key))
        }
    }

    mutating func ended(_ key: WatchKey, _ end: WatchEnd, _ now: Int64, _ effects: inout [PresenceEffect]) {
        guard let watch = outward[key] else { return }
        outward[key]?.isSubscribed = false
        outward[key]?.verifyBy = nil
        guard watch.state != .leaving else { return left(key, &effects) }
        switch end {
        case .final:
            guard watch.state == .approved else { return }
            outward[key]?.isFinal = true
            effects.append(.store(key))
        case .refused:
            if watch.state == .asked { undecided -= 1 }
            hide(key, now, &effects)
            remove(outward: key)
            effects.append(.tell(key, .refused))
            effects.append(.forget(key))
        case .failed(let failure) where watch.state == .asked:
            undecided -= 1
            remove(outward: key)
            effects.append(.tell(key, .failed(request: watch.request, failure)))
            effects.append(.forget(key))
        case .again:
            hide(key, now, &effects)
            effects.append(.store(key))
            if watch.isWanted { retry(key, after: 0, now, &effects) }
        case .later(let seconds):
            hide(key, now, &effects)
            effects.append(.store(key))
            retry(key, after: seconds.map { Int64($0) * 1_000 } ?? pause(key), now, &effects)
        case .failed:
            hide(key, now, &effects)
            effects.append(.store(key))
            retry(key, after: pause(key), now, &effects)
        }
    }

    /// Makes the subscription anew after a while; a presentity that ends it at once again waits ever longer.
    private mutating func retry(_ key: WatchKey, after pause: Int64, _ now: Int64, _ effects: inout [PresenceEffect]) {
        if pause == 0, outward[key]?.pauses == 0 {
            outward[key]?.pauses = 1
            subscribe(key, now, &effects)
            return
        }
        let due = now + max(pause, pause == 0 ? self.pause(key) : 1_000)
        outward[key]?.pauses &+= 1
        outward[key]?.retryAt = due
        timers.insert(Timer(due: due, kind: .retry, key: key))
    }

    private func pause(_ key: WatchKey) -> Int64 {
        min(limits.firstPause << min(Int64(outward[key]?.pauses ?? 0), 16), limits.longestPause)
    }
}
