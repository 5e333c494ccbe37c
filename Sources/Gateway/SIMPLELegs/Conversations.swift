import DequeModule

/// Numbers the requests that share a Call-ID.
///
/// RFC 3261 §8.1.1.5 lets the sequence number come from a clock, so that it rises across a restart without being stored.
struct Conversations {
    /// How many conversations are remembered.
    static let capacity = 50_000
    /// 2026-01-01T00:00:00Z; quarter seconds since then stay below 2^31 for 17 years.
    private static let epoch: Int64 = 1_767_225_600_000

    private var last: [String: UInt32] = [:]
    private var order: Deque<String> = []

    /// The number of the next request with this Call-ID.
    mutating func next(_ callID: String, now: Int64) -> UInt32 {
        let clock = UInt32(clamping: max((now - Self.epoch) / 250, 1))
        let number = max(last[callID].map { $0 &+ 1 } ?? 0, clock)
        if last.updateValue(number, forKey: callID) == nil { order.append(callID) }
        if order.count > Self.capacity, let oldest = order.popFirst() { last[oldest] = nil }
        return number
    }
}
