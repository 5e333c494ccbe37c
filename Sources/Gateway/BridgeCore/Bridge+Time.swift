import DequeModule

extension Bridge {
    /// Carries out what time alone decides.
    mutating func advance(now: Moment, effects: inout [BridgeEffect]) {
        withdrawLateCommits(now: now, effects: &effects)
        releaseHeldAnswers(now: now, effects: &effects)
        while let first = reopenable.first, first.due <= now.wall {
            reopenable.removeFirst()
            forgetDelivered(first.id, effects: &effects)
        }
        duplicates.rotate(now: now.wall)
        ours.rotate(now: now.wall)
        for hop in hops.values { drain(hop, now: now, effects: &effects) }
        guard now.wall - lastSweep >= 1_000 else { return }
        lastSweep = now.wall
        expire(now: now, effects: &effects)
        dropIdleHops(now: now.wall)
    }

    private mutating func releaseHeldAnswers(now: Moment, effects: inout [BridgeEffect]) {
        while let first = holds.first, first.due <= now.monotonic {
            holds.removeFirst()
            guard let item = items[first.id], !item.answered, let token = item.offer.answer else { continue }
            item.answered = true
            effects.append(.acknowledge(token, first.id))
        }
    }

    /// Ends what waited too long; what is on the wire keeps its chance of a verdict.
    private mutating func expire(now: Moment, effects: inout [BridgeEffect]) {
        // Delivered items are many and are kept for long: all are looked at only when one of the others may have ended.
        guard firstDeadline <= now.wall else { return }
        defer { firstDeadline = items.values.lazy.filter { $0.state != .delivered }.map(\.deadline).min() ?? .max }
        let late = items.values.filter { $0.state == .waiting && $0.deadline <= now.wall }.sorted { $0.id < $1.id }
        for item in late {
            if let lane = item.lane { lane.remove(item) } else { item.hop?.line.removeAll { $0 === item } }
            expire(item, effects: &effects)
        }
        guard held.items > 0 else { return }
        let kept = items.values.filter { $0.state == .held && $0.deadline <= now.wall }.sorted { $0.id < $1.id }
        for item in kept { drop(item, because: Self.heldTooLong, effects: &effects) }
    }

    /// Ends an item that waits in no line; whoever still waits for its answer hears that it was stored.
    ///
    /// Source: RFC 3428 §7.
    mutating func expire(_ item: Item, effects: inout [BridgeEffect]) {
        release(item)
        balance.waiting -= 1
        balance.expired += 1
        if let token = item.offer.answer, !item.answered {
            item.answered = true
            effects.append(.acknowledge(token, item.id))
        }
        effects.append(.settle(item, .expired))
    }

    /// A neighbor that has nothing is not worth remembering, nor is a fault whose pause is over.
    private mutating func dropIdleHops(now: Int64) {
        for (name, hop) in hops where !hop.isLink && hop.items == 0 && hop.ready.isEmpty && hop.line.isEmpty {
            switch hop.state {
            case .up: hops[name] = nil
            case .held(let until) where until <= now: hops[name] = nil
            case .held, .probing, .down: break
            }
        }
    }
}
