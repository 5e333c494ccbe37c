/// What the ledger counts, in the same transaction as what is counted.
public enum LedgerCounter: String, Sendable, CaseIterable {
    /// Items stored; counted by the ledger itself.
    case accepted
    /// Items that reached the neighbor on the other shore; counted by the ledger itself at settlement.
    case delivered
    /// Items given up; counted by the ledger itself at settlement.
    case failed
    /// Items whose deadline passed; counted by the ledger itself at settlement.
    case expired
    /// Items not taken.
    case refused
    /// Items that had been taken before.
    case duplicate
    /// Failed items whose sender could not be told.
    case failedUntold = "failed-untold"
    /// Presence updates that crossed.
    case presence
    /// Commits that failed; counted by the ledger itself as soon as one succeeds again.
    case failedCommits = "failed-commits"
    /// Generations of mapping tables that were put in force.
    case activations
    /// Generations of mapping tables that were not put in force, for their own faults or those of the store.
    case refusedActivations = "refused-activations"

    /// The place of the counter among all of them.
    var index: Int {
        switch self {
        case .accepted: 0
        case .delivered: 1
        case .failed: 2
        case .expired: 3
        case .refused: 4
        case .duplicate: 5
        case .failedUntold: 6
        case .presence: 7
        case .failedCommits: 8
        case .activations: 9
        case .refusedActivations: 10
        }
    }
}

/// The counters and the rows they must agree with.
public struct LedgerBalance: Sendable, Equatable {
    /// The counters; those never counted are 0.
    public var counters: [LedgerCounter: Int64]
    /// Outbox rows by state.
    public var outbox: [OutboxState: Int64]

    /// Creates a balance.
    ///
    /// - Parameters:
    ///   - counters: the counters.
    ///   - outbox: outbox rows by state.
    public init(counters: [LedgerCounter: Int64], outbox: [OutboxState: Int64]) {
        self.counters = counters
        self.outbox = outbox
    }

    /// Reads one counter.
    ///
    /// - Parameter counter: which one.
    /// - Returns: its value, 0 when it was never counted.
    public subscript(counter: LedgerCounter) -> Int64 {
        counters[counter] ?? 0
    }

    /// Everything that came in: accepted, refused and duplicate items.
    public var received: Int64 {
        self[.accepted] + self[.refused] + self[.duplicate]
    }

    /// Whether every accepted item has ended or is in the outbox.
    public var balances: Bool {
        self[.accepted] == self[.delivered] + self[.failed] + self[.expired] + outbox.values.reduce(0, +)
    }
}
