extension LedgerReader {
    /// Watches in the order of watchers and presentities.
    ///
    /// - Parameters:
    ///   - filter: which ones.
    ///   - after: only watches that sort behind this one: the last one of the page before.
    ///   - limit: at most so many.
    /// - Returns: the watches.
    /// - Throws: ``LedgerError`` when the database cannot be read.
    public func watches(
        _ filter: WatchFilter = WatchFilter(),
        after: WatchRow? = nil,
        limit: Int = 1000
    ) throws(LedgerError) -> [WatchRow] {
        try read { database throws(LedgerError) in
            let statement = try database.cached(
                """
                SELECT watcher, presentity, target, state, changed_ms, parts FROM watches
                WHERE (watcher, presentity, target) > (?1, ?2, ?3)
                    AND (?4 IS NULL OR watcher = ?4 OR presentity = ?4) AND (?5 IS NULL OR target = ?5)
                ORDER BY watcher, presentity, target LIMIT ?6
                """
            )
            statement.bind(1, after?.watcher ?? "")
            statement.bind(2, after?.presentity ?? "")
            statement.bind(3, after?.target.rawValue ?? -1)
            statement.bind(4, filter.user)
            statement.bind(5, filter.target?.rawValue)
            statement.bind(6, Int64(max(0, limit)))
            var rows: [WatchRow] = []
            while try statement.step() {
                guard let target = OutboxTarget(rawValue: statement.integer(2)) else {
                    throw LedgerError(.corrupt, "a watch has a target that no version wrote")
                }
                rows.append(
                    WatchRow(
                        watcher: statement.text(0),
                        presentity: statement.text(1),
                        target: target,
                        state: statement.integer(3),
                        changed: statement.integer(4),
                        parts: statement.bytes(5)
                    )
                )
            }
            return rows
        }
    }

    /// How many watches there are of each direction and state.
    ///
    /// - Returns: the shore of the presentities, the state in the caller's numbering, and the number.
    /// - Throws: ``LedgerError`` when the database cannot be read.
    public func watchCounts() throws(LedgerError) -> [(target: OutboxTarget, state: Int64, count: Int64)] {
        try read { database throws(LedgerError) in
            let statement = try database.cached(
                "SELECT target, state, COUNT(*) FROM watches GROUP BY target, state ORDER BY target, state"
            )
            var counts: [(target: OutboxTarget, state: Int64, count: Int64)] = []
            while try statement.step() {
                guard let target = OutboxTarget(rawValue: statement.integer(0)) else {
                    throw LedgerError(.corrupt, "a watch has a target that no version wrote")
                }
                counts.append((target, statement.integer(1), statement.integer(2)))
            }
            return counts
        }
    }

    /// Subscriptions and publications in the order of their numbers.
    ///
    /// - Parameters:
    ///   - after: only those with a higher number.
    ///   - limit: at most so many.
    /// - Returns: the rows.
    /// - Throws: ``LedgerError`` when the database cannot be read.
    public func usages(after: Int64 = 0, limit: Int = 1000) throws(LedgerError) -> [UsageRow] {
        try read { database throws(LedgerError) in
            let statement = try database.cached(
                """
                SELECT id, kind, watcher, presentity, expires_ms, state FROM usages WHERE id > ?1 ORDER BY id LIMIT ?2
                """
            )
            statement.bind(1, after)
            statement.bind(2, Int64(max(0, limit)))
            var rows: [UsageRow] = []
            while try statement.step() {
                guard let kind = UsageRow.Kind(rawValue: statement.integer(1)) else {
                    throw LedgerError(.corrupt, "a usage is of a kind that no version wrote")
                }
                rows.append(
                    UsageRow(
                        id: statement.integer(0),
                        kind: kind,
                        watcher: statement.text(2),
                        presentity: statement.text(3),
                        expires: statement.integer(4),
                        state: statement.bytes(5)
                    )
                )
            }
            return rows
        }
    }
}
