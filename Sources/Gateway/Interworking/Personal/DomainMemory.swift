/// What was learned of devices, by the domain that each thing was learned from: where there is no room, the domain with
/// most loses what it taught first, so that no domain takes the places of the others.
struct DomainMemory<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private var values: [Key: Value] = [:]
    /// The keys of each domain, in the order that they came.
    private var order: [Substring: [Key]] = [:]

    var count: Int { values.count }

    subscript(key: Key) -> Value? { values[key] }

    /// Keeps a value; one that was there has its place and another value.
    mutating func insert(_ value: Value, _ key: Key, of domain: Substring, capacity: Int) {
        guard values.updateValue(value, forKey: key) == nil else { return }
        order[domain, default: []].append(key)
        while values.count > max(1, capacity) { loseOne() }
    }

    private mutating func loseOne() {
        guard let largest = order.max(by: { $0.value.count < $1.value.count })?.key,
            let oldest = order[largest]?.removeFirst()
        else { return }
        values[oldest] = nil
        if order[largest]?.isEmpty == true { order[largest] = nil }
    }
}
