import XMLStreams

/// Which stanzas of a stream both sides have taken.
///
/// ```
///  ours:    acknowledged │ sent, kept for resending │
///  theirs:  committed, acknowledged when asked │ received, open │
/// ```
///
/// What is acknowledged to the peer is what the ledger has committed, never what has only been read. It differs from
/// the specification's picture in this alone. The value outlives its stream when that may be resumed.
///
/// Source: XEP-0198 §4, §5.
public struct StreamManagement: Sendable, Equatable {
    /// The bounds.
    public struct Limits: Sendable, Equatable {
        /// The most stanzas that may wait for an acknowledgement.
        public var stanzas: Int
        /// The most bytes of them.
        public var bytes: Int
        /// How many stanzas may be sent before one is asked for.
        public var batch: Int
        /// How long the peer may take for any of them, in nanoseconds.
        public var progress: UInt64
        /// How long a broken stream may be resumed, in nanoseconds.
        public var resumption: UInt64

        /// Makes limits.
        ///
        /// - Parameters:
        ///   - stanzas: the most stanzas that may wait, 500.
        ///   - bytes: the most bytes of them, 1 MiB.
        ///   - batch: the stanzas between requests, 50.
        ///   - progress: how long the peer may take, 30 s.
        ///   - resumption: how long a broken stream may be resumed, 5 min.
        public init(
            stanzas: Int = 500,
            bytes: Int = 1_048_576,
            batch: Int = 50,
            progress: UInt64 = 30_000_000_000,
            resumption: UInt64 = 300_000_000_000
        ) {
            self.stanzas = stanzas
            self.bytes = bytes
            self.batch = batch
            self.progress = progress
            self.resumption = resumption
        }
    }

    struct Item: Sendable, Equatable {
        var bytes: [UInt8]
        var token: UInt64?
    }

    /// The domains of the stream; only a stream of the same ones may resume it.
    public let pair: DomainPair
    /// The id under which it may be resumed; nil when it may not be.
    public internal(set) var id: String?
    /// The bounds.
    public let limits: Limits
    /// Sent and not acknowledged, in order.
    private var waiting: [Item] = []
    private var waitingBytes = 0
    /// How many stanzas the peer has acknowledged, as it counts.
    var acknowledged: UInt32 = 0
    /// The number of the last stanza that came before counting began.
    let base: UInt64
    /// The number of the last stanza that came.
    private(set) var received: UInt64
    /// The number of the last one that is committed.
    private(set) var committed: UInt64
    /// What was told last.
    private var told: UInt32 = 0
    /// The number of the last stanza that had come when the peer asked and was told of less; nil when it waits for
    /// nothing.
    private var askedUpTo: UInt64?
    /// Sent since the last request.
    private var unasked = 0
    /// Since when the peer owes an acknowledgement; nil when it owes none.
    private var owedSince: UInt64?

    /// Begins to count.
    ///
    /// - Parameters:
    ///   - pair: the domains of the stream.
    ///   - id: the id under which it may be resumed.
    ///   - arrivals: how many stanzas came before.
    ///   - limits: the bounds.
    init(pair: DomainPair, id: String?, arrivals: UInt64 = 0, limits: Limits) {
        self.pair = pair
        self.id = id
        self.limits = limits
        base = arrivals
        received = arrivals
        committed = arrivals
    }

    /// The tokens of what is not acknowledged, in the order it was sent.
    public var unconfirmed: [UInt64] { waiting.compactMap(\.token) }

    /// How many stanzas wait for an acknowledgement.
    public var count: Int { waiting.count }

    // MARK: Ours

    /// Whether a stanza of this size has to wait until others are acknowledged.
    func isFull(for bytes: Int) -> Bool {
        waiting.count >= limits.stanzas || (waitingBytes + bytes > limits.bytes && !waiting.isEmpty)
    }

    /// Remembers a stanza that was written.
    mutating func sent(_ bytes: [UInt8], token: UInt64?) {
        waiting.append(Item(bytes: bytes, token: token))
        waitingBytes += bytes.count
        unasked += 1
    }

    /// Whether an acknowledgement has to be asked for: behind a batch, and when nothing more may be sent.
    var wantsRequest: Bool {
        owedSince == nil && !waiting.isEmpty && (unasked >= limits.batch || isFull(for: 0))
    }

    /// Whether one may be asked for.
    var mayRequest: Bool { owedSince == nil && !waiting.isEmpty }

    /// An acknowledgement was asked for.
    mutating func requested(now: UInt64) {
        owedSince = now
        unasked = 0
    }

    /// When the peer has to have acknowledged something; nil when it owes nothing.
    var due: UInt64? { owedSince.map { $0.saturated(adding: limits.progress) } }

    /// Takes a count.
    ///
    /// - Returns: the tokens of what it covers.
    /// - Throws: the fault of a count above what was sent.
    ///
    /// Source: XEP-0198 §4, §6.
    mutating func acknowledge(_ handled: UInt32) throws(StreamFault) -> [UInt64] {
        let step = Int(handled &- acknowledged)
        guard step <= waiting.count else {
            let application = XML.Element(
                "handled-count-too-high",
                "urn:xmpp:sm:3",
                ["h": "\(handled)", "send-count": "\(acknowledged &+ UInt32(waiting.count))"]
            )
            throw StreamFault(.undefinedCondition, application: application)
        }
        let covered = waiting[..<step]
        waitingBytes -= covered.reduce(0) { $0 + $1.bytes.count }
        let tokens = covered.compactMap(\.token)
        waiting.removeFirst(step)
        acknowledged = handled
        if waiting.isEmpty {
            owedSince = nil
        } else if step > 0, owedSince != nil {
            // Some progress: what is left gets its time, and is asked for again.
            owedSince = nil
            unasked = max(unasked, limits.batch)
        }
        return tokens
    }

    // MARK: Theirs

    /// A stanza came.
    mutating func arrived() { received &+= 1 }

    /// The ledger has committed what came, up to a number.
    ///
    /// A number above what came counts as the last that came, a lower one than before changes nothing.
    ///
    /// - Parameter number: ``StanzaArrival/number`` of the last stanza that is committed with all before it.
    public mutating func committed(upTo number: UInt64) {
        committed = max(committed, min(number, received))
    }

    /// How many of the peer's stanzas were handled, modulo 2^32.
    var handled: UInt32 { UInt32(truncatingIfNeeded: committed &- base) }

    /// True when more is handled than the peer was told.
    var hasNews: Bool { handled != told }

    /// True when what the peer asked about is committed meanwhile.
    var isOwing: Bool { askedUpTo.map { $0 <= committed } ?? false }

    /// The count that is told: at once, and once more when the rest of what was asked about is committed.
    mutating func tell() -> UInt32 {
        told = handled
        askedUpTo = committed < received ? received : nil
        return told
    }

    // MARK: Resumption

    /// Carries on with another stream.
    ///
    /// - Parameter count: how many stanzas the peer had handled.
    /// - Returns: the tokens of those, and the bytes of the others, to be sent again in order.
    /// - Throws: the fault of a count above what was sent.
    ///
    /// Source: XEP-0198 §5.
    mutating func resume(_ count: UInt32) throws(StreamFault) -> (tokens: [UInt64], again: [[UInt8]]) {
        let tokens = try acknowledge(count)
        // The peer sends again what it was not told of, so those get their numbers once more.
        received = committed
        owedSince = nil
        unasked = waiting.count
        return (tokens, waiting.map(\.bytes))
    }
}
