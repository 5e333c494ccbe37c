import DequeModule

extension Bridge {
    /// Puts a stored item in its line.
    mutating func enqueue(_ item: Item) {
        guard let hop = item.hop else { return }
        if item.offer.lane.isEmpty {
            hop.line.append(item)
        } else {
            let lane = lane(item.offer.lane)
            item.lane = lane
            lane.append(item)
            list(lane, of: hop)
        }
    }

    mutating func lane(_ name: String) -> Lane {
        if let lane = lanes[name] { return lane }
        let lane = Lane(name)
        lanes[name] = lane
        return lane
    }

    /// Puts an item that was on the wire back in front.
    mutating func putBack(_ item: Item) {
        guard let hop = item.hop else { return }
        balance.sent -= 1
        balance.waiting += 1
        item.state = .waiting
        hop.open -= 1
        if let lane = item.lane {
            lane.putBack(item)
            lane.open = nil
            list(lane, of: hop)
        } else {
            hop.line.prepend(item)
        }
    }

    /// Lets a neighbor's lanes know that this one has something to send.
    func list(_ lane: Lane, of hop: Hop) {
        guard lane.open == nil, !lane.listed, lane.hasWaiting else { return }
        lane.listed = true
        hop.ready.append(lane)
    }

    /// Sends what may go to the neighbor of an item.
    mutating func drain(_ item: Item, now: Moment, effects: inout [BridgeEffect]) {
        if let hop = item.hop { drain(hop, now: now, effects: &effects) }
    }

    /// Sends what may go to a neighbor.
    mutating func drain(_ hop: Hop, now: Moment, effects: inout [BridgeEffect]) {
        switch hop.state {
        case .down, .probing: return
        case .held(let until):
            guard until <= now.wall, let item = next(in: hop, now: now) else { return }
            hop.state = .probing(item.id)
            send(item, by: hop, now: now, effects: &effects)
        case .up:
            while hop.open < limits.openPerHop, let item = next(in: hop, now: now) {
                send(item, by: hop, now: now, effects: &effects)
            }
        }
    }

    /// Takes the next item for a neighbor out of its line.
    private mutating func next(in hop: Hop, now: Moment) -> Item? {
        if let first = hop.line.first, first.notBefore <= now.wall { return hop.line.popFirst() }
        for _ in 0..<hop.ready.count {
            guard let lane = hop.ready.popFirst() else { return nil }
            if let item = lane.next(now: now.wall) {
                lane.listed = false
                lane.open = item.id
                return item
            }
            if lane.hasWaiting {
                hop.ready.append(lane)
            } else {
                lanes[lane.name] = nil
            }
        }
        return nil
    }

    private mutating func send(_ item: Item, by hop: Hop, now: Moment, effects: inout [BridgeEffect]) {
        balance.waiting -= 1
        balance.sent += 1
        item.state = .sent
        item.attempts += 1
        hop.open += 1
        guard let first = item.firstSent else {
            item.firstSent = now.wall
            // The time of acceptance stands for the first attempt unless the item had to wait. Towards XMPP the time
            // decides nothing, and who waited for its storing would be overtaken.
            if item.offer.target == .cpim, now.wall - item.accepted > 5_000 { effects.append(.update(item.id)) }
            effects.append(.send(item.id, .first))
            return
        }
        let again = now.wall - first >= limits.sameRequestWindow
        effects.append(.send(item.id, again ? .again : .same))
    }

    mutating func hopUp(_ name: String, now: Moment, effects: inout [BridgeEffect]) {
        let hop = hop(name)
        hop.state = .up
        hop.isLink = links.contains(name)
        hop.faults = 0
        drain(hop, now: now, effects: &effects)
    }

    mutating func hopDown(_ name: String, unconfirmed: [CrossingID]) {
        let hop = hop(name)
        hop.state = .down
        hop.isLink = links.contains(name)
        for id in unconfirmed.reversed() {
            if let item = items[id], item.state == .sent { putBack(item) }
        }
    }

    /// The neighbor failed: hold it, and let one item try it after a pause that doubles.
    mutating func hold(_ hop: Hop, after seconds: UInt32?, now: Moment) {
        guard hop.state != .down else { return }
        // A fault of an item that was already open when the hold began says nothing more.
        if case .held(let until) = hop.state, until > now.wall { return }
        let doubled = limits.firstPause << min(hop.faults, 16)
        hop.faults += 1
        let pause = seconds.map { max(Int64($0) * 1_000, limits.firstPause) } ?? min(doubled, limits.longestPause)
        hop.state = .held(until: now.wall + pause)
    }
}
