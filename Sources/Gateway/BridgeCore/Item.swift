/// The bytes that belong to a crossing; the bridge carries them and never looks inside.
public struct Cargo: Sendable, Equatable {
    /// The item as it was received, for records, repetition and another rendering.
    public var source: [UInt8]
    /// The item as it is sent on the other shore.
    public var wire: [UInt8]
    /// The target leg's identity of the request (branch, Call-ID, tag, sequence number), opaque.
    public var identity: [UInt8]
    /// What was known when the item was translated, opaque.
    public var facts: [UInt8]

    /// Makes the cargo of one crossing.
    public init(source: [UInt8], wire: [UInt8], identity: [UInt8] = [], facts: [UInt8] = []) {
        self.source = source
        self.wire = wire
        self.identity = identity
        self.facts = facts
    }

    /// The memory that the bytes hold.
    public var count: Int { source.count + wire.count + identity.count + facts.count }
}

/// An item that a leg has received, proved and translated, and that is not stored yet.
///
/// One object for its whole life, so that an item is passed on without copying its texts. Bound to the bridge's thread.
public final class Offer {
    /// What it is.
    public let kind: ItemKind
    /// The shore that it goes to.
    public let target: Shore
    /// The sender's bare address on its own shore, in compared form.
    public let sender: String
    /// The recipient's bare address on the target shore, in compared form.
    public var recipient: String
    /// The neighbor that carries it on; faults of a neighbor hold all that goes there.
    public var hop: String
    /// The queue that has one open request at a time (RFC 3428 §8: the Request-URI); empty where there is no such rule.
    public var lane: String
    /// Keys under which the same item is recognized when it comes again; empty when nothing identifies it.
    public let duplicateKeys: [UInt64]
    /// The key under which the same content would cross back, or nil when it cannot loop.
    public let loopKey: UInt64?
    /// The key under which this item is recognized as one of ours when it comes back.
    public var ownKey: UInt64?
    /// Its bytes.
    public var cargo: Cargo
    /// The generation of mapping tables that it was translated under.
    public var generation: String
    /// Who waits for an answer, if the protocol has one.
    public var answer: AnswerToken?
    /// How long the answer may wait for a verdict of the other shore; nil answers at the commit.
    public let answerHold: UInt64?
    /// Milliseconds since 1970 after which it is no longer worth delivering; never later than the configured one.
    public let deadline: Int64?
    /// Why it is held; nil for what is sent.
    public var holding: Holding?
    /// Whether its source still takes answers; a bridge that stops takes what it cannot refuse in words.
    public let isRefusable: Bool
    /// Whether the store does not take it, whatever room there is; what is known already gets its answer.
    public let isBarred: Bool

    /// Makes an offer; what is left out is as for an item with no duplicates key, no loop key and an immediate answer.
    public init(
        kind: ItemKind,
        target: Shore,
        sender: String,
        recipient: String,
        hop: String,
        lane: String,
        cargo: Cargo,
        generation: String,
        duplicateKeys: [UInt64] = [],
        loopKey: UInt64? = nil,
        ownKey: UInt64? = nil,
        answer: AnswerToken? = nil,
        answerHold: UInt64? = nil,
        deadline: Int64? = nil,
        isRefusable: Bool = true,
        isBarred: Bool = false
    ) {
        self.kind = kind
        self.target = target
        self.sender = sender
        self.recipient = recipient
        self.hop = hop
        self.lane = lane
        self.cargo = cargo
        self.generation = generation
        self.duplicateKeys = duplicateKeys
        self.loopKey = loopKey
        self.ownKey = ownKey
        self.answer = answer
        self.answerHold = answerHold
        self.deadline = deadline
        self.isRefusable = isRefusable
        self.isBarred = isBarred
    }
}

/// One accepted item on its way.
///
/// One object for its whole life, changed by the bridge alone. Bound to the bridge's thread.
public final class Item {
    /// Where an item stands.
    public enum State: Sendable, Equatable {
        /// Handed to the store; leads to `waiting` or `held`, or out when the commit fails.
        case committing
        /// Stored but refused, since the commit came too late; its row goes when the commit is known.
        case withdrawn
        /// Stored, waiting for its turn; leads to `sent`.
        case waiting
        /// On the wire, without a verdict; leads to `waiting`, `delivered` or out.
        case sent
        /// Delivered, kept for a while because a late error reopens it.
        case delivered
        /// Stored and not sent before a person says so; leads to `waiting` or out.
        case held
    }

    /// Its number.
    public let id: CrossingID
    /// What was offered.
    public let offer: Offer
    /// Where it stands.
    public internal(set) var state: State
    /// When it was accepted, in Unix milliseconds.
    public let accepted: Int64
    /// When it was first sent, in Unix milliseconds; nil before.
    public internal(set) var firstSent: Int64?
    /// When it stops being worth delivering, in Unix milliseconds.
    public internal(set) var deadline: Int64
    /// How often it was sent.
    public internal(set) var attempts: Int
    /// Whether the source has had its answer.
    public internal(set) var answered: Bool
    /// Not before this wall time does it go out again; 0 for at once.
    public internal(set) var notBefore: Int64

    /// The neighbor that it is counted at, while it is stored and not settled.
    var hop: Hop?
    /// Those two users that it is counted at, as long.
    var pair: OpenItems?
    /// The line of its Request-URI, from its commit to its end; nil where there is no such rule.
    var lane: Lane?

    /// Whether a late error reopens it after its delivery.
    public var isReopenable: Bool { offer.target == .xmpp && offer.kind == .message }

    /// Makes an item; used by the bridge and when an outbox is read back.
    public init(
        id: CrossingID,
        offer: Offer,
        state: State,
        accepted: Int64,
        firstSent: Int64?,
        deadline: Int64,
        attempts: Int,
        answered: Bool
    ) {
        self.id = id
        self.offer = offer
        self.state = state
        self.accepted = accepted
        self.firstSent = firstSent
        self.deadline = deadline
        self.attempts = attempts
        self.answered = answered
        self.notBefore = 0
    }
}
