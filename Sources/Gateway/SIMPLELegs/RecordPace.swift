/// Bounds how many refusals of strangers are written down.
struct RecordPace {
    /// Records in one second.
    static let limit = 100
    private static let second: UInt64 = 1_000_000_000

    private var start: UInt64 = 0
    private var count = 0

    /// Counts one more.
    ///
    /// - Parameter now: nanoseconds of a clock that never jumps.
    /// - Returns: whether it may be written.
    mutating func mayRecord(now: UInt64) -> Bool {
        if now &- start >= Self.second {
            start = now
            count = 0
        }
        count += 1
        return count <= Self.limit
    }
}
