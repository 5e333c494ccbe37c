/// What the writer has done since it was opened.
public struct WriterStatistics: Sendable, Equatable {
    /// Transactions that were committed; each ended with one fsync of the log.
    public var commits = 0
    /// Transactions that failed as a whole.
    public var failedCommits = 0
    /// Submissions that were refused although the database worked, such as colliding addresses.
    public var refusedSubmissions = 0
    /// Submissions that found the queue full.
    public var overloads = 0
    /// Submissions that were committed.
    public var submissions = 0
    /// Operations that were committed.
    public var operations = 0
    /// Committed transactions by size: element `n` counts those of 2ⁿ up to 2ⁿ⁺¹ − 1 operations, the last one all larger.
    public var sizes = [Int](repeating: 0, count: 13)
    /// The duration of all committed transactions together.
    public var commitTime = Duration.zero
    /// The longest committed transaction.
    public var longestCommit = Duration.zero
    /// Checkpoints of the log.
    public var checkpoints = 0
    /// Checkpoints that failed; the log grows until one succeeds.
    public var failedCheckpoints = 0
    /// Operations that wait in the queue.
    public var queued = 0
    /// Pages in the write-ahead log after the last commit.
    public var logPages = 0

    /// Creates empty statistics.
    public init() {}

    mutating func committed(submissions: Int, operations: Int, duration: Duration, logPages: Int) {
        commits += 1
        self.submissions += submissions
        self.operations += operations
        let exponent = Int.bitWidth - 1 - max(1, operations).leadingZeroBitCount
        sizes[min(exponent, sizes.count - 1)] += 1
        commitTime += duration
        longestCommit = max(longestCommit, duration)
        self.logPages = logPages
    }
}
