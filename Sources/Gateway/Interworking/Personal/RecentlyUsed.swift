/// What was put in lately, in two rotating halves: bounded, and without an order to keep.
struct RecentlyUsed<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private var current: [Key: Value] = [:]
    private var previous: [Key: Value] = [:]

    var count: Int { current.count + previous.count }

    subscript(key: Key) -> Value? { current[key] ?? previous[key] }

    mutating func remove(_ key: Key) {
        current[key] = nil
        previous[key] = nil
    }

    /// Keeps at least half of `capacity` and at most all of it.
    mutating func insert(_ value: Value, _ key: Key, capacity: Int) {
        previous[key] = nil
        if current.count >= max(1, capacity / 2), current[key] == nil {
            previous = current
            current = [:]
        }
        current[key] = value
    }
}
