/// Bounds what strangers can cause in one second.
struct Pace {
    /// Refusals of strangers that are written down in one second.
    static let records = 100
    /// Requests of all strangers that are looked at in one second; an answer to each costs as much as it cost them.
    static let requests = 1_000
    /// Requests of one address of a stranger that are looked at in one second.
    static let requestsOfAddress = 10
    static let second: UInt64 = 1_000_000_000

    private let limit: Int
    private var start: UInt64 = 0
    private var count = 0

    init(limit: Int) { self.limit = limit }

    /// Counts one more.
    ///
    /// - Parameter now: nanoseconds of a clock that never jumps.
    /// - Returns: whether it may be.
    mutating func mayPass(now: UInt64) -> Bool {
        if now &- start >= Self.second {
            start = now
            count = 0
        }
        count += 1
        return count <= limit
    }
}

/// Bounds the requests of strangers in one second: those of an address, and those of all.
struct StrangerPace {
    private var all = Pace(limit: Pace.requests)
    /// The requests of each address in this second; no more addresses than all may send requests.
    private var counts: [String: Int] = [:]
    private var start: UInt64 = 0

    /// Counts one more.
    ///
    /// - Parameters:
    ///   - address: where it came from.
    ///   - now: nanoseconds of a clock that never jumps.
    /// - Returns: whether it may be.
    mutating func mayPass(_ address: String, now: UInt64) -> Bool {
        if now &- start >= Pace.second {
            start = now
            counts.removeAll(keepingCapacity: true)
        }
        let count = counts[address] ?? 0
        // What an address has too much of leaves the others their share.
        guard count < Pace.requestsOfAddress, all.mayPass(now: now) else { return false }
        counts[address] = count + 1
        return true
    }
}
