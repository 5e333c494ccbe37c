/// What was seen lately, in two rotating halves: bounded, and without an order to keep.
struct Recent<Value> {
    private var current: [String: Value] = [:]
    private var previous: [String: Value] = [:]
    private let capacity: Int

    /// Keeps at least half of `capacity` and at most all of it.
    init(capacity: Int) { self.capacity = capacity }

    subscript(key: String) -> Value? {
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
