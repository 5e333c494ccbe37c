/// The rows of records inside one connection.
struct RecordTable {
    private let database: Database

    init(_ database: Database) {
        self.database = database
    }

    /// The number of the first record that is in the store; nil when there is none.
    func first() throws(LedgerError) -> Int64? {
        try database.integer("SELECT first FROM records ORDER BY last LIMIT 1")
    }

    /// The number of the last record that is in the store; nil when there is none.
    func last() throws(LedgerError) -> Int64? {
        try database.integer("SELECT max(last) FROM records")
    }

    /// The number of the last record that was ever committed; 0 when there is none.
    func lastEver() throws(LedgerError) -> Int64 {
        max(try last() ?? 0, try database.integer("SELECT exported FROM trail") ?? 0)
    }

    /// Rows with records of a range, and one or two more, as ``StoredRecords`` reads them.
    func rows(_ range: ClosedRange<Int64>, _ order: RecordOrder = .oldestFirst) throws(LedgerError) -> Statement {
        let statement = try database.cached(
            """
            SELECT \(StoredRecords.columns) FROM records WHERE last >= ?1
                AND last <= coalesce((SELECT min(last) FROM records WHERE last >= ?2), ?2)
            ORDER BY last \(order == .newestFirst ? "DESC" : "ASC")
            """
        )
        statement.bind(1, range.lowerBound)
        statement.bind(2, range.upperBound)
        return statement
    }

    /// Reads one record.
    func record(_ number: Int64) throws(LedgerError) -> AuditRow? {
        let statement = try rows(number...number)
        defer { statement.reset() }
        guard try statement.step() else { return nil }
        let stored = try StoredRecords.whole(statement)
        return stored.first <= number ? try stored.row(number) : nil
    }

    /// Adds a row.
    func insert(_ block: RecordBlock) throws(LedgerError) {
        let statement = try database.cached("INSERT INTO records(\(StoredRecords.columns)) VALUES(?1, ?2, ?3, ?4)")
        block.bind(to: statement)
        try statement.run()
    }

    /// The last record of the rows that can be deleted together.
    ///
    /// - Parameters:
    ///   - last: no record behind this one is to be deleted.
    ///   - piece: as many records as one deletion takes; a longer row is taken alone.
    /// - Returns: its number; nil when no whole row lies before.
    /// - Throws: ``LedgerError`` when the database cannot be read.
    func end(through last: Int64, piece: Int64) throws(LedgerError) -> Int64? {
        guard let first = try first() else { return nil }
        let statement = try database.cached(
            """
            SELECT coalesce((SELECT max(last) FROM records WHERE last <= min(?1, ?2)),
                (SELECT min(last) FROM records WHERE last <= ?1))
            """
        )
        statement.bind(1, last)
        statement.bind(2, first + piece - 1)
        defer { statement.reset() }
        return try statement.step() ? statement.optionalInteger(0) : nil
    }

    /// Deletes the rows that hold no record behind a number.
    ///
    /// - Throws: ``LedgerError`` with `.constraint` when one of them is not in the files.
    func forget(through last: Int64) throws(LedgerError) {
        let statement = try database.cached("DELETE FROM records WHERE last <= ?1")
        statement.bind(1, last)
        // The files keep these records, so nothing is gained by writing zeros over whole pages of them.
        try database.execute("PRAGMA secure_delete = FAST")
        let outcome = Result { () throws(LedgerError) in try statement.run() }
        try database.execute("PRAGMA secure_delete = ON")
        try outcome.get()
    }
}
