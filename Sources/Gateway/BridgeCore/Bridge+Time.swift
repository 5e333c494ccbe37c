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
        dropIdleHops()
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
        let late = items.values.filter { $0.state == .waiting && $0.deadline <= now.wall }.sorted { $0.id < $1.id }
        for item in late {
            if let lane = item.lane { lane.remove(item) } else { item.hop?.line.removeAll { $0 === item } }
            release(item)
            balance.waiting -= 1
            balance.expired += 1
            effects.append(.settle(item, .expired))
        }
    }

    /// A neighbor that is up and has nothing is not worth remembering.
    private mutating func dropIdleHops() {
        for (name, hop) in hops where !hop.isLink && hop.items == 0 && hop.state == .up {
            if hop.ready.isEmpty && hop.line.isEmpty { hops[name] = nil }
        }
    }
}
