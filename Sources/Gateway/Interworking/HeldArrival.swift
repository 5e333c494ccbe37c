public import MappingTables

/// An item that a leg has received and proved, and that the tables say is held: it did not become a message that could
/// cross.
public struct HeldArrival: Sendable {
    /// The sender's bare address on its own shore, in compared form.
    public var sender: String
    /// The recipient's bare address as that shore writes it.
    public var recipient: String
    /// The item as received.
    public var source: [UInt8]
    /// What the leg needs to tell the sender of a failure, and to read the item again; opaque to others.
    public var origin: [UInt8]
    /// The leg's number of whoever waits for an answer; nil when the protocol has none.
    public var answer: UInt64?
    /// What identifies the item when it comes again; each alone does.
    public var duplicateMarks: [DuplicateMark]
    /// When it stops being worth delivering, in Unix milliseconds; nil when it does not say.
    public var deadline: Int64?
    /// Who handed it over and how it is known, for the record.
    public var account: Arrival.Account
    /// Why it is held.
    public var refusal: Refusal
    /// The rules that fired.
    public var trace: RuleTrace

    /// Makes an arrival that nobody waits for and nothing identifies.
    public init(
        sender: String,
        recipient: String,
        source: [UInt8],
        origin: [UInt8],
        account: Arrival.Account,
        refusal: Refusal,
        trace: RuleTrace
    ) {
        self.sender = sender
        self.recipient = recipient
        self.source = source
        self.origin = origin
        self.answer = nil
        self.duplicateMarks = []
        self.deadline = nil
        self.account = account
        self.refusal = refusal
        self.trace = trace
    }
}

/// A stored item that was read again.
public struct Reread {
    /// What the tables in force make of it.
    public let translated: Translated<Pivot>
    /// The arrival that it makes; nil when it does not cross.
    public let arrival: Arrival?

    /// Says what became of an item.
    ///
    /// - Parameters:
    ///   - translated: what the tables in force make of it.
    ///   - arrival: the arrival that it makes.
    public init(_ translated: Translated<Pivot>, arrival: Arrival? = nil) {
        self.translated = translated
        self.arrival = arrival
    }

    /// An item that the leg cannot read any more.
    ///
    /// - Parameter refusal: why.
    /// - Returns: the refusal.
    public static func refused(_ refusal: Refusal) -> Reread {
        Reread(Translated(outcome: .refused(refusal), trace: .none))
    }
}
