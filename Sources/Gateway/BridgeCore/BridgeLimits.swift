/// Bounds of the bridge; each can be set in the configuration.
public struct BridgeLimits: Sendable, Equatable {
    /// Items on their way in all.
    public var items = 100_000
    /// Bytes of items on their way in all.
    public var bytes = 64 << 20
    /// Items waiting for one neighbor.
    public var itemsPerHop = 50_000
    /// Items waiting between one pair of addresses.
    public var itemsPerPair = 5_000
    /// Reports of failures that wait for one server of strangers, so that one that nobody reaches leaves room to others.
    public var reportsPerServer = 5_000
    /// Bytes of what waits for one server of strangers before it gets no further report.
    public var reportBytesPerServer = 8 << 20
    /// Open requests to one neighbor.
    public var openPerHop = 2_000
    /// How long an item may wait before it fails and its sender is told, in milliseconds.
    public var deadline: Int64 = 24 * 3_600_000
    /// How long a receipt may wait before it is given up, in milliseconds.
    public var receiptDeadline: Int64 = 24 * 3_600_000
    /// Items that are held in all.
    public var heldItems = 10_000
    /// Bytes of items that are held in all.
    public var heldBytes = 64 << 20
    /// How long an item is held before it fails and its sender is told, in milliseconds.
    public var heldDeadline: Int64 = 24 * 3_600_000
    /// How long the source waits for a commit, in nanoseconds; under T1 (RFC 4320 §4.2).
    public var commitPatience: UInt64 = 400_000_000
    /// How often one item may come again while the first is handed to the store.
    public var followers = 8
    /// How long a duplicate is recognized, in milliseconds.
    public var duplicateWindow: Int64 = 600_000
    /// How many duplicate keys are kept.
    public var duplicateKeys = 1_000_000
    /// How long a content is recognized as one of ours that came back, in milliseconds.
    public var loopWindow: Int64 = 10_000
    /// How long a delivered item can be reopened by a late error, in milliseconds.
    public var reopenWindow: Int64 = 30_000
    /// How many delivered items are kept for that.
    public var reopenable = 20_000
    /// How long the same bytes may go again (64*T1, RFC 3261 §17.1.2.2), in milliseconds.
    public var sameRequestWindow: Int64 = 32_000
    /// The first pause after a fault of a neighbor, in milliseconds; doubles up to `longestPause`.
    public var firstPause: Int64 = 1_000
    /// The longest pause after faults of a neighbor, in milliseconds.
    public var longestPause: Int64 = 60_000
    /// Attempts of one item that fails by its own fault.
    public var attempts = 8
    /// What a full queue tells its sender to wait, in seconds.
    public var retryAfter = 10

    /// The defaults.
    public init() {}

    /// How long an item may wait, in milliseconds.
    func deadline(of offer: Offer) -> Int64 {
        if offer.holding != nil { return heldDeadline }
        return offer.kind == .receipt ? receiptDeadline : deadline
    }
}
