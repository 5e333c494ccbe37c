extension Bridge {
    /// Whether so many bytes more may be held; what does not fit is refused as if nothing were ever held.
    func hasRoomToHold(_ offer: Offer) -> Bool {
        held.items < limits.heldItems && held.bytes + offer.cargo.count <= limits.heldBytes
    }

    /// Whether a held item would find room in the queue of its neighbor.
    ///
    /// - Parameters:
    ///   - id: the item.
    ///   - rendition: what it would become.
    /// - Returns: whether it would.
    public func hasRoom(for id: CrossingID, as rendition: Rendition) -> Bool {
        guard let item = items[id], item.state == .held else { return false }
        return !isFull(
            .message,
            hop: rendition.hop,
            pair: Pair(sender: item.offer.sender, recipient: rendition.recipient),
            bytes: rendition.cargo.count
        )
    }

    /// Other tables let a held item cross: it takes its place at the end of its line.
    mutating func release(_ id: CrossingID, as rendition: Rendition, now: Moment, effects: inout [BridgeEffect]) {
        guard let item = items[id], item.state == .held else { return }
        release(item)
        item.offer.holding = nil
        item.offer.recipient = rendition.recipient
        item.offer.hop = rendition.hop
        item.offer.lane = rendition.lane
        item.offer.cargo = rendition.cargo
        item.offer.generation = rendition.generation
        item.offer.ownKey = rendition.ownKey
        item.deadline = rendition.deadline
        if let key = rendition.ownKey { ours.insert(key, id, now: now.wall) }
        hold(item)
        balance.held -= 1
        balance.waiting += 1
        item.state = .waiting
        enqueue(item)
        drain(item, now: now, effects: &effects)
    }

    /// Other tables do not let a held item cross either.
    mutating func hold(_ id: CrossingID, for holding: Holding, facts: [UInt8]) {
        guard let item = items[id], item.state == .held else { return }
        held.bytes += facts.count - item.offer.cargo.facts.count
        item.offer.cargo.facts = facts
        item.offer.holding = holding
    }

    /// A held item is given up, by a person or because its time is over; its sender is told why it was held.
    mutating func drop(_ item: Item, because text: String, effects: inout [BridgeEffect]) {
        guard item.state == .held, let holding = item.offer.holding else { return }
        release(item)
        balance.held -= 1
        balance.failed += 1
        let report = OutcomeReport(protocolCode: holding.code, text: text)
        effects.append(.settle(item, .failed(Failure(report: report, retry: .never))))
    }

    /// What the record says of a held item whose time is over.
    static let heldTooLong = "held until its deadline"
}
