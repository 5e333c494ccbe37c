/// The shore that an item goes to.
public enum OutboxTarget: Int64, Sendable, CaseIterable {
    /// To the XMPP shore.
    case xmpp = 0
    /// To the CPIM shore.
    case cpim = 1
}

/// Where an item stands that has been accepted and not settled.
public enum OutboxState: Int64, Sendable, CaseIterable {
    /// To be sent, or to be sent again.
    case waiting = 0
    /// Sent and not yet answered.
    case sent = 1
    /// Kept for a person to decide.
    case held = 2
}

/// One accepted item until it is settled.
///
/// All texts and bytes are opaque to the ledger. Times are milliseconds since 1970-01-01T00:00:00Z.
public struct OutboxRow: Sendable, Equatable {
    /// The place in the order of acceptance: assigned by the caller, increasing, never used twice.
    public var id: Int64
    /// The id of the crossing, as audit records name it.
    public var crossing: String
    /// The shore that the item goes to.
    public var target: OutboxTarget
    /// Where the item stands.
    public var state: OutboxState
    /// The sender, in the form by which order is kept.
    public var sender: String
    /// The recipient, in the form by which order is kept.
    public var recipient: String
    /// The next hop by which sending is paced.
    public var hop: String
    /// The bytes as received.
    public var source: [UInt8]
    /// The bytes to send.
    public var wire: [UInt8]
    /// Ids of the sending protocol that a retry repeats.
    public var identity: [UInt8]
    /// What was known when the item was translated.
    public var facts: [UInt8]
    /// The generation of the mapping tables that the item keeps.
    public var generation: String
    /// When the item was accepted.
    public var accepted: Int64
    /// When the item was first sent.
    public var firstSent: Int64?
    /// When the item is given up.
    public var deadline: Int64
    /// How often the item was sent.
    public var attempts: Int64

    /// Creates a row.
    ///
    /// - Parameters:
    ///   - id: the place in the order of acceptance.
    ///   - crossing: the id of the crossing.
    ///   - target: the shore that the item goes to.
    ///   - state: where the item stands.
    ///   - sender: the sender.
    ///   - recipient: the recipient.
    ///   - hop: the next hop.
    ///   - source: the bytes as received.
    ///   - wire: the bytes to send.
    ///   - identity: ids of the sending protocol.
    ///   - facts: what was known when the item was translated.
    ///   - generation: the generation of the mapping tables.
    ///   - accepted: when the item was accepted.
    ///   - firstSent: when the item was first sent.
    ///   - deadline: when the item is given up.
    ///   - attempts: how often the item was sent.
    public init(
        id: Int64,
        crossing: String,
        target: OutboxTarget,
        state: OutboxState = .waiting,
        sender: String,
        recipient: String,
        hop: String,
        source: [UInt8],
        wire: [UInt8],
        identity: [UInt8] = [],
        facts: [UInt8] = [],
        generation: String,
        accepted: Int64,
        firstSent: Int64? = nil,
        deadline: Int64,
        attempts: Int64 = 0
    ) {
        self.id = id
        self.crossing = crossing
        self.target = target
        self.state = state
        self.sender = sender
        self.recipient = recipient
        self.hop = hop
        self.source = source
        self.wire = wire
        self.identity = identity
        self.facts = facts
        self.generation = generation
        self.accepted = accepted
        self.firstSent = firstSent
        self.deadline = deadline
        self.attempts = attempts
    }
}

/// What changes in an outbox row; what is nil stays as it is.
public struct OutboxUpdate: Sendable, Equatable {
    /// Where the item stands.
    public var state: OutboxState?
    /// How often the item was sent.
    public var attempts: Int64?
    /// When the item was first sent.
    public var firstSent: Int64?
    /// When the item is given up.
    public var deadline: Int64?
    /// The recipient, in the form by which order is kept.
    public var recipient: String?
    /// The next hop.
    public var hop: String?
    /// The bytes to send.
    public var wire: [UInt8]?
    /// Ids of the sending protocol.
    public var identity: [UInt8]?
    /// What was known when the item was translated.
    public var facts: [UInt8]?
    /// The generation of the mapping tables.
    public var generation: String?

    /// Creates a change.
    ///
    /// - Parameters:
    ///   - state: where the item stands.
    ///   - attempts: how often the item was sent.
    ///   - firstSent: when the item was first sent.
    ///   - deadline: when the item is given up.
    ///   - recipient: the recipient.
    ///   - hop: the next hop.
    ///   - wire: the bytes to send.
    ///   - identity: ids of the sending protocol.
    ///   - facts: what was known when the item was translated.
    ///   - generation: the generation of the mapping tables.
    public init(
        state: OutboxState? = nil,
        attempts: Int64? = nil,
        firstSent: Int64? = nil,
        deadline: Int64? = nil,
        recipient: String? = nil,
        hop: String? = nil,
        wire: [UInt8]? = nil,
        identity: [UInt8]? = nil,
        facts: [UInt8]? = nil,
        generation: String? = nil
    ) {
        self.state = state
        self.attempts = attempts
        self.firstSent = firstSent
        self.deadline = deadline
        self.recipient = recipient
        self.hop = hop
        self.wire = wire
        self.identity = identity
        self.facts = facts
        self.generation = generation
    }
}

/// How an accepted item ended.
public enum Settlement: Sendable, CaseIterable {
    /// It reached the neighbor on the other shore.
    case delivered
    /// It was given up.
    case failed
    /// Its deadline passed.
    case expired

    /// The counter that the end adds to.
    public var counter: LedgerCounter {
        switch self {
        case .delivered: .delivered
        case .failed: .failed
        case .expired: .expired
        }
    }
}
