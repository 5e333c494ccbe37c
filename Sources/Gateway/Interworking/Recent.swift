/// What was put in lately, in two rotating halves: bounded, and without an order to keep.
public struct Recent<Key: Hashable, Value> {
    private var current: [Key: Value] = [:]
    private var previous: [Key: Value] = [:]
    private let capacity: Int

    /// Keeps nothing yet.
    ///
    /// - Parameter capacity: as many entries are kept at most, and the last half as many always; at least 2.
    public init(capacity: Int) { self.capacity = capacity }

    /// Whether nothing is kept.
    public var isEmpty: Bool { current.isEmpty && previous.isEmpty }

    /// The value of a key, while it is kept; nil removes it.
    public subscript(key: Key) -> Value? {
        get { current[key] ?? previous[key] }
        set {
            guard let newValue else {
                current[key] = nil
                previous[key] = nil
                return
            }
            if current.count >= max(1, capacity / 2), current[key] == nil {
                previous = current
                current = [:]
            }
            current[key] = newValue
        }
    }
}

extension Recent: Sendable where Key: Sendable, Value: Sendable {}
