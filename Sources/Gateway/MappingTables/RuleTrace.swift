/// The number of a row in one generation.
public struct RowID: Sendable, Hashable, Comparable {
    /// The position in the list of all rows of the generation.
    public let index: Int

    /// Makes an id.
    ///
    /// - Parameter index: the position in the list of all rows.
    @inlinable
    public init(_ index: Int) { self.index = index }

    /// Orders by folder, file and row.
    public static func < (one: RowID, other: RowID) -> Bool { one.index < other.index }
}

/// The rules that fired for one item, in order, and what was lost.
public struct RuleTrace: Sendable, Hashable {
    /// Something in the source that the target could not carry.
    public struct Loss: Sendable, Hashable {
        /// Its class.
        public var lossClass: LossClass
        /// What it was, shortened; nil when the class says it.
        public var detail: String?
    }

    /// The rows that fired, in order.
    public private(set) var rows: [RowID]
    /// What was lost, in order.
    public private(set) var losses: [Loss]

    /// The most rows and the most losses that are kept: what a long document has more of is like what it had before.
    public static let largestCount = 1_000

    /// A trace of nothing.
    public static let none = RuleTrace()

    /// Makes an empty trace.
    public init() {
        rows = []
        losses = []
    }

    /// Records that a row fired.
    ///
    /// - Parameter row: the row.
    public mutating func fire(_ row: RowID) {
        // A message fires some twenty rows; one block takes them all.
        if rows.capacity == 0 { rows.reserveCapacity(24) }
        if rows.count < Self.largestCount { rows.append(row) }
    }

    /// Records a loss.
    ///
    /// - Parameters:
    ///   - lossClass: its class.
    ///   - detail: what it was, of which 128 scalars are kept.
    public mutating func lose(_ lossClass: LossClass, _ detail: String? = nil) {
        guard losses.count < Self.largestCount else { return }
        losses.append(Loss(lossClass: lossClass, detail: detail.map { String($0.unicodeScalars.prefix(128)) }))
    }

    /// Adds what happened after.
    ///
    /// - Parameter other: the trace of a later step.
    public mutating func append(_ other: RuleTrace) {
        rows += other.rows.prefix(max(0, Self.largestCount - rows.count))
        losses += other.losses.prefix(max(0, Self.largestCount - losses.count))
    }
}
