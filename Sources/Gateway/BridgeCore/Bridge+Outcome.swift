import DequeModule

extension Bridge {
    mutating func delivered(
        _ id: CrossingID,
        report: OutcomeReport,
        now: Moment,
        effects: inout [BridgeEffect]
    ) {
        guard let item = items[id], item.state == .sent else { return }
        close(item, now: now)
        balance.sent -= 1
        balance.delivered += 1
        effects.append(.settle(item, .delivered(report)))
        if item.isReopenable {
            keepReopenable(item, now: now, effects: &effects)
        } else {
            release(item)
        }
        drain(item, now: now, effects: &effects)
    }

    /// Keeps what a late stanza error needs, without the bodies.
    private mutating func keepReopenable(_ item: Item, now: Moment, effects: inout [BridgeEffect]) {
        countOut(item)
        item.state = .delivered
        item.offer.cargo.source = []
        item.offer.cargo.wire = []
        reopenable.append((item.id, now.wall + limits.reopenWindow))
        if reopenable.count > limits.reopenable, let oldest = reopenable.popFirst() {
            forgetDelivered(oldest.id, effects: &effects)
        }
    }

    /// Its sender hears no more of it.
    mutating func forgetDelivered(_ id: CrossingID, effects: inout [BridgeEffect]) {
        guard let item = items[id], item.state == .delivered else { return }
        items[id] = nil
        effects.append(.forget(item))
    }

    mutating func failed(_ id: CrossingID, _ failure: Failure, now: Moment, effects: inout [BridgeEffect]) {
        guard let item = items[id] else { return }
        switch item.state {
        case .delivered: reopen(item, failure, effects: &effects)
        case .sent: retry(item, failure, now: now, effects: &effects)
        case .committing, .waiting, .withdrawn, .held: return
        }
        drain(item, now: now, effects: &effects)
    }

    private mutating func reopen(_ item: Item, _ failure: Failure, effects: inout [BridgeEffect]) {
        items[item.id] = nil
        balance.delivered -= 1
        balance.failed += 1
        if let token = item.offer.answer, !item.answered {
            forget(item)
            effects.append(.answer(token, item.id, failure))
            effects.append(.settle(item, .answeredWithFailure(failure)))
        } else {
            effects.append(.settle(item, .reopened(failure)))
        }
    }

    private mutating func retry(
        _ item: Item,
        _ failure: Failure,
        now: Moment,
        effects: inout [BridgeEffect]
    ) {
        switch failure.retry {
        case .rendering(let wire, let identity) where item.attempts < limits.attempts:
            let growth = wire.count + identity.count - item.offer.cargo.wire.count - item.offer.cargo.identity.count
            bytes += growth
            item.hop?.bytes += growth
            item.offer.cargo.wire = wire
            item.offer.cargo.identity = identity
            item.firstSent = now.wall
            item.attempts += 1
            succeedProbe(item, now: now)
            effects.append(.update(item.id))
            effects.append(.send(item.id, .first))
        case .backoff(let after) where item.attempts < limits.attempts:
            let pause =
                after.map { Int64($0) * 1_000 } ?? min(limits.firstPause << min(item.attempts, 16), limits.longestPause)
            succeedProbe(item, now: now)
            item.notBefore = now.wall + max(pause, limits.firstPause)
            putBack(item)
        case .hop(let after):
            if let hop = item.hop { hold(hop, after: after, now: now) }
            putBack(item)
        case .never, .backoff, .rendering:
            close(item, now: now)
            conclude(item, failure, effects: &effects)
        }
    }

    private mutating func conclude(_ item: Item, _ failure: Failure, effects: inout [BridgeEffect]) {
        release(item)
        balance.sent -= 1
        balance.failed += 1
        if let token = item.offer.answer, !item.answered {
            forget(item)
            effects.append(.answer(token, item.id, failure))
            effects.append(.settle(item, .answeredWithFailure(failure)))
        } else {
            effects.append(.settle(item, .failed(failure)))
        }
    }

    /// Frees the lane and the neighbor's slot of an item that has its verdict.
    private mutating func close(_ item: Item, now: Moment) {
        guard let hop = item.hop else { return }
        hop.open -= 1
        succeedProbe(item, now: now)
        guard let lane = item.lane else { return }
        lane.open = nil
        if lane.isEmpty { lanes[lane.name] = nil } else { list(lane, of: hop) }
    }

    /// Any answer shows that the neighbor is there.
    private mutating func succeedProbe(_ item: Item, now: Moment) {
        guard let hop = item.hop, hop.state != .up, hop.state != .down else { return }
        hop.state = .up
        hop.faults = 0
    }
}
