/// What was seen lately, in two rotating halves: bounded, and without an order to keep.
struct Recent<Key: Hashable, Value> {
    private var current: [Key: Value] = [:]
    private var previous: [Key: Value] = [:]
    private let capacity: Int

    /// Keeps at least half of `capacity` and at most all of it.
    init(capacity: Int) { self.capacity = capacity }

    var isEmpty: Bool { current.isEmpty && previous.isEmpty }

    subscript(key: Key) -> Value? {
        get { current[key] ?? previous[key] }
        set {
            guard let newValue else {
                current[key] = nil
                previous[key] = nil
                return
            }
            if current.count >= capacity / 2, current[key] == nil {
                previous = current
                current = [:]
            }
            current[key] = newValue
        }
    }
}
