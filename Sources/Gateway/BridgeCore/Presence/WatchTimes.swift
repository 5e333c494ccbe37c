import HeapModule

/// Times of watches, the earliest first; of two that are the same, the one that was set first.
///
/// A moved time leaves its old one behind, which is passed over.
struct WatchTimes {
    private struct Entry: Comparable {
        let time: Int64
        let serial: UInt64
        let key: WatchKey

        static func < (one: Entry, other: Entry) -> Bool { (one.time, one.serial) < (other.time, other.serial) }
        static func == (one: Entry, other: Entry) -> Bool { one.serial == other.serial }
    }

    private var heap = Heap<Entry>()
    private var times: [WatchKey: Entry] = [:]
    private var serial: UInt64 = 0

    /// How many watches have a time.
    var count: Int { times.count }

    /// How many times are kept, those included that do not count any more.
    var kept: Int { heap.count }

    /// The time of a watch; nil for none.
    subscript(key: WatchKey) -> Int64? { times[key]?.time }

    /// No time that counts is earlier than this; nil for never.
    var earliest: Int64? { heap.min?.time }

    /// Sets or moves the time of a watch; nil takes it away.
    mutating func set(_ key: WatchKey, to time: Int64?) {
        guard let time else {
            times[key] = nil
            return tidy()
        }
        serial += 1
        let entry = Entry(time: time, serial: serial, key: key)
        times[key] = entry
        heap.insert(entry)
        tidy()
    }

    /// The watch with the earliest time.
    mutating func first() -> (key: WatchKey, time: Int64)? {
        while let first = heap.min {
            if times[first.key] == first { return (first.key, first.time) }
            heap.removeMin()
        }
        return nil
    }

    /// How many times that do not count any more are kept at most beside as many as do.
    static let slack = 64

    private mutating func tidy() {
        if heap.count > 2 * times.count + Self.slack { heap = Heap(Array(times.values)) }
    }
}
