/// Operations that are stored together, and who waits for them.
struct Submission: Sendable {
    var operations: [LedgerOperation]
    var completion: @Sendable (Result<CommitReceipt, LedgerError>) -> Void
    /// Whether the writer's thread calls the completion itself, because somebody is blocked on it.
    var isDirect: Bool
    /// Whether nobody waits for the commit, so that it may wait for one that somebody waits for.
    var isPatient = false
}

/// The completions of one transaction, to be run where their callers live.
public struct LedgerDelivery: Sendable {
    private let finished: [(Submission, Result<CommitReceipt, LedgerError>)]

    init(_ finished: [(Submission, Result<CommitReceipt, LedgerError>)]) {
        self.finished = finished
    }

    /// How many submissions wait for their completion.
    public var count: Int {
        finished.count
    }

    /// Calls every completion, in the order of submission; to be called exactly once.
    public func run() {
        for (submission, result) in finished {
            submission.completion(result)
        }
    }
}
