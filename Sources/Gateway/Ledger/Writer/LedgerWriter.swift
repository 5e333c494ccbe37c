import Dispatch
import Synchronization

/// Bounds of the writer.
public struct WriterLimits: Sendable, Equatable {
    /// Operations that may wait; a submission beyond is refused (16384).
    public var queue = 16_384
    /// Operations in one transaction; a submission is never divided, so one may be larger (2048).
    public var group = 2048
    /// The time between the beginnings of small transactions when many follow each other, in microseconds (400).
    ///
    /// A transaction after a pause is never delayed, nor one of a low rate; 0 delays none.
    public var pace = 400
    /// How long submissions for which nobody waits wait for another one to be committed with, in microseconds (20000).
    ///
    /// After a failure of the power or the process what waited has not happened; 0 lets none wait.
    public var patience = 20_000
    /// Operations that are committed without regard to ``patience`` (512).
    public var patientGroup = 512
    /// Operations that are committed without regard to ``pace`` (128).
    public var promptGroup = 128
    /// Pages of the log at which a checkpoint begins beside the commits (1000, about 8 MiB).
    public var checkpointPages = 1000
    /// Pages of the log at which the writer itself ends the checkpoint, so that the log can begin again (4000, about
    /// 32 MiB).
    public var fullCheckpointPages = 4000

    /// Creates the default bounds.
    public init() {}
}

/// The only writer of a ledger: one thread, one connection, and one fsync for everything that came while the last
/// fsync ran.
///
/// A completion that reports success is called after the commit is durable. One that reports failure means that nothing
/// of its submission is stored. Completions of one transaction are handed over together by the function given to
/// ``init(path:limits:deliver:)``, in the order of submission.
public final class LedgerWriter: Sendable {
    /// The outbox id that the caller gives to the first item it accepts; ids only grow from there.
    public let nextCrossingID: Int64

    private let core: WriterCore
    private let thread: DedicatedThread
    private let checkpointer: Checkpointer

    /// Opens or creates the database and starts the writer's thread.
    ///
    /// - Parameters:
    ///   - path: the database file; its directory exists.
    ///   - limits: bounds of queue, transaction and log.
    ///   - deliver: receives the completions of each transaction on the writer's thread and runs them where they belong;
    ///     on an event loop that is `{ delivery in loop.execute { delivery.run() } }`.
    /// - Throws: ``LedgerError`` with `.cannotOpen`, `.notALedger`, `.newerSchema`, `.notDurable`, `.busy` or `.corrupt`.
    public convenience init(
        path: String,
        limits: WriterLimits = WriterLimits(),
        deliver: @escaping @Sendable (LedgerDelivery) -> Void
    ) throws(LedgerError) {
        try self.init(path: path, vfs: nil, limits: limits, deliver: deliver)
    }

    /// Opens the database through another file layer, for tests.
    init(
        path: String,
        vfs: String?,
        limits: WriterLimits,
        deliver: @escaping @Sendable (LedgerDelivery) -> Void
    ) throws(LedgerError) {
        let engine = try CommitEngine(path: path, vfs: vfs)
        nextCrossingID = engine.nextCrossing
        let core = WriterCore(limits: limits, lastSequence: engine.nextSequence - 1, deliver: deliver)
        self.core = core
        let checkpointer = try Checkpointer(path: path, vfs: vfs)
        self.checkpointer = checkpointer
        thread = try core.start(engine, checkpointer: checkpointer)
    }

    deinit {
        close()
    }

    /// Queues operations to be stored together.
    ///
    /// - Parameters:
    ///   - operations: what to store; in order.
    ///   - isPatient: whether nobody waits for the commit; it may then wait for ``WriterLimits/patience``, which saves
    ///     a fsync where another submission comes meanwhile.
    ///   - completion: called exactly once, through the delivery function, after the commit or its failure; not called
    ///     when this call throws.
    /// - Throws: ``LedgerError`` with `.overloaded` when the queue is full, `.closed` after ``close()``.
    public func submit(
        _ operations: [LedgerOperation],
        isPatient: Bool = false,
        completion: @escaping @Sendable (Result<CommitReceipt, LedgerError>) -> Void
    ) throws(LedgerError) {
        let submission = Submission(
            operations: operations,
            completion: completion,
            isDirect: false,
            isPatient: isPatient && core.knowsPatience
        )
        try core.submit(submission)
    }

    /// Stores operations together and waits for the commit; not to be called on an event loop or from a completion.
    ///
    /// - Parameter operations: what to store; in order.
    /// - Returns: what the commit did.
    /// - Throws: ``LedgerError`` with `.overloaded`, `.closed`, or why the commit failed.
    @discardableResult
    public func perform(_ operations: [LedgerOperation]) throws(LedgerError) -> CommitReceipt {
        let answer = Answer()
        try core.submit(Submission(operations: operations, completion: { answer.set($0) }, isDirect: true))
        return try answer.wait().get()
    }

    /// Stores operations together and suspends until the commit.
    ///
    /// - Parameter operations: what to store; in order.
    /// - Returns: what the commit did.
    /// - Throws: ``LedgerError`` with `.overloaded`, `.closed`, or why the commit failed.
    @discardableResult
    public func store(_ operations: [LedgerOperation]) async throws(LedgerError) -> CommitReceipt {
        let result: Result<CommitReceipt, LedgerError> = await withCheckedContinuation { continuation in
            let submission = Submission(
                operations: operations,
                completion: { continuation.resume(returning: $0) },
                isDirect: true
            )
            do throws(LedgerError) {
                try core.submit(submission)
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        return try result.get()
    }

    /// The sequence number of the last committed audit record; 0 when there is none.
    public var lastSequence: Int64 {
        core.lastSequence.load(ordering: .relaxed)
    }

    /// Whether the files of the audit log are further behind than they may be, as ``TrailService`` found last.
    ///
    /// Everything that is submitted is stored all the same; who offers items decides what that means for them.
    public internal(set) var isBehind: Bool {
        get { core.isBehind.load(ordering: .relaxed) }
        set { core.isBehind.store(newValue, ordering: .relaxed) }
    }

    /// What the writer has done so far.
    ///
    /// - Returns: a snapshot.
    public func statistics() -> WriterStatistics {
        var statistics = core.statistics()
        let checks = checkpointer.counts
        statistics.checkpoints += checks.done
        statistics.failedCheckpoints += checks.failed
        return statistics
    }

    /// Stores everything that was queued, then closes the database; later submissions are refused.
    ///
    /// Blocks until done; not to be called on an event loop or from a completion.
    public func close() {
        guard core.beginClosing() else { return }
        thread.join()
        checkpointer.close()
    }
}

/// One result that a thread waits for.
private final class Answer: Sendable {
    private let value = Mutex<Result<CommitReceipt, LedgerError>?>(nil)
    private let signal = DispatchSemaphore(value: 0)

    func set(_ result: Result<CommitReceipt, LedgerError>) {
        value.withLock { $0 = result }
        signal.signal()
    }

    func wait() -> Result<CommitReceipt, LedgerError> {
        signal.wait()
        return value.withLock { $0 } ?? .failure(LedgerError(.closed, "the writer ended without an answer"))
    }
}
