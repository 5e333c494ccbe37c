import HeapModule

/// What presentities of the XMPP shore said and what may not hold any more: after a lost link, a restart, a question.
///
/// Each device is in doubt until it speaks, for servers tell of each by a stanza of its own, and of one that went while
/// nobody listened by none. One that stays silent for ``PresenceLimits/silence`` is gone; the others stay.
///
/// Source: RFC 6121 §4.3.2.
extension PresenceFlow {
    /// What a link had said may have changed while it was down: its presentities are asked again, a few at a time.
    ///
    /// Source: RFC 6121 §4.3.
    mutating func linkUp(_ domain: String, _ peer: String?) {
        for (key, watch) in inward where watch.state == .approved && domain == Self.domain(key.watcher) {
            guard Self.isIn(peer, key.presentity) else { continue }
            inward[key]?.doubt()
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
            inward[key]?.doubt()
            awaitWord(key, now)
        }
    }

    /// Devices in doubt have time to speak; one timer waits, however often that begins anew.
    mutating func awaitWord(_ key: WatchKey, _ now: Int64) {
        inward[key]?.doubted = now
        guard inward[key]?.isSilenceTimed == false else { return }
        timeSilence(key, due: now + limits.silence)
    }

    private mutating func timeSilence(_ key: WatchKey, due: Int64) {
        inward[key]?.isSilenceTimed = true
        timers.insert(Timer(due: due, kind: .silence, key: key))
    }

    /// Asks a presentity what it says now; devices that do not answer are not there.
    ///
    /// Only the first question gives them time for that, so that who is asked again and again holds no ghosts.
    mutating func probe(_ key: WatchKey, _ now: Int64, _ effects: inout [PresenceEffect]) {
        effects.append(.probe(key))
        guard let watch = inward[key], watch.state == .approved, !watch.isAsked else { return }
        inward[key]?.isAsked = true
        awaitWord(key, now)
    }

    mutating func assumeSilence(_ key: WatchKey, _ now: Int64, _ effects: inout [PresenceEffect]) {
        inward[key]?.isSilenceTimed = false
        guard var watch = inward[key], watch.state == .approved, !watch.isCurrent, !watch.parts.isEmpty else { return }
        guard watch.doubted + limits.silence <= now else {
            return timeSilence(key, due: watch.doubted + limits.silence)
        }
        // Who waits for its turn to be asked cannot have answered.
        guard !probeQueue.contains(key) else { return timeSilence(key, due: now + limits.silence) }
        let before = watch.bytes
        let isNews = watch.closeSilent(seen: now)
        bytes += watch.bytes - before
        inward[key] = watch
        tell(isNews, key, watch, &effects)
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
