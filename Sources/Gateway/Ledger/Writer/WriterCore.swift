import Dispatch
import Glibc
import Synchronization

/// The queue between those who submit and the writer's thread, and the thread's loop.
final class WriterCore: Sendable {
    /// What the thread sleeps for.
    private enum Sleep {
        case awake
        /// For anything.
        case idle
        /// For a submission that somebody waits for, or the end of the patience of those that are queued.
        case patient
    }

    private struct State {
        var pending: [Submission] = []
        var pendingOperations = 0
        /// Submissions in the queue that somebody waits for.
        var urgent = 0
        var sleep = Sleep.awake
        var isClosing = false
        var statistics = WriterStatistics()
    }

    /// The sequence number of the last committed audit record.
    let lastSequence: Atomic<Int64>
    /// Whether the files of the audit log are further behind than they may be.
    let isBehind = Atomic(false)

    private let state = Mutex(State())
    private let signal = DispatchSemaphore(value: 0)
    private let limits: WriterLimits
    private let deliver: @Sendable (LedgerDelivery) -> Void

    init(limits: WriterLimits, lastSequence: Int64, deliver: @escaping @Sendable (LedgerDelivery) -> Void) {
        self.lastSequence = Atomic(lastSequence)
        self.limits = limits
        self.deliver = deliver
    }

    /// Whether a submission may wait for another.
    var knowsPatience: Bool { limits.patience > 0 }

    /// Queues a submission, or refuses it at once.
    func submit(_ submission: Submission) throws(LedgerError) {
        let count = submission.operations.count
        let (refusal, wakes) = state.withLock { state -> (LedgerError?, Bool) in
            if state.isClosing { return (LedgerError(.closed, "the ledger is closed"), false) }
            // An empty queue takes a submission of any size, so that a large import is possible.
            guard state.pending.isEmpty || state.pendingOperations + count <= limits.queue else {
                state.statistics.overloads += 1
                return (LedgerError(.overloaded, "the ledger's queue is full", remedy: "try again later"), false)
            }
            state.pending.append(submission)
            state.pendingOperations += count
            if !submission.isPatient { state.urgent += 1 }
            return (nil, wakeUp(&state))
        }
        if let refusal { throw refusal }
        if wakes { signal.signal() }
    }

    /// Lets the thread end after what is queued.
    ///
    /// - Returns: false when that was done before.
    func beginClosing() -> Bool {
        let (begins, wakes) = state.withLock { state -> (Bool, Bool) in
            if state.isClosing { return (false, false) }
            state.isClosing = true
            return (true, wakeUp(&state))
        }
        if wakes { signal.signal() }
        return begins
    }

    /// Counts the thread as awake where it is to be woken.
    ///
    /// - Returns: whether it is; the caller then signals.
    private func wakeUp(_ state: inout State) -> Bool {
        switch state.sleep {
        case .awake: return false
        case .patient where !isDue(state): return false
        case .idle, .patient:
            state.sleep = .awake
            return true
        }
    }

    /// Whether what is queued waits for no company.
    private func isDue(_ state: State) -> Bool {
        state.isClosing || state.urgent > 0 || state.pendingOperations >= limits.patientGroup
    }

    func statistics() -> WriterStatistics {
        state.withLock { state in
            var statistics = state.statistics
            statistics.queued = state.pendingOperations
            return statistics
        }
    }

    /// Starts the thread; the engine belongs to it from here on.
    func start(_ engine: sending CommitEngine, checkpointer: Checkpointer) throws(LedgerError) -> DedicatedThread {
        let handover = Handover(engine)
        return try DedicatedThread("ledger") { [self] in
            guard var engine = handover.take() else { return }
            var checkpointedPages = 0
            var pace = CommitPace(interval: .microseconds(limits.pace), now: .now)
            while let group = next(pace) {
                pace.begins(now: .now)
                guard run(group, engine: &engine) else { continue }
                checkpoint(&engine, behind: &checkpointedPages, with: checkpointer)
            }
        }
    }

    /// Waits for submissions, for company of those that may wait, and for the pace.
    ///
    /// - Parameter pace: says how long a small transaction waits for company.
    /// - Returns: as many as one transaction may hold, or nil when the writer is closed and nothing is left.
    private func next(_ pace: CommitPace) -> [Submission]? {
        var hasPaused = false
        var hasWaited = false
        while true {
            enum Step {
                case work([Submission])
                case wait
                case pause
                case sleep
                case end
            }
            let step = state.withLock { state -> Step in
                if !state.pending.isEmpty {
                    guard hasWaited || isDue(state) else {
                        state.sleep = .patient
                        return .wait
                    }
                    let isPrompt = hasPaused || state.isClosing || state.pendingOperations >= limits.promptGroup
                    return isPrompt ? .work(take(&state)) : .pause
                }
                if state.isClosing { return .end }
                state.sleep = .idle
                return .sleep
            }
            switch step {
            case .work(let group): return group
            case .wait: hasWaited = patienceEnds()
            case .pause:
                hasPaused = true
                let delay = pace.delay(now: .now)
                if delay > .zero { usleep(UInt32(delay / .microseconds(1))) }
            case .sleep: signal.wait()
            case .end: return nil
            }
        }
    }

    /// Waits as long as submissions may for which nobody waits.
    ///
    /// - Returns: false when another came, or something else that is due.
    private func patienceEnds() -> Bool {
        guard signal.wait(timeout: .now() + .microseconds(limits.patience)) == .timedOut else { return false }
        let isWoken = state.withLock { state in
            defer { state.sleep = .awake }
            return state.sleep == .awake
        }
        // Whoever woke the thread in this moment has signaled, or is about to.
        if isWoken { signal.wait() }
        return !isWoken
    }

    private func take(_ state: inout State) -> [Submission] {
        if state.pendingOperations <= limits.group {
            var group: [Submission] = []
            swap(&group, &state.pending)
            state.pendingOperations = 0
            state.urgent = 0
            return group
        }
        var operations = 0
        var end = 0
        for submission in state.pending {
            guard end == 0 || operations + submission.operations.count <= limits.group else { break }
            operations += submission.operations.count
            end += 1
        }
        let group = Array(state.pending[..<end])
        state.pending.removeFirst(end)
        state.pendingOperations -= operations
        state.urgent = state.pending.count { !$0.isPatient }
        return group
    }

    /// Commits a group and hands over its results.
    ///
    /// - Returns: false when the whole transaction failed.
    private func run(_ group: [Submission], engine: inout CommitEngine) -> Bool {
        let outcome = engine.commit(group)
        lastSequence.store(engine.nextSequence - 1, ordering: .relaxed)
        count(group, outcome, pages: engine.pagesInLog)
        hand(group, outcome.results)
        return outcome.failure == nil
    }

    /// Keeps the log short.
    ///
    /// The other thread moves pages while commits go on, but can never catch up with a writer that is always busy; so
    /// when the log is long, this thread moves the rest, after which the log begins again from its start.
    private func checkpoint(_ engine: inout CommitEngine, behind asked: inout Int, with checkpointer: Checkpointer) {
        let pages = engine.pagesInLog
        if pages < asked { asked = 0 }
        if pages >= limits.fullCheckpointPages {
            do throws(LedgerError) {
                try engine.checkpoint()
                state.withLock { $0.statistics.checkpoints += 1 }
            } catch {
                // Busy means that the other thread is at it. Commits go on either way; the log only grows.
                if error.code != .busy { state.withLock { $0.statistics.failedCheckpoints += 1 } }
            }
        } else if pages - asked >= limits.checkpointPages {
            asked = pages
            checkpointer.wake()
        }
    }

    private func count(_ group: [Submission], _ outcome: CommitEngine.Outcome, pages: Int) {
        var stored = 0
        var operations = 0
        for (submission, result) in zip(group, outcome.results) {
            guard case .success = result else { continue }
            stored += 1
            operations += submission.operations.count
        }
        state.withLock { state in
            if outcome.failure != nil {
                state.statistics.failedCommits += 1
                return
            }
            state.statistics.refusedSubmissions += group.count - stored
            state.statistics.committed(
                submissions: stored,
                operations: operations,
                duration: outcome.duration,
                logPages: pages
            )
        }
    }

    private func hand(_ group: [Submission], _ results: [Result<CommitReceipt, LedgerError>]) {
        var delivered: [(Submission, Result<CommitReceipt, LedgerError>)] = []
        delivered.reserveCapacity(group.count)
        for (submission, result) in zip(group, results) {
            if submission.isDirect {
                submission.completion(result)
            } else {
                delivered.append((submission, result))
            }
        }
        if !delivered.isEmpty { deliver(LedgerDelivery(delivered)) }
    }
}

/// Carries a value that belongs to one thread from the thread that made it to the one that uses it.
private final class Handover<Value>: @unchecked Sendable {
    // Set before the new thread starts and taken once by it.
    private var value: Value?

    init(_ value: sending Value) {
        self.value = value
    }

    func take() -> Value? {
        defer { value = nil }
        return value
    }
}
