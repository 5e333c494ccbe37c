import DequeModule

extension Bridge {
    /// Puts a stored item in its line.
    mutating func enqueue(_ id: CrossingID) {
        guard let offer = items[id]?.offer else { return }
        if offer.lane.isEmpty {
            hops[offer.hop]?.line.append(id)
        } else {
            lanes[offer.lane, default: Lane()].append(id, sender: offer.sender)
            list(lane: offer.lane, of: offer.hop)
        }
    }

    /// Puts an item that was on the wire back in front.
    mutating func putBack(_ id: CrossingID) {
        guard let offer = items[id]?.offer else { return }
        balance.sent -= 1
        balance.waiting += 1
        items[id]?.state = .waiting
        hops[offer.hop]?.open -= 1
        if offer.lane.isEmpty {
            hops[offer.hop]?.line.prepend(id)
        } else {
            lanes[offer.lane, default: Lane()].putBack(id, sender: offer.sender)
            lanes[offer.lane]?.open = nil
            list(lane: offer.lane, of: offer.hop)
        }
    }

    /// Lets a neighbor's lanes know that this one has something to send.
    mutating func list(lane: String, of hop: String) {
        guard lanes[lane]?.open == nil, lanes[lane]?.listed == false, lanes[lane]?.hasWaiting == true else { return }
        lanes[lane]?.listed = true
        hops[hop]?.ready.append(lane)
    }

    /// Sends what may go to a neighbor.
    mutating func drain(_ name: String, now: Moment, effects: inout [BridgeEffect]) {
        guard let hop = hops[name] else { return }
        switch hop.state {
        case .down, .probing: return
        case .held(let until):
            guard until <= now.wall, let id = next(in: name, now: now) else { return }
            hops[name]?.state = .probing(id)
            send(id, now: now, effects: &effects)
        case .up:
            while let open = hops[name]?.open, open < limits.openPerHop, let id = next(in: name, now: now) {
                send(id, now: now, effects: &effects)
            }
        }
    }

    /// Takes the next item for a neighbor out of its line.
    private mutating func next(in name: String, now: Moment) -> CrossingID? {
        if let first = hops[name]?.line.first, (items[first]?.notBefore ?? 0) <= now.wall {
            return hops[name]?.line.popFirst()
        }
        for _ in 0..<(hops[name]?.ready.count ?? 0) {
            guard let lane = hops[name]?.ready.popFirst() else { return nil }
            let items = self.items
            if let id = lanes[lane]?.next(where: { (items[$0]?.notBefore ?? 0) <= now.wall }) {
                lanes[lane]?.listed = false
                lanes[lane]?.open = id
                return id
            }
            if lanes[lane]?.hasWaiting == true {
                hops[name]?.ready.append(lane)
            } else {
                lanes[lane] = nil
            }
        }
        return nil
    }

    private mutating func send(_ id: CrossingID, now: Moment, effects: inout [BridgeEffect]) {
        guard let item = items[id] else { return }
        balance.waiting -= 1
        balance.sent += 1
        items[id]?.state = .sent
        items[id]?.attempts += 1
        hops[item.offer.hop]?.open += 1
        guard let first = item.firstSent else {
            items[id]?.firstSent = now.wall
            // The time of acceptance stands for the first attempt unless the item had to wait.
            if now.wall - item.accepted > 5_000 { effects.append(.update(id)) }
            effects.append(.send(id, .first))
            return
        }
        let again = now.wall - first >= limits.sameRequestWindow
        effects.append(.send(id, again ? .again : .same))
    }

    mutating func hopUp(_ name: String, now: Moment, effects: inout [BridgeEffect]) {
        hops[name, default: Hop(state: .up)].state = .up
        hops[name]?.isLink = true
        hops[name]?.faults = 0
        drain(name, now: now, effects: &effects)
    }

    mutating func hopDown(_ name: String, unconfirmed: [CrossingID]) {
        hops[name, default: Hop(state: .down)].state = .down
        hops[name]?.isLink = true
        for id in unconfirmed.reversed() where items[id]?.state == .sent { putBack(id) }
    }

    /// The neighbor failed: hold it, and let one item try it after a pause that doubles.
    mutating func holdHop(_ name: String, after seconds: UInt32?, now: Moment) {
        guard var hop = hops[name], hop.state != .down else { return }
        // A fault of an item that was already open when the hold began says nothing more.
        if case .held(let until) = hop.state, until > now.wall { return }
        let doubled = limits.firstPause << min(hop.faults, 16)
        hop.faults += 1
        let pause = seconds.map { max(Int64($0) * 1_000, limits.firstPause) } ?? min(doubled, limits.longestPause)
        hop.state = .held(until: now.wall + pause)
        hops[name] = hop
    }
}
