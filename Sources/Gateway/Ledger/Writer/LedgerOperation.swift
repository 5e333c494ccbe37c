/// One change of the ledger.
///
/// Everything in one submission is stored together or not at all. What is large and rare lies apart, so that the operations
/// of a submission are few cache lines: one thread writes them and another reads them.
public enum LedgerOperation: Sendable, Equatable {
    /// Stores an item with the marks by which its repetition is recognized, and counts it as accepted.
    indirect case accept(OutboxRow, seen: [SeenKey] = [], audit: AuditEntry)
    /// Ends an item: deletes its row with all bodies and counts its end.
    case settle(id: Int64, as: Settlement, audit: AuditEntry)
    /// Changes an item that is not settled.
    indirect case update(id: Int64, OutboxUpdate)
    /// Appends an audit record.
    case audit(AuditEntry)
    /// Adds to a counter.
    case count(LedgerCounter, by: Int64 = 1)
    /// Appends marks by which a repetition is recognized.
    case remember([SeenKey])
    /// Deletes marks from the oldest on that had expired at this moment, at most 4096 of them.
    case forgetSeen(expiredAt: Int64)
    /// Stores a pair seen in traffic, or notes its use; refuses what contradicts a stored pair.
    indirect case learn(AddressPair)
    /// Notes the use of a pair; does nothing when the pair is gone.
    case touch(jid: String, at: Int64)
    /// Stores a pair that an operator wrote; refuses what contradicts a stored pair.
    indirect case addAddress(AddressPair)
    /// Removes a pair; refuses when there is none.
    case removeAddress(jid: String)
    /// Stores what a peer has shown that it reads.
    indirect case capability(Capability)
    /// Stores a conversation's identifiers.
    indirect case thread(ConversationThread)
    /// Stores when somebody was told.
    case tell(Tell)
    /// Deletes capabilities, conversations and tells that had expired at this moment.
    case forgetExpired(at: Int64)
    /// Stores who watches whom, in place of what was stored of the two.
    indirect case watch(WatchRow)
    /// Forgets a watch.
    case forgetWatch(watcher: String, presentity: String, target: OutboxTarget)
    /// Stores a subscription or publication, in place of what was stored under its number.
    indirect case usage(UsageRow)
    /// Forgets a subscription or publication.
    case forgetUsage(id: Int64)
    /// Stores a generation of mapping tables and that it came into force; lets go what is beyond the limits.
    indirect case activate(ActivationRow, files: [GenerationFile], limits: GenerationLimits = GenerationLimits())
    /// Notes that no crossing needs a generation that is out of force.
    case retire(generation: String, at: Int64)
    /// Notes how far the records have gone into the files of the log; never less far than before.
    indirect case exported(TrailMark)
    /// Deletes the rows of audit records that hold none behind a number; refuses what the files of the log do not have.
    case forgetAudit(through: Int64)
    /// Sees to it that a key lies in the file of keys before anything of this submission is committed, and stores forms of an
    /// item under it, each in place of what was stored of that form.
    indirect case keep(BodyKey, [SealedBody] = [])
    /// Erases keys and the ciphertexts under them; refuses what a hold or an open item needs.
    indirect case eraseBodies(BodyErasure)
    /// Stores a legal hold.
    indirect case placeHold(Hold)
    /// Asks that a hold be lifted; refuses when somebody has.
    case askLift(hold: Int64, Hold.Act)
    /// Lifts a hold; refuses unless somebody else has asked.
    case liftHold(hold: Int64, Hold.Act)
    /// Stores a value of the ledger's own, such as the name of the node.
    case meta(key: String, value: String)

    /// Whether the operation may be refused although the database works, so that the others of its submission must be
    /// taken back.
    var mayBeRefused: Bool {
        switch self {
        case .learn, .addAddress, .removeAddress, .forgetAudit, .eraseBodies, .askLift, .liftHold: true
        default: false
        }
    }
}

/// What a successful commit did for one submission.
public struct CommitReceipt: Sendable, Equatable {
    /// The sequence numbers of the submission's audit records, in the order of its operations.
    public var sequences: Range<Int64>
    /// How many operations the transaction held, those of other submissions included.
    public var groupSize: Int
    /// How long the transaction took, from its first statement to the end of the fsync.
    public var duration: Duration
    /// Whether nothing of what the transaction erased is left in the logs of the databases; nil when it erased nothing.
    ///
    /// False when somebody read meanwhile; then the logs are emptied after one of the next commits.
    public var isTrimmed: Bool?

    /// Creates a receipt.
    ///
    /// - Parameters:
    ///   - sequences: the sequence numbers of the audit records.
    ///   - groupSize: how many operations the transaction held.
    ///   - duration: how long the transaction took.
    public init(sequences: Range<Int64>, groupSize: Int, duration: Duration) {
        self.sequences = sequences
        self.groupSize = groupSize
        self.duration = duration
    }
}
