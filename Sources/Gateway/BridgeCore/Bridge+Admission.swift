import DequeModule

extension Bridge {
    /// Decides about an offer: the same again, a loop, no room, or to the store.
    mutating func admit(_ offer: Offer, now: Moment, effects: inout [BridgeEffect]) {
        balance.received += 1
        for key in offer.duplicateKeys {
            if let earlier = duplicates.find(key) {
                // The same answer as the first: not before that is stored.
                guard items[earlier]?.state == .committing else {
                    balance.duplicate += 1
                    effects.append(.repeatAnswer(offer, earlier))
                    return
                }
                guard followers[earlier, default: []].count < limits.followers else {
                    balance.refused += 1
                    effects.append(.refuse(offer, .busy(retryAfter: limits.retryAfter)))
                    return
                }
                balance.duplicate += 1
                followers[earlier, default: []].append(offer)
                return
            }
        }
        if offer.holding != nil, !hasRoomToHold(offer) {
            balance.received -= 1
            effects.append(.refuse(offer, .unheld))
            return
        }
        if let refusal = refusal(of: offer) {
            balance.refused += 1
            effects.append(.refuse(offer, refusal))
            return
        }
        let id = CrossingID(nextID)
        nextID += 1
        for key in offer.duplicateKeys { duplicates.insert(key, id, now: now.wall) }
        if let key = offer.ownKey { ours.insert(key, id, now: now.wall) }
        let item = Item(
            id: id,
            offer: offer,
            state: .committing,
            accepted: now.wall,
            firstSent: nil,
            deadline: min(offer.deadline ?? .max, now.wall + limits.deadline(of: offer)),
            attempts: 0,
            answered: offer.answer == nil
        )
        hold(item)
        balance.committing += 1
        commits.append((item, now.monotonic + limits.commitPatience))
        effects.append(.store(id))
    }

    private func refusal(of offer: Offer) -> Refusal? {
        if isStopping, offer.isRefusable, offer.kind == .message || offer.kind == .receipt { return .stopping }
        if let key = offer.loopKey, ours.find(key) != nil { return .loop }
        if offer.isBarred, offer.isRefusable { return .storage(retryAfter: limits.retryAfter) }
        // What is held has a room of its own.
        if offer.holding != nil { return nil }
        let full =
            isFull(offer.kind, hop: offer.hop, pair: Pair(offer), bytes: offer.cargo.count) || isBeyondShare(offer)
        return full ? .busy(retryAfter: limits.retryAfter) : nil
    }

    /// Whether the queues have no room for an item of so many bytes.
    func isFull(_ kind: ItemKind, hop: String, pair: Pair, bytes count: Int) -> Bool {
        // Errors and notices are the ends of items that had their room, so they may use a reserve.
        let reserve = kind == .message || kind == .receipt ? 1 : 2
        return items.count - reopenable.count - held.items >= limits.items * reserve
            || bytes + count > limits.bytes * reserve
            || (hops[hop]?.items ?? 0) >= limits.itemsPerHop * reserve
            || (pairs[pair]?.count ?? 0) >= limits.itemsPerPair * reserve
    }

    /// Anybody can make the gateway report failures to a server that is never there.
    private func isBeyondShare(_ offer: Offer) -> Bool {
        guard offer.target == .xmpp, offer.kind == .error || offer.kind == .notice, !links.contains(offer.hop),
            let hop = hops[offer.hop]
        else { return false }
        return hop.items >= limits.reportsPerServer || hop.bytes + offer.cargo.count > limits.reportBytesPerServer
    }

    mutating func committed(_ id: CrossingID, now: Moment, effects: inout [BridgeEffect]) {
        guard let item = items[id] else { return }
        // Commits end in order, but for those that came to nothing.
        if commits.first?.item === item { commits.removeFirst() }
        if item.state == .withdrawn {
            release(item)
            effects.append(.settle(item, .withdrawn))
            return
        }
        guard item.state == .committing else { return }
        balance.committing -= 1
        balance.accepted += 1
        if item.offer.holding == nil {
            balance.waiting += 1
            item.state = .waiting
        } else {
            balance.held += 1
            item.state = .held
        }
        if !followers.isEmpty {
            for offer in followers.removeValue(forKey: id) ?? [] { effects.append(.repeatAnswer(offer, id)) }
        }
        if let token = item.offer.answer {
            if let hold = item.offer.answerHold, item.state == .waiting {
                holds.append((id, now.monotonic + hold))
            } else {
                item.answered = true
                effects.append(.acknowledge(token, id))
            }
        }
        guard item.state == .waiting else { return }
        // A message that came too late goes to no neighbor. Receipts of no duration are told at once.
        if item.offer.kind == .message, item.deadline <= now.wall { return expire(item, effects: &effects) }
        enqueue(item)
        drain(item, now: now, effects: &effects)
    }

    mutating func commitFailed(_ id: CrossingID, effects: inout [BridgeEffect]) {
        guard let item = items[id] else { return }
        release(item)
        forget(item)
        guard item.state == .committing else { return }
        // Nobody waits for its commit any more.
        item.state = .withdrawn
        balance.committing -= 1
        refuseForStorage(item, effects: &effects)
    }

    /// Refuses an item that is not stored, and what came again meanwhile, which counted as a duplicate.
    private mutating func refuseForStorage(_ item: Item, effects: inout [BridgeEffect]) {
        let again = followers.removeValue(forKey: item.id) ?? []
        balance.duplicate -= again.count
        balance.refused += 1 + again.count
        for offer in [item.offer] + again {
            effects.append(.refuse(offer, .storage(retryAfter: limits.retryAfter)))
        }
    }

    /// The commit took longer than a source may wait: it hears a refusal, and the row goes when it appears.
    mutating func withdrawLateCommits(now: Moment, effects: inout [BridgeEffect]) {
        while let first = commits.first, first.due <= now.monotonic || first.item.state != .committing {
            commits.removeFirst()
            let item = first.item
            guard item.state == .committing, item.offer.answer != nil else { continue }
            item.state = .withdrawn
            forget(item)
            balance.committing -= 1
            refuseForStorage(item, effects: &effects)
        }
    }

    /// A refused item may come again.
    mutating func forget(_ item: Item) {
        for key in item.offer.duplicateKeys { duplicates.remove(key) }
        if let key = item.offer.ownKey { ours.remove(key) }
    }

    /// Counts an item in.
    mutating func hold(_ item: Item) {
        items[item.id] = item
        firstDeadline = min(firstDeadline, item.deadline)
        if item.offer.holding != nil {
            held.items += 1
            held.bytes += item.offer.cargo.count
            return
        }
        bytes += item.offer.cargo.count
        let pair = open(Pair(item.offer))
        pair.count += 1
        item.pair = pair
        let hop = hop(item.offer.hop)
        hop.items += 1
        hop.bytes += item.offer.cargo.count
        item.hop = hop
    }

    /// The neighbor of this name; one that is not known yet is thought to be there unless it is a link.
    mutating func hop(_ name: String) -> Hop {
        if let hop = hops[name] { return hop }
        let hop = Hop(state: links.contains(name) ? .down : .up)
        hops[name] = hop
        return hop
    }

    private mutating func open(_ pair: Pair) -> OpenItems {
        if let open = pairs[pair] { return open }
        // Each look goes through at least so many as came since the last one.
        if pairs.count >= items.count + OpenItems.mostIdle { pairs = pairs.filter { $0.value.count > 0 } }
        let open = OpenItems()
        pairs[pair] = open
        return open
    }

    /// Counts an item out and forgets it.
    mutating func release(_ item: Item) {
        items[item.id] = nil
        countOut(item)
    }

    /// Counts an item out.
    mutating func countOut(_ item: Item) {
        if item.offer.holding != nil {
            held.items -= 1
            held.bytes -= item.offer.cargo.count
            return
        }
        bytes -= item.offer.cargo.count
        item.pair?.count -= 1
        item.hop?.items -= 1
        item.hop?.bytes -= item.offer.cargo.count
    }
}
