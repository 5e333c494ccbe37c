import DequeModule

/// The items that go to one Request-URI: one open at a time, senders in turn, each sender's items in order.
///
/// An object, which its items name directly.
///
/// Source: RFC 3428 §8.
final class Lane {
    /// The Request-URI.
    let name: String
    /// The one on the wire.
    var open: CrossingID?
    /// Senders with something to send, in turn.
    private var turn: Deque<String> = []
    private var queues: [String: Deque<Item>] = [:]
    /// Whether the neighbor's list of ready lanes names this one.
    var listed = false

    init(_ name: String) { self.name = name }

    var isEmpty: Bool { turn.isEmpty && open == nil }
    var hasWaiting: Bool { !turn.isEmpty }

    func append(_ item: Item) {
        let sender = item.offer.sender
        if queues[sender]?.append(item) == nil {
            queues[sender] = [item]
            turn.append(sender)
        }
    }

    /// Puts an item back in front of its sender's others; the sender keeps its turn.
    func putBack(_ item: Item) {
        let sender = item.offer.sender
        if queues[sender]?.prepend(item) == nil {
            queues[sender] = [item]
            turn.prepend(sender)
        }
    }

    /// Takes the next item of the next sender whose first item may go.
    func next(now: Int64) -> Item? {
        for _ in 0..<turn.count {
            guard let sender = turn.popFirst() else { return nil }
            guard let index = queues.index(forKey: sender), let first = queues.values[index].first,
                first.notBefore <= now
            else {
                turn.append(sender)
                continue
            }
            if queues.values[index].count == 1 {
                queues.remove(at: index)
            } else {
                queues.values[index].removeFirst()
                turn.append(sender)
            }
            return first
        }
        return nil
    }

    func remove(_ item: Item) {
        let sender = item.offer.sender
        guard var queue = queues[sender] else { return }
        queue.removeAll { $0 === item }
        if queue.isEmpty {
            queues[sender] = nil
            turn.removeAll { $0 == sender }
        } else {
            queues[sender] = queue
        }
    }
}
