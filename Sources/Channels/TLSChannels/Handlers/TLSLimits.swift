public import NIOCore

/// How long a peer may take, and how much it may ask for.
public struct TLSLimits: Hashable, Sendable {
    /// The whole handshake.
    public var handshake = TimeAmount.seconds(15)
    /// The peer's goodbye after ours.
    ///
    /// Source: RFC 6120 §4.4.
    public var close = TimeAmount.seconds(5)
    /// How many bytes may be written before the handshake is over.
    public var earlyBytes = 1 << 20
    /// How many records with fewer than 64 bytes may come in a second.
    public var smallRecords = 5000
    /// How many handshake messages may move in a minute after the handshake: tickets, changes of keys.
    public var lateMessages = 60

    /// Makes the default limits.
    public init() {}
}

/// Counts what comes against a bound for each span of time.
///
/// The clock is looked at only when the bound is reached.
struct RateBound {
    private let bound: Int
    private let span: TimeAmount
    /// When the current span started, and the count then.
    private var start: NIODeadline
    private var base = 0

    init(_ bound: Int, in span: TimeAmount, from start: NIODeadline) {
        self.bound = bound
        self.span = span
        self.start = start
    }

    /// Whether the count may stand at this moment.
    ///
    /// - Parameters:
    ///   - count: how many have come in all.
    ///   - now: tells the time.
    /// - Returns: false when the bound of the current span is passed.
    mutating func admits(_ count: Int, now: () -> NIODeadline) -> Bool {
        guard count - base > bound else { return true }
        let moment = now()
        guard moment - start >= span else { return false }
        start = moment
        base = count
        return true
    }
}
