import HeapModule

/// Watchers of the XMPP shore.
extension PresenceFlow {
    mutating func asked(_ key: WatchKey, _ request: String?, _ now: Int64, _ effects: inout [PresenceEffect]) {
        switch outward[key]?.state {
        // Who asks again while nothing is decided has asked once (RFC 8048 §5.3.1).
        case .asked: return
        case .approved:
            effects.append(.tell(key, .again(request: request)))
            show(key, outward[key]?.shown ?? [], to: nil, &effects)
            resume(key, isWished: true, now, &effects)
        case .leaving:
            outward[key]?.state = .asked
            outward[key]?.request = request
            undecided += 1
            effects.append(.store(key))
            subscribe(key, now, &effects)
        case nil:
            guard hasRoom(for: key) else {
                let report = OutcomeReport(protocolCode: "503", text: "too many subscriptions")
                let failure = Failure(report: report, retry: .backoff(after: nil))
                effects.append(.tell(key, .failed(request: request, failure)))
                return
            }
            insert(OutwardWatch(state: .asked, request: request), key)
            undecided += 1
            effects.append(.store(key))
            subscribe(key, now, &effects)
        }
    }

    mutating func unsubscribed(
        _ key: WatchKey,
        _ request: String?,
        _ now: Int64,
        _ effects: inout [PresenceEffect]
    ) {
        guard let watch = outward[key] else {
            effects.append(.tell(key, .unknown(request: request)))
            return
        }
        guard watch.state != .leaving else { return }
        if watch.state == .asked { undecided -= 1 }
        hide(key, now, &effects)
        outward[key]?.state = .leaving
        outward[key]?.retryAt = nil
        outward[key]?.verifyBy = nil
        effects.append(.store(key))
        if watch.isSubscribed {
            effects.append(.leave(key))
        } else {
            left(key, &effects)
        }
    }

    mutating func left(_ key: WatchKey, _ effects: inout [PresenceEffect]) {
        guard outward[key]?.state == .leaving else { return }
        remove(outward: key)
        effects.append(.tell(key, .refused))
        effects.append(.forget(key))
    }

    mutating func probed(_ key: WatchKey, by device: String, _ now: Int64, _ effects: inout [PresenceEffect]) {
        saw(key, &effects)
        guard let watch = outward[key], watch.state == .approved else {
            effects.append(.fetch(key, by: device))
            return
        }
        show(key, watch.shown, to: device, &effects)
        resume(key, now, &effects)
    }

    /// Shows all open devices, or that none is.
    private func show(_ key: WatchKey, _ parts: [PresencePart], to device: String?, _ effects: inout [PresenceEffect]) {
        let open = parts.filter(\.isOpen)
        let parts = open.isEmpty ? [PresencePart(name: "", isOpen: false, seen: 0)] : open
        effects.append(.show(key, parts, to: device))
    }

    mutating func watcherOnline(
        _ key: WatchKey,
        _ device: String,
        _ isOnline: Bool,
        _ now: Int64,
        _ effects: inout [PresenceEffect]
    ) {
        guard let place = outward.index(forKey: key), outward.values[place].state != .leaving else { return }
        let was = outward.values[place].isWanted
        outward.values[place].say(device, isOnline: isOnline, most: limits.parts)
        let watch = outward.values[place]
        if isOnline { saw(key, &effects) }
        if watch.isWanted {
            if !watch.isSubscribed {
                resume(key, now, &effects)
            } else if !was {
                // It was running out, and is taken up again.
                effects.append(.subscribe(key))
            }
        } else if was, watch.isSubscribed {
            outward[key]?.verifyBy = nil
            effects.append(.rest(key))
        }
    }

    /// Makes the subscription of an approved watch anew when none stands; where the state will not change, only when the
    /// watcher wishes it.
    private mutating func resume(
        _ key: WatchKey,
        isWished: Bool = false,
        _ now: Int64,
        _ effects: inout [PresenceEffect]
    ) {
        guard let watch = outward[key], !watch.isSubscribed, watch.retryAt == nil, isWished || !watch.isFinal else {
            return
        }
        subscribe(key, now, &effects)
    }

    /// Makes a subscription, at once or when the pace allows it.
    mutating func subscribe(_ key: WatchKey, _ now: Int64, _ effects: inout [PresenceEffect]) {
        outward[key]?.isSubscribed = true
        outward[key]?.retryAt = nil
        outward[key]?.verifyBy = nil
        if outward[key]?.isFinal == true {
            outward[key]?.isFinal = false
            effects.append(.store(key))
        }
        if subscriptionQueue.isEmpty, subscriptionPace.take(now: now) {
            begin(key, &effects)
        } else {
            subscriptionQueue.append(key)
        }
    }

    /// A subscription has its turn.
    mutating func begin(_ key: WatchKey, _ effects: inout [PresenceEffect]) {
        guard let watch = outward[key] else { return }
        outward[key]?.isRepairing = false
        switch watch.state {
        case .leaving: effects.append(.leave(key))
        case .asked, .approved: effects.append(watch.isRepairing ? .renew(key) : .subscribe(key))
        }
    }

    mutating func admitted(_ key: WatchKey, _ now: Int64, _ effects: inout [PresenceEffect]) {
        guard var watch = outward[key], watch.state != .leaving else { return }
        watch.pauses = 0
        guard watch.state == .asked else {
            outward[key] = watch
            return
        }
        watch.state = .approved
        undecided -= 1
        outward[key] = watch
        effects.append(.store(key))
        effects.append(.tell(key, .approved))
    }

    /// The devices of the presentity; shown at once, or when the pace allows it.
    mutating func state(
        _ key: WatchKey,
        _ parts: [PresencePart],
        _ now: Int64,
        _ effects: inout [PresenceEffect]
    ) {
        guard var watch = outward[key], watch.state == .approved else { return }
        let before = watch.bytes
        var parts = Array(parts.prefix(limits.parts))
        if bytes + parts.reduce(0, { $0 + $1.content.count }) > limits.bytes {
            effects.append(.overflow(key))
            for index in parts.indices { parts[index].content = [] }
        }
        if watch.held != nil || now - watch.shownAt < limits.pace {
            if watch.held == nil { timers.insert(Timer(due: watch.shownAt + limits.pace, kind: .pace, key: key)) }
            watch.held = parts
            put(watch, key, before: before)
            return
        }
        let news = watch.differences(parts)
        put(watch, key, before: before)
        show(news: news, key, now, &effects)
    }

    /// Puts a changed watch back, and counts its bytes.
    mutating func put(_ watch: OutwardWatch, _ key: WatchKey, before: Int) {
        bytes += watch.bytes - before
        outward[key] = watch
    }

    private mutating func show(news: [PresencePart], _ key: WatchKey, _ now: Int64, _ effects: inout [PresenceEffect]) {
        guard !news.isEmpty else { return }
        outward[key]?.shownAt = now
        effects.append(.show(key, news, to: nil))
        effects.append(.store(key))
    }

    /// What was held for the pace.
    mutating func release(_ key: WatchKey, _ now: Int64, _ effects: inout [PresenceEffect]) {
        guard var watch = outward[key], let parts = watch.held else { return }
        let before = watch.bytes
        watch.held = nil
        let news = watch.differences(parts)
        put(watch, key, before: before)
        show(news: news, key, now, &effects)
    }

    /// Shows that no device can be reached any more.
    ///
    /// Source: RFC 8048 §5.3.3.
    mutating func hide(_ key: WatchKey, _ now: Int64, _ effects: inout [PresenceEffect]) {
        guard var watch = outward[key] else { return }
        let before = watch.bytes
        watch.held = nil
        let news = watch.differences([])
        put(watch, key, before: before)
        if !news.isEmpty { effects.append(.show(key, news, to: nil)) }
    }

    func fetched(_ key: WatchKey, _ parts: [PresencePart]?, by device: String, _ effects: inout [PresenceEffect]) {
        show(key, parts ?? [], to: device, &effects)
    }

    mutating func remove(outward key: WatchKey) {
        guard let watch = outward.removeValue(forKey: key) else { return }
        bytes -= watch.bytes
        uncount(key)
    }
}
