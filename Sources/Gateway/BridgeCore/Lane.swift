import DequeModule

/// The items that go to one Request-URI: one open at a time, senders in turn, each sender's items in order.
///
/// Source: RFC 3428 §8.
struct Lane {
    /// The one on the wire.
    var open: CrossingID?
    /// Senders with something to send, in turn.
    private var turn: Deque<String> = []
    private var queues: [String: Deque<CrossingID>] = [:]
    /// Whether the neighbor's list of ready lanes names this one.
    var listed = false

    var isEmpty: Bool { turn.isEmpty && open == nil }
    var hasWaiting: Bool { !turn.isEmpty }

    mutating func append(_ id: CrossingID, sender: String) {
        if queues[sender]?.append(id) == nil {
            queues[sender] = [id]
            turn.append(sender)
        }
    }

    /// Puts an item back in front of its sender's others; the sender keeps its turn.
    mutating func putBack(_ id: CrossingID, sender: String) {
        if queues[sender]?.prepend(id) == nil {
            queues[sender] = [id]
            turn.prepend(sender)
        }
    }

    /// Takes the next item of the next sender whose first item may go.
    mutating func next(where ready: (CrossingID) -> Bool) -> CrossingID? {
        for _ in 0..<turn.count {
            guard let sender = turn.popFirst() else { return nil }
            guard let first = queues[sender]?.first, ready(first) else {
                turn.append(sender)
                continue
            }
            _ = queues[sender]?.popFirst()
            if queues[sender]?.isEmpty == true {
                queues[sender] = nil
            } else {
                turn.append(sender)
            }
            return first
        }
        return nil
    }

    mutating func remove(_ id: CrossingID, sender: String) {
        guard var queue = queues[sender] else { return }
        queue.removeAll { $0 == id }
        if queue.isEmpty {
            queues[sender] = nil
            turn.removeAll { $0 == sender }
        } else {
            queues[sender] = queue
        }
    }
}
