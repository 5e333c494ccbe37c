/// Bounds what strangers can cause in one second.
struct Pace {
    /// Refusals of strangers that are written down in one second.
    static let records = 100
    /// Requests of strangers that are looked at in one second; an answer to each costs as much as it cost them.
    static let requests = 1_000
    private static let second: UInt64 = 1_000_000_000

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
