import DequeModule

/// Numbers the requests that share a Call-ID.
///
/// RFC 3261 §8.1.1.5 lets the sequence number come from a clock, so that it rises across a restart without being stored.
/// A call with more than four requests a second runs ahead of that clock; how far is reserved in the store before such a
/// number is used, and the next process begins there.
struct Conversations {
    /// How many conversations are remembered.
    static let capacity = 50_000
    /// By how much more than is needed the lead is reserved.
    static let step: UInt32 = 256
    /// 2026-01-01T00:00:00Z; quarter seconds since then stay below 2^31 for 17 years.
    private static let epoch: Int64 = 1_767_225_600_000

    /// By a hash under a key of this process; where two calls share one, a number is passed over.
    private var last: [Int: UInt32] = [:]
    private var order: Deque<Int> = []
    /// How far before the clock an earlier process may have been.
    private let start: UInt32
    /// How far before the clock numbers may be.
    private(set) var reserved: UInt32

    /// Begins with what an earlier process had reserved.
    init(lead: UInt32 = 0) {
        start = lead
        reserved = lead
    }

    /// The number of the next request with this Call-ID.
    ///
    /// When ``reserved`` has grown, it is to be stored before the number is used.
    mutating func next(_ callID: String, now: Int64) -> UInt32 {
        let clock = UInt32(clamping: max((now - Self.epoch) / 250, 1))
        let key = callID.hashValue
        let number = max(last[key].map { $0 &+ 1 } ?? 0, clock &+ start)
        if number &- clock > reserved { reserved = (number &- clock) / Self.step * Self.step + 2 * Self.step }
        if last.updateValue(number, forKey: key) == nil { order.append(key) }
        if order.count > Self.capacity, let oldest = order.popFirst() { last[oldest] = nil }
        return number
    }
}
