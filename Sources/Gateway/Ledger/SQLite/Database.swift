import CSQLite

/// One connection to the ledger's file.
///
/// The connection takes no locks of its own; it belongs to one thread at a time, which its owner sees to.
@safe final class Database {
    /// What a connection may do.
    enum Role: Sendable {
        /// The only one that writes rows.
        case writer
        /// Moves committed pages from the log into the database file.
        case checkpointer
        /// Reads, next to the writer.
        case reader
    }

    /// How long a statement waits for a lock of another process, in milliseconds; well inside the time that a
    /// commit may take before its sender is refused.
    static let busyTimeout: Int32 = 100

    /// Set before the library is first used: its allocation statistics take a process-wide lock for every allocation.
    private static let prepared: Int32 = isthmus_sqlite_disable_memory_statistics()

    let pointer: OpaquePointer
    private var statements: [String: Statement] = [:]
    /// Pages in the write-ahead log after the last commit, written by the log's callback.
    private let logPages: UnsafeMutablePointer<Int32>

    /// Opens a connection.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - role: what the connection may do; only the writer creates the file.
    ///   - vfs: the registered name of another file layer, for tests.
    /// - Throws: ``LedgerError`` with `.cannotOpen` or the library's failure.
    init(path: String, role: Role, vfs: String? = nil) throws(LedgerError) {
        _ = Database.prepared
        var opened: OpaquePointer?
        let mode =
            switch role {
            case .writer: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            case .checkpointer: SQLITE_OPEN_READWRITE
            case .reader: SQLITE_OPEN_READONLY
            }
        // The library reads both texts during the call and stores the connection in `opened`, also when it fails.
        let result = unsafe sqlite3_open_v2(path, &opened, mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, vfs)
        guard result == SQLITE_OK, let pointer = unsafe opened else {
            let error = unsafe Database.error(result, doing: "opening \(path)", in: opened)
            unsafe sqlite3_close_v2(opened)
            throw error
        }
        unsafe self.pointer = unsafe pointer
        unsafe logPages = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
        unsafe logPages.initialize(to: 0)
        // All three calls work on the connection just opened; the counter outlives the connection (see deinit).
        unsafe sqlite3_busy_timeout(pointer, Database.busyTimeout)
        unsafe _ = isthmus_sqlite_set_defensive(pointer)
        if role == .writer {
            // The callback takes the place of the library's own checkpoints inside commits; the pragma
            // wal_autocheckpoint would remove it again.
            unsafe sqlite3_wal_hook(
                pointer,
                { context, _, _, pages in
                    unsafe context?.assumingMemoryBound(to: Int32.self).pointee = pages
                    return SQLITE_OK
                },
                logPages
            )
        }
    }

    deinit {
        statements.removeAll()
        // Every statement has been finalized; the callback cannot run once the connection is closed.
        unsafe sqlite3_close_v2(pointer)
        unsafe logPages.deallocate()
    }

    /// How many pages the write-ahead log held after the last commit of this connection.
    var pagesInLog: Int {
        // Written only by the callback, which runs on the thread that uses this connection.
        unsafe Int(logPages.pointee)
    }

    /// Whether a transaction is open.
    var isInTransaction: Bool {
        // The connection is open as long as this object lives.
        unsafe sqlite3_get_autocommit(pointer) == 0
    }

    /// How many rows the last statement changed.
    var changes: Int {
        // The connection is open as long as this object lives.
        unsafe Int(sqlite3_changes(pointer))
    }

    /// Prepares a statement that its owner keeps.
    func prepare(_ sql: String) throws(LedgerError) -> Statement {
        unsafe try Statement(sql, in: pointer)
    }

    /// The statement for a text, prepared once.
    func cached(_ sql: String) throws(LedgerError) -> Statement {
        if let statement = statements[sql] { return statement }
        let statement = try prepare(sql)
        statements[sql] = statement
        return statement
    }

    /// Runs one or several statements without parameters.
    func execute(_ sql: String) throws(LedgerError) {
        // The library reads the text during the call only; no callback is given.
        let result = unsafe sqlite3_exec(pointer, sql, nil, nil, nil)
        guard result == SQLITE_OK else { throw unsafe Database.error(result, doing: "running \(sql)", in: pointer) }
    }

    /// The first column of the first row as an integer.
    func integer(_ sql: String) throws(LedgerError) -> Int64? {
        let statement = try prepare(sql)
        return try statement.step() ? statement.optionalInteger(0) : nil
    }

    /// The first column of the first row as a text.
    func text(_ sql: String) throws(LedgerError) -> String? {
        let statement = try prepare(sql)
        return try statement.step() ? statement.optionalText(0) : nil
    }

    /// Moves what it can from the write-ahead log into the database file, without waiting for anyone.
    ///
    /// - Returns: pages in the log, and how many of them are in the database file.
    @discardableResult
    func checkpoint() throws(LedgerError) -> (pages: Int, moved: Int) {
        var pages: Int32 = 0
        var moved: Int32 = 0
        // The library fills the two numbers during the call.
        let result = unsafe sqlite3_wal_checkpoint_v2(pointer, nil, SQLITE_CHECKPOINT_PASSIVE, &pages, &moved)
        guard result == SQLITE_OK else { throw unsafe Database.error(result, doing: "checkpointing", in: pointer) }
        return (Int(pages), Int(moved))
    }

    /// Moves everything from the write-ahead log into the database file and empties the log.
    ///
    /// - Parameter waits: whether another connection that reads is given ``busyTimeout`` to end.
    /// - Returns: false when another connection reads or moves pages and did not end in time.
    /// - Throws: ``LedgerError`` when the log cannot be emptied for another reason.
    func trimLog(waits: Bool) throws(LedgerError) -> Bool {
        unsafe sqlite3_busy_timeout(pointer, waits ? Database.busyTimeout : 0)
        defer { unsafe sqlite3_busy_timeout(pointer, Database.busyTimeout) }
        // No numbers are asked for.
        let result = unsafe sqlite3_wal_checkpoint_v2(pointer, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
        if result & 0xFF == SQLITE_BUSY || result & 0xFF == SQLITE_LOCKED { return false }
        guard result == SQLITE_OK else { throw unsafe Database.error(result, doing: "emptying the log", in: pointer) }
        return true
    }

    /// Describes a failure with the library's own message.
    static func error(_ result: Int32, doing: String, in database: OpaquePointer?) -> LedgerError {
        // The message belongs to the library until the next call and is copied at once.
        let detail =
            if let database = unsafe database { unsafe String(cString: sqlite3_errmsg(database)) } else { "no memory" }
        return LedgerError(result: result, doing: doing, detail: detail)
    }
}
