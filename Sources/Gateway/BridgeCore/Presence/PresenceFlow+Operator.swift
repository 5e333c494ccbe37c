/// What operators ask for.
extension PresenceFlow {
    /// Whether there is something to repair: not where nobody looks, so that no subscription stands on purpose.
    ///
    /// - Parameter key: the watch.
    /// - Returns: whether ``PresenceEvent/repair(_:)`` does something about it.
    public func canRepair(_ key: WatchKey) -> Bool {
        if let watch = outward[key] { return watch.isWanted }
        return inward[key].map { $0.state != .none && $0.state != .denied } ?? false
    }

    /// The watches that can be repaired.
    public var repairable: [WatchKey] {
        (Array(outward.keys) + Array(inward.keys)).filter { canRepair($0) }
    }

    /// Subscriptions that wait to be made or renewed, and presentities that wait to be asked.
    public var queued: (subscriptions: Int, probes: Int) { (subscriptionQueue.count, probeQueue.count) }

    /// Asks the presentity's side again, when the pace allows it; one that waits for its turn is asked once.
    mutating func repair(_ key: WatchKey, _ now: Int64, _ effects: inout [PresenceEffect]) {
        guard canRepair(key) else { return }
        if outward[key]?.isRepairing == false {
            outward[key]?.isRepairing = true
            outward[key]?.pauses = 0
            subscribe(key, now, &effects)
        } else if inward[key]?.isRepairing == false {
            inward[key]?.isRepairing = true
            if probeQueue.isEmpty, probePace.take(now: now) {
                askAgain(key, now, &effects)
            } else {
                probeQueue.append(key)
            }
        }
    }

    /// Asks a presentity of the XMPP shore for its state, or once more for its decision.
    mutating func askAgain(_ key: WatchKey, _ now: Int64, _ effects: inout [PresenceEffect]) {
        inward[key]?.isRepairing = false
        if inward[key]?.state.isUndecided == true {
            effects.append(.tell(key, .ask(note: nil, nick: nil)))
        } else {
            inward[key]?.doubt()
            inward[key]?.isAnswerNews = true
            probe(key, now, &effects)
        }
    }

    /// Ends a watch on both shores.
    mutating func dropped(_ key: WatchKey, _ now: Int64, _ effects: inout [PresenceEffect]) {
        if outward[key]?.state == .leaving {
            effects.append(.leave(key))
        } else if outward[key] != nil {
            unsubscribed(key, nil, now, &effects)
        } else if let watch = inward[key], watch.state != .none {
            refuse(key, &effects)
            effects.append(.tell(key, .withdrawn))
        }
    }
}
