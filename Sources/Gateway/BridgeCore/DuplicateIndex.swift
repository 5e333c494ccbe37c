/// Recognizes items that come again within a window, in two rotating halves.
///
/// Keys are 64-bit fingerprints under a secret of the store, so that a stranger cannot make two items collide.
struct DuplicateIndex {
    private var current: [UInt64: CrossingID] = [:]
    private var previous: [UInt64: CrossingID] = [:]
    private var rotated: Int64
    private let window: Int64
    private let capacity: Int

    init(window: Int64, capacity: Int, now: Int64) {
        self.window = window
        self.capacity = capacity
        self.rotated = now
    }

    /// How many keys are kept.
    var count: Int { current.count + previous.count }

    func find(_ key: UInt64) -> CrossingID? { current[key] ?? previous[key] }

    mutating func insert(_ key: UInt64, _ id: CrossingID, now: Int64) {
        rotate(now: now)
        current[key] = id
    }

    mutating func remove(_ key: UInt64) {
        current[key] = nil
        previous[key] = nil
    }

    /// Each half lives one to two windows, and both together never exceed the capacity.
    mutating func rotate(now: Int64) {
        guard now - rotated >= window || current.count >= capacity / 2 else { return }
        previous = current
        current = [:]
        rotated = now
    }
}
