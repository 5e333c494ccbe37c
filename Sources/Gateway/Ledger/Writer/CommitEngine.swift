/// Turns groups of submissions into transactions, on the writer's thread.
struct CommitEngine {
    private struct Connection {
        let database: Database
        var runner: TransactionRunner
        let begin: Statement
        let commit: Statement
    }

    private let path: String
    private let vfs: String?
    private var connection: Connection?
    /// Failed transactions that no counter knows of yet.
    private var uncountedFailures: Int64 = 0
    /// The file of keys, opened when it is needed.
    private var keyStore: BodyKeyStore?
    /// Whether what was erased may still stand in a log.
    private var needsTrim = false

    /// Opens the database and brings its tables up to date.
    init(path: String, vfs: String?) throws(LedgerError) {
        self.path = path
        self.vfs = vfs
        let connection = try CommitEngine.connect(path: path, vfs: vfs)
        try Schema.examine(connection.database)
        self.connection = connection
    }

    private static func connect(path: String, vfs: String?) throws(LedgerError) -> Connection {
        let database = try Database(path: path, role: .writer, vfs: vfs)
        try Schema.prepareForWriting(database)
        return Connection(
            database: database,
            runner: try TransactionRunner(database),
            begin: try database.prepare("BEGIN IMMEDIATE"),
            commit: try database.prepare("COMMIT")
        )
    }

    /// One more than the highest outbox id ever accepted.
    var nextCrossing: Int64 {
        connection?.runner.progress.nextCrossing ?? 1
    }

    /// The sequence number of the next audit record.
    var nextSequence: Int64 {
        connection?.runner.progress.nextSequence ?? 1
    }

    /// How many pages the write-ahead log held after the last commit.
    var pagesInLog: Int {
        connection?.database.pagesInLog ?? 0
    }

    /// What became of a group.
    struct Outcome {
        var results: [Result<CommitReceipt, LedgerError>]
        var duration: Duration
        /// The failure of the whole transaction, if it failed.
        var failure: LedgerError?
    }

    /// Commits a group in one transaction.
    ///
    /// A submission that contradicts what is stored is refused alone. When the database itself fails, every submission
    /// of the group gets the failure and none of it is stored.
    mutating func commit(_ group: [Submission]) -> Outcome {
        let clock = ContinuousClock()
        let start = clock.now
        do throws(LedgerError) {
            if connection == nil { connection = try CommitEngine.connect(path: path, vfs: vfs) }
            let isLate = needsTrim
            var results = try transaction(group)
            // Who erases may wait for a reader; the commits after that, of messages, are not to.
            if needsTrim { results = trim(results, waits: !isLate) }
            let duration = clock.now - start
            return Outcome(results: CommitEngine.stamp(results, duration), duration: duration, failure: nil)
        } catch {
            uncountedFailures += 1
            recover()
            return Outcome(
                results: Array(repeating: .failure(error), count: group.count),
                duration: clock.now - start,
                failure: error
            )
        }
    }

    /// Moves pages from the log into the database file.
    func checkpoint() throws(LedgerError) {
        try connection?.database.checkpoint()
    }

    private mutating func transaction(
        _ group: [Submission]
    ) throws(LedgerError) -> [Result<CommitReceipt, LedgerError>] {
        do {
            return try attempt(group, separately: false)
        } catch {
            guard error.concernsOneSubmission else { throw error }
            // One submission is at fault and has spoiled the transaction: take everything back and do it again with
            // a savepoint around each.
            try rollBack()
            return try attempt(group, separately: true)
        }
    }

    private mutating func attempt(
        _ group: [Submission],
        separately: Bool
    ) throws(LedgerError) -> [Result<CommitReceipt, LedgerError>] {
        // Taken, not copied: the runner's buffers have one owner.
        guard var current = connection.take() else { throw LedgerError(.closed, "the database is not open") }
        let before = current.runner.progress
        do throws(LedgerError) {
            try current.begin.run()
            var results: [Result<CommitReceipt, LedgerError>] = []
            results.reserveCapacity(group.count)
            let size = group.reduce(0) { $0 + $1.operations.count }
            for submission in group {
                let guarded = separately || submission.operations.contains(where: \.mayBeRefused)
                results.append(try apply(submission, guarded: guarded, size: size, to: &current))
            }
            if uncountedFailures > 0 { current.runner.count(.failedCommits, by: uncountedFailures) }
            try current.runner.finish()
            // First the keys: whatever is committed can be read, and what is erased cannot.
            if !current.runner.progress.keys.isEmpty { try change(current.runner.progress.keys) }
            try current.commit.run()
            if current.runner.progress.erases { needsTrim = true }
            current.runner.committed()
            uncountedFailures = 0
            connection = current
            return results
        } catch {
            current.runner.restore(before)
            connection = current
            throw error
        }
    }

    private func apply(
        _ submission: Submission,
        guarded: Bool,
        size: Int,
        to current: inout Connection
    ) throws(LedgerError) -> Result<CommitReceipt, LedgerError> {
        try current.runner.storeLongRecords()
        let before = current.runner.progress
        if guarded { try current.database.cached("SAVEPOINT submission").run() }
        do throws(LedgerError) {
            try current.runner.apply(submission.operations)
        } catch {
            guard guarded, error.concernsOneSubmission else { throw error }
            try current.database.cached("ROLLBACK TO submission").run()
            try current.database.cached("RELEASE submission").run()
            current.runner.restore(before)
            return .failure(error)
        }
        if guarded { try current.database.cached("RELEASE submission").run() }
        let sequences = before.nextSequence..<current.runner.progress.nextSequence
        return .success(CommitReceipt(sequences: sequences, groupSize: size, duration: .zero))
    }

    private mutating func change(_ keys: BodyKeyStore.Changes) throws(LedgerError) {
        do throws(LedgerError) {
            if keyStore == nil {
                keyStore = try BodyKeyStore(path: BodyKeySchema.path(beside: path), vfs: vfs)
            }
            try keyStore?.apply(keys)
        } catch {
            keyStore = nil
            throw error
        }
    }

    /// Empties the logs of both databases, so that nothing of what was erased is left in them.
    private mutating func trim(
        _ results: [Result<CommitReceipt, LedgerError>],
        waits: Bool
    ) -> [Result<CommitReceipt, LedgerError>] {
        let ledger = try? connection?.database.trimLog(waits: waits)
        let keys = try? keyStore?.trim(waits: waits) ?? true
        let isTrimmed = ledger == true && keys == true
        needsTrim = !isTrimmed
        return results.map { result in
            guard case .success(var receipt) = result else { return result }
            receipt.isTrimmed = isTrimmed
            return .success(receipt)
        }
    }

    private func rollBack() throws(LedgerError) {
        guard let database = connection?.database, database.isInTransaction else { return }
        try database.execute("ROLLBACK")
    }

    /// Ends what a failed transaction has left behind.
    ///
    /// The pages of a transaction whose fsync failed may lie in the log, complete; the system may still write them to
    /// disk. A further commit overwrites their place, so that no crash can bring back what was refused.
    private mutating func recover() {
        do throws(LedgerError) {
            try rollBack()
            guard connection != nil else { return }
            _ = try attempt([], separately: false)
        } catch {
            // The disk still fails; the next group tries again.
            if connection?.database.isInTransaction == true { try? rollBack() }
            if connection?.database.isInTransaction == true { connection = nil }
        }
    }

    private static func stamp(
        _ results: [Result<CommitReceipt, LedgerError>],
        _ duration: Duration
    ) -> [Result<CommitReceipt, LedgerError>] {
        results.map { result in
            guard case .success(var receipt) = result else { return result }
            receipt.duration = duration
            return .success(receipt)
        }
    }
}
