/// Keeps a sender from being told of failures more than once in a while.
struct TellPace {
    /// Milliseconds between two notices to one sender.
    let pause: Int64
    private var last: [String: Int64] = [:]

    init(pause: Int64) { self.pause = pause }

    mutating func mayTell(_ sender: String, now: Int64) -> Bool {
        if let earlier = last[sender], now - earlier < pause { return false }
        if last.count >= 10_000 { last = last.filter { now - $0.value < pause } }
        guard last.count < 10_000 else { return false }
        last[sender] = now
        return true
    }
}
