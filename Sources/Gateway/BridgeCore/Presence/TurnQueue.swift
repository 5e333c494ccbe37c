import DequeModule

/// Watches that wait for their turn, each once however often it asks.
struct TurnQueue {
    private var order: Deque<WatchKey> = []
    private var listed: Set<WatchKey> = []

    var isEmpty: Bool { order.isEmpty }
    var count: Int { order.count }
    var first: WatchKey? { order.first }

    /// Whether a watch waits.
    func contains(_ key: WatchKey) -> Bool { listed.contains(key) }

    mutating func append(_ key: WatchKey) {
        if listed.insert(key).inserted { order.append(key) }
    }

    mutating func removeFirst() {
        if let key = order.popFirst() { listed.remove(key) }
    }
}
