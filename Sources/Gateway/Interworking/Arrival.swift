public import MappingTables

/// An item that a leg has received, proved and turned into the pivot, on its way to the other leg.
///
/// One object from the leg to the record: nothing of it is copied on the way. Bound to the event loop that made it.
public final class Arrival {
    /// What crosses.
    public let pivot: Pivot
    /// What was known when it was translated.
    public var facts: Facts
    /// The sender's bare address on its own shore, in compared form.
    public let sender: String
    /// The item as received.
    public let source: [UInt8]
    /// What the leg needs to tell the sender of a failure, opaque to others.
    public var origin: [UInt8] = []
    /// The leg's number of whoever waits for an answer; nil when the protocol has none.
    public var answer: UInt64?
    /// How long the answer may wait for a verdict of the other shore, in nanoseconds; nil answers at the commit.
    public var answerHold: UInt64?
    /// What identifies the item when it comes again; each alone does.
    public var duplicateMarks: [DuplicateMark] = []
    /// When it stops being worth delivering, in Unix milliseconds; nil takes the configured time.
    public var deadline: Int64?
    /// Whether whoever handed it over still takes answers; a gateway that stops takes what it cannot refuse in words.
    public var isRefusable = true
    /// Whether the record may keep anything of the text; a sender can ask that nothing of it be kept.
    ///
    /// Source: XEP-0334 §4.
    public var isTextRecorded = true
    /// Whether it is a stanza of type `chat`, for the type of replies.
    ///
    /// Source: RFC 3922 §4.1.4.
    public var isChat = false
    /// What a later receipt needs, when its sender wants one; the name on the other shore is not known yet.
    public var asked: AskedMessage?
    /// Who handed it over and how it is known, for the record.
    public let account: Account
    /// The rules that fired.
    public let trace: RuleTrace

    /// Who handed an item over and how it is known.
    public struct Account: Sendable, Equatable {
        /// The leg, such as `xmpp` or `sip`.
        public var leg: String
        /// The neighbor.
        public var peer: String
        /// How the neighbor proved who it is: `component`, `address`.
        public var proof: String
        /// The sender and the recipient as they stood on the wire.
        public var sender: String
        /// The recipient as it stood on the wire.
        public var recipient: String
        /// Names and values of the protocol's ids, such as `stanza.id`.
        public var identifiers: [(name: String, value: String)]

        /// Makes an account.
        public init(
            leg: String,
            peer: String,
            proof: String,
            sender: String,
            recipient: String,
            identifiers: [(name: String, value: String)]
        ) {
            self.leg = leg
            self.peer = peer
            self.proof = proof
            self.sender = sender
            self.recipient = recipient
            self.identifiers = identifiers
        }

        /// Whether both say the same.
        public static func == (a: Account, b: Account) -> Bool {
            a.leg == b.leg && a.peer == b.peer && a.proof == b.proof && a.sender == b.sender
                && a.recipient == b.recipient && a.identifiers.elementsEqual(b.identifiers, by: ==)
        }
    }

    /// Makes an arrival that nobody waits for and nothing identifies.
    public init(pivot: Pivot, facts: Facts, sender: String, source: [UInt8], account: Account, trace: RuleTrace) {
        self.pivot = pivot
        self.facts = facts
        self.sender = sender
        self.source = source
        self.account = account
        self.trace = trace
    }
}

/// An item in the form of the shore that it goes to.
public final class Departure: Sendable {
    /// The bytes to send.
    public let wire: [UInt8]
    /// The leg's identity of the request, opaque to others.
    public let identity: [UInt8]
    /// The neighbor that takes it.
    public let hop: String
    /// The queue with one open request at a time; empty where there is none.
    public let lane: String
    /// The recipient's bare address on this shore, in compared form.
    public let recipient: String
    /// The sender and the recipient as they stand on the wire.
    public let addresses: (sender: String, recipient: String)
    /// Names and values of the protocol's ids.
    public let identifiers: [(name: String, value: String)]
    /// The rules that fired.
    public let trace: RuleTrace
    /// What was tolerated or replaced, in the stable words of records.
    public let notes: [String]

    /// Makes a departure.
    public init(
        wire: [UInt8],
        identity: [UInt8],
        hop: String,
        lane: String,
        recipient: String,
        addresses: (sender: String, recipient: String),
        identifiers: [(name: String, value: String)],
        trace: RuleTrace,
        notes: [String] = []
    ) {
        self.wire = wire
        self.identity = identity
        self.hop = hop
        self.lane = lane
        self.recipient = recipient
        self.addresses = addresses
        self.identifiers = identifiers
        self.trace = trace
        self.notes = notes
    }
}
