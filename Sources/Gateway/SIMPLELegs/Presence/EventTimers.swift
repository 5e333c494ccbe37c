import HeapModule

/// When subscriptions and publications want to be called; a moved time leaves its old one behind, which is passed over.
struct EventTimers {
    private struct Entry: Comparable {
        let deadline: UInt64
        let id: UInt64

        static func < (one: Entry, other: Entry) -> Bool { one.deadline < other.deadline }
    }

    private var heap = Heap<Entry>()
    private var deadlines: [UInt64: UInt64] = [:]

    /// Sets or moves the time of one; nil takes it away.
    mutating func set(_ id: UInt64, to deadline: UInt64?) {
        guard deadlines[id] != deadline else { return }
        deadlines[id] = deadline
        if let deadline { heap.insert(Entry(deadline: deadline, id: id)) }
        // Who moves its time often leaves much behind; that never becomes more than what counts.
        if heap.count > 2 * deadlines.count + Self.slack {
            heap = Heap(deadlines.map { Entry(deadline: $0.value, id: $0.key) })
        }
    }

    /// How many times that do not count any more are kept at most beside as many as do.
    static let slack = 64

    /// How many times are kept, those included that do not count any more.
    var count: Int { heap.count }

    /// The next one whose time has come.
    mutating func next(now: UInt64) -> UInt64? {
        while let first = heap.min, first.deadline <= now {
            heap.removeMin()
            if deadlines[first.id] == first.deadline {
                deadlines[first.id] = nil
                return first.id
            }
        }
        return nil
    }
}
