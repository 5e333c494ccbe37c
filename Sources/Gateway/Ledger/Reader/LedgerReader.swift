import Synchronization

/// Reads a ledger next to its writer, or without one.
///
/// Each call sees everything that was committed before it. Calls block while they read; long ones do not belong on an
/// event loop. One reader serves one call at a time; open several for calls side by side.
public final class LedgerReader: Sendable {
    private let connection: Mutex<Database>

    /// Opens a database that a writer has created.
    ///
    /// - Parameter path: the database file.
    /// - Throws: ``LedgerError`` with `.cannotOpen`, `.notALedger`, `.newerSchema` or `.corrupt`.
    public convenience init(path: String) throws(LedgerError) {
        try self.init(path: path, vfs: nil)
    }

    /// Opens the database through another file layer, for tests.
    init(path: String, vfs: String?) throws(LedgerError) {
        let database = try Database(path: path, role: .reader, vfs: vfs)
        try Schema.prepareForReading(database)
        connection = Mutex(database)
    }

    /// Runs a query alone on the connection.
    func read<Value: Sendable>(_ body: (Database) throws(LedgerError) -> Value) throws(LedgerError) -> Value {
        let result = connection.withLock { database -> Result<Value, LedgerError> in
            do throws(LedgerError) {
                return .success(try body(database))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// The outbox id that the next accepted item gets.
    ///
    /// - Returns: one more than the highest id ever accepted.
    /// - Throws: ``LedgerError`` when the database cannot be read.
    public func nextCrossingID() throws(LedgerError) -> Int64 {
        try read { database throws(LedgerError) in try TransactionRunner.nextCrossing(in: database) }
    }

    /// The counters and the rows they must agree with, of one moment.
    ///
    /// - Returns: the balance.
    /// - Throws: ``LedgerError`` when the database cannot be read.
    public func balance() throws(LedgerError) -> LedgerBalance {
        try read { database throws(LedgerError) in
            // One statement, so that both halves come from the same commit.
            let statement = try database.cached(
                """
                SELECT 0, name, value FROM counters
                UNION ALL SELECT 1, state, count(*) FROM outbox GROUP BY state
                """
            )
            var balance = LedgerBalance(counters: [:], outbox: [:])
            while try statement.step() {
                if statement.integer(0) == 0 {
                    guard let counter = LedgerCounter(rawValue: statement.text(1)) else { continue }
                    balance.counters[counter] = statement.integer(2)
                } else if let state = OutboxState(rawValue: statement.integer(1)) {
                    balance.outbox[state] = statement.integer(2)
                }
            }
            return balance
        }
    }

    /// A value of the ledger's own.
    ///
    /// - Parameter key: its name.
    /// - Returns: the value, or nil when none was stored.
    /// - Throws: ``LedgerError`` when the database cannot be read.
    public func meta(_ key: String) throws(LedgerError) -> String? {
        try read { database throws(LedgerError) in
            let statement = try database.cached("SELECT value FROM meta WHERE key = ?1")
            statement.bind(1, key)
            defer { statement.reset() }
            return try statement.step() ? statement.text(0) : nil
        }
    }

    /// Checks the database file as a whole; reads all of it.
    ///
    /// - Returns: what is wrong, one finding each; empty for a sound file.
    /// - Throws: ``LedgerError`` when the database cannot be read.
    public func integrityFindings() throws(LedgerError) -> [String] {
        try read { database throws(LedgerError) in
            let statement = try database.prepare("PRAGMA integrity_check")
            var findings: [String] = []
            while try statement.step() {
                findings.append(statement.text(0))
            }
            return findings == ["ok"] ? [] : findings
        }
    }
}
