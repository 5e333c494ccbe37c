/// Knows which stanzas the server has taken, on a stream without acknowledgements.
///
/// A server handles the stanzas of one stream in order, so the answer to a ping proves that everything sent before
/// the ping was taken. One ping is on its way at a time; what is sent meanwhile is covered by the next, so that a
/// busy stream carries one ping for many stanzas.
///
/// Source: XEP-0114 §3, XEP-0199 §4, RFC 6120 §10.1.
public struct PingBarrier<Item: Sendable>: Sendable {
    /// The bounds.
    public struct Limits: Sendable, Equatable {
        /// The most stanzas that may wait for confirmation; the sender pauses at that.
        public var items: Int

        /// Makes limits.
        ///
        /// - Parameter items: the most stanzas that may wait for confirmation, 4096.
        public init(items: Int = 4096) {
            self.items = items
        }
    }

    /// The ping on its way.
    public struct Flight: Sendable, Equatable {
        /// Its number, from 1.
        public let number: UInt64
        /// When it was sent, in nanoseconds of a monotonic clock.
        public let since: UInt64
    }

    /// The bounds.
    public let limits: Limits
    /// The ping on its way; nil when there is none.
    public private(set) var flight: Flight?
    /// Sent before the ping on its way.
    private var covered: [Item] = []
    /// Sent after it.
    private var waiting: [Item] = []
    private var lastNumber: UInt64 = 0

    /// Makes a barrier for a fresh stream.
    ///
    /// - Parameter limits: the bounds.
    public init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// How many stanzas wait for confirmation.
    public var count: Int { covered.count + waiting.count }

    /// True when no stanza may be added before some are confirmed.
    public var isFull: Bool { count >= limits.items }

    /// True when stanzas wait that no ping covers, and none is on its way.
    public var wantsPing: Bool { flight == nil && !waiting.isEmpty }

    /// Remembers a stanza that was written to the stream.
    ///
    /// - Parameter item: what stands for it.
    public mutating func sent(_ item: Item) {
        waiting.append(item)
    }

    /// Begins a ping behind everything sent so far.
    ///
    /// - Parameter now: nanoseconds of a monotonic clock.
    /// - Returns: the number of the ping; nil when one is on its way.
    public mutating func ping(now: UInt64) -> UInt64? {
        guard flight == nil else { return nil }
        lastNumber &+= 1
        flight = Flight(number: lastNumber, since: now)
        covered = waiting
        waiting = []
        return lastNumber
    }

    /// Takes the answer to a ping.
    ///
    /// - Parameter number: the number of the ping.
    /// - Returns: what the server has taken, in the order it was sent; nothing for a ping that is not on its way.
    public mutating func answered(_ number: UInt64) -> [Item] {
        guard flight?.number == number else { return [] }
        flight = nil
        let confirmed = covered
        covered = []
        return confirmed
    }

    /// Ends with the stream.
    ///
    /// - Returns: what nobody confirmed, in the order it was sent; it may have been taken or not.
    public mutating func disconnected() -> [Item] {
        let items = covered + waiting
        flight = nil
        covered = []
        waiting = []
        return items
    }
}
