/// One question to one table, and what each of its rows said.
public struct TableStep: Sendable, Hashable {
    /// Why a row did something or did not.
    public enum Reason: String, Sendable, CaseIterable {
        /// It matched, and what it says holds.
        case matched
        /// Nothing else matched, and the table says what holds then.
        case fallback
        /// The item has no such field.
        case absent
        /// The row leads the other way.
        case otherWay = "other-way"
        /// A switch has another value.
        case condition = "switch"
        /// A column differs.
        case column
        /// An earlier row matched.
        case earlierRow = "earlier-row"
        /// Another row wrote the field first.
        case writtenBefore = "written-before"
        /// The target has no place for it, or has it already.
        case unchanged
        /// Its converter says that there is nothing to write.
        case nothingToWrite = "nothing-to-write"
        /// Its converter cannot convert the value.
        case unconvertible
        /// It refuses the item.
        case refused
        /// A row before it refused the item.
        case afterRefusal = "after-refusal"
        /// Another row replaces it.
        case overridden
        /// It holds for another neighbor.
        case otherNeighbor = "other-neighbor"
    }

    /// Where on the road of an item the question is asked.
    public enum Stage: String, Sendable, CaseIterable {
        /// Which route a neighbor takes.
        case route
        /// How addresses are written.
        case addresses
        /// Between stanzas and the middle.
        case message = "xmpp-middle"
        /// Between the middle and the carrier.
        case carrier = "middle-carrier"
        /// Between presence stanzas and documents.
        case presence = "xmpp-pidf"
        /// What a value is on the other side.
        case values
        /// What is done about a loss.
        case losses
        /// What an error is on the other side.
        case errors
    }

    /// One row.
    public struct Row: Sendable, Hashable {
        /// Its number; nil for what a table says of everything that no row takes.
        public var row: RowID?
        /// `TABLE.ID`.
        public var name: String
        /// Where it stands.
        public var position: SourcePosition
        /// Why it did something or did not.
        public var reason: Reason
        /// The same as a sentence with what differed.
        public var why: String
        /// The values that it took.
        public var before: [String] = []
        /// The values that it gave.
        public var after: [String] = []
        /// What was lost, by class, with the detail.
        public var losses: [RuleTrace.Loss] = []
        /// Whether it came near to matching, so that somebody who wonders looks at it first.
        public var isNear = false

        /// Whether what the row says holds.
        public var isMatched: Bool { reason == .matched || reason == .fallback }
    }

    /// Where on the road the question is asked.
    public var stage: Stage
    /// The kind of the table.
    public var kind: TableKind
    /// The table.
    public var table: String
    /// Where it leads; nil where the kind has no way.
    public var way: Way?
    /// The question.
    public var asked: String
    /// What came of it; nil for nothing.
    public var answer: String?
    /// The rows in the order in which they are tried, then those that are not in force.
    public var rows: [Row] = []
    /// The rows that fired, in order, by the explaining walk over all rows.
    public var fired: [RowID] = []
    /// The row that the table gave by its own look-up; nil for tables of fields, which fire many.
    public var given: RowID?

    init(_ kind: TableKind, _ table: String, way: Way? = nil, asked: String) {
        self.kind = kind
        stage =
            switch kind {
            case .routes, .profiles: .route
            case .addresses: .addresses
            case .fields: .message
            case .values: .values
            case .loss: .losses
            case .errors: .errors
            }
        self.table = table
        self.way = way
        self.asked = asked
    }
}
