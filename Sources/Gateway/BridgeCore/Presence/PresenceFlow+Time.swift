import HeapModule

extension PresenceFlow {
    /// When time alone will have something to do, in Unix milliseconds; nil for never.
    public var deadline: Int64? {
        if !subscriptionQueue.isEmpty || !probeQueue.isEmpty || !showQueue.isEmpty || !verifyQueue.isEmpty {
            return 0
        }
        return [timers.min?.due, announced.earliest.map { $0 + limits.announcedHold }].compactMap { $0 }.min()
    }

    mutating func advance(_ now: Int64, _ effects: inout [PresenceEffect]) {
        while let first = timers.min, first.due <= now {
            timers.removeMin()
            switch first.kind {
            case .fetch: answerFetches(first.key, due: now, &effects)
            case .pace: release(first.key, now, &effects)
            case .failure: forgetFailure(first.key, now)
            case .verify: assumeExistence(first.key, now, &effects)
            case .silence: assumeSilence(first.key, now, &effects)
            case .retry:
                guard let due = outward[first.key]?.retryAt, due <= now else { continue }
                outward[first.key]?.retryAt = nil
                if outward[first.key]?.isWanted == true { subscribe(first.key, now, &effects) }
            }
        }
        forgetAnnounced(now, &effects)
        while let key = subscriptionQueue.first, subscriptionPace.take(now: now) {
            subscriptionQueue.removeFirst()
            if outward[key]?.isSubscribed == true {
                begin(key, &effects)
            } else {
                outward[key]?.isRepairing = false
            }
        }
        while let key = showQueue.first, showPace.take(now: now) {
            showQueue.removeFirst()
            let open = outward[key]?.shown.filter(\.isOpen) ?? []
            if !open.isEmpty { effects.append(.show(key, open, to: nil)) }
        }
        while let key = probeQueue.first, probePace.take(now: now) {
            probeQueue.removeFirst()
            if inward[key]?.isRepairing == true {
                askAgain(key, now, &effects)
            } else if inward[key]?.isCurrent == false {
                probe(key, now, &effects)
            }
        }
        verifyNext(now, &effects)
    }
}
