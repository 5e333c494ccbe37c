extension LedgerReader {
    private static let outboxColumns = """
        id, crossing, target, state, accepted_ms, first_sent_ms, deadline_ms, attempts,
        sender, recipient, hop, generation, identity, facts, source, wire
        """

    /// Items that were accepted and are not settled, in the order of acceptance.
    ///
    /// To read all of them, call again with the id of the last one until the answer is empty.
    ///
    /// - Parameters:
    ///   - after: only items with a higher id.
    ///   - target: only items that go to this shore; nil for both.
    ///   - state: only items in this state; nil for all.
    ///   - limit: at most so many.
    /// - Returns: the items.
    /// - Throws: ``LedgerError`` when the database cannot be read.
    public func outbox(
        after: Int64 = 0,
        target: OutboxTarget? = nil,
        state: OutboxState? = nil,
        limit: Int = 1000
    ) throws(LedgerError) -> [OutboxRow] {
        try read { database throws(LedgerError) in
            let statement = try database.cached(
                """
                SELECT \(LedgerReader.outboxColumns) FROM outbox
                WHERE id > ?1 AND (?2 IS NULL OR target = ?2) AND (?3 IS NULL OR state = ?3) ORDER BY id LIMIT ?4
                """
            )
            statement.bind(1, after)
            statement.bind(2, target?.rawValue)
            statement.bind(3, state?.rawValue)
            statement.bind(4, Int64(max(0, limit)))
            var rows: [OutboxRow] = []
            while try statement.step() {
                rows.append(try LedgerReader.outboxRow(statement))
            }
            return rows
        }
    }

    /// One item that is not settled.
    ///
    /// - Parameter id: its id.
    /// - Returns: the item, or nil when it was settled or never accepted.
    /// - Throws: ``LedgerError`` when the database cannot be read.
    public func outboxRow(id: Int64) throws(LedgerError) -> OutboxRow? {
        try outboxRow("id = ?1") { $0.bind(1, id) }
    }

    /// One item that is not settled.
    ///
    /// - Parameter crossing: the id of its crossing.
    /// - Returns: the item, or nil when it was settled or never accepted.
    /// - Throws: ``LedgerError`` when the database cannot be read.
    public func outboxRow(crossing: String) throws(LedgerError) -> OutboxRow? {
        try outboxRow("crossing = ?1") { $0.bind(1, crossing) }
    }

    private func outboxRow(_ condition: String, bind: (Statement) -> Void) throws(LedgerError) -> OutboxRow? {
        try read { database throws(LedgerError) in
            let sql = "SELECT \(LedgerReader.outboxColumns) FROM outbox WHERE \(condition) LIMIT 1"
            let statement = try database.cached(sql)
            bind(statement)
            defer { statement.reset() }
            return try statement.step() ? try LedgerReader.outboxRow(statement) : nil
        }
    }

    private static func outboxRow(_ row: Statement) throws(LedgerError) -> OutboxRow {
        guard let target = OutboxTarget(rawValue: row.integer(2)), let state = OutboxState(rawValue: row.integer(3))
        else {
            throw LedgerError(.corrupt, "the outbox row \(row.integer(0)) has a target or state that no version wrote")
        }
        return OutboxRow(
            id: row.integer(0),
            crossing: row.text(1),
            target: target,
            state: state,
            sender: row.text(8),
            recipient: row.text(9),
            hop: row.text(10),
            source: row.bytes(14),
            wire: row.bytes(15),
            identity: row.bytes(12),
            facts: row.bytes(13),
            generation: row.text(11),
            accepted: row.integer(4),
            firstSent: row.optionalInteger(5),
            deadline: row.integer(6),
            attempts: row.integer(7)
        )
    }

    /// Marks of items seen before that still count.
    ///
    /// To read all of them, call again with the returned `last` until `keys` is empty.
    ///
    /// - Parameters:
    ///   - now: only marks that expire after this moment: milliseconds since 1970-01-01T00:00:00Z.
    ///   - after: only rows behind this one.
    ///   - limit: at most so many.
    /// - Returns: the marks in the order in which they were stored, and the row of the last one.
    /// - Throws: ``LedgerError`` when the database cannot be read.
    public func seen(
        at now: Int64,
        after: Int64 = 0,
        limit: Int = 10_000
    ) throws(LedgerError) -> (keys: [SeenKey], last: Int64) {
        try read { database throws(LedgerError) in
            let statement = try database.cached(
                """
                SELECT row, key, expires_ms, status, crossing FROM seen
                WHERE row > ?1 AND expires_ms > ?2 ORDER BY row LIMIT ?3
                """
            )
            statement.bind(1, after)
            statement.bind(2, now)
            statement.bind(3, Int64(max(0, limit)))
            var keys: [SeenKey] = []
            var last = after
            while try statement.step() {
                last = statement.integer(0)
                keys.append(
                    SeenKey(
                        key: statement.bytes(1),
                        expires: statement.integer(2),
                        status: statement.integer(3),
                        crossing: statement.text(4)
                    )
                )
            }
            return (keys, last)
        }
    }
}
