/// The rows of watches and of what they rest on.
struct WatchTable {
    private let database: Database

    init(_ database: Database) { self.database = database }

    func store(_ row: WatchRow) throws(LedgerError) {
        let statement = try database.cached(
            """
            INSERT OR REPLACE INTO watches(watcher, presentity, target, state, changed_ms, parts)
            VALUES(?1, ?2, ?3, ?4, ?5, ?6)
            """
        )
        statement.bind(1, row.watcher)
        statement.bind(2, row.presentity)
        statement.bind(3, row.target.rawValue)
        statement.bind(4, row.state)
        statement.bind(5, row.changed)
        statement.bind(6, row.parts)
        try statement.run()
    }

    func remove(watcher: String, presentity: String, target: OutboxTarget) throws(LedgerError) {
        let statement = try database.cached(
            "DELETE FROM watches WHERE watcher = ?1 AND presentity = ?2 AND target = ?3"
        )
        statement.bind(1, watcher)
        statement.bind(2, presentity)
        statement.bind(3, target.rawValue)
        try statement.run()
    }

    func store(_ row: UsageRow) throws(LedgerError) {
        let statement = try database.cached(
            """
            INSERT OR REPLACE INTO usages(id, kind, watcher, presentity, expires_ms, state)
            VALUES(?1, ?2, ?3, ?4, ?5, ?6)
            """
        )
        statement.bind(1, row.id)
        statement.bind(2, row.kind.rawValue)
        statement.bind(3, row.watcher)
        statement.bind(4, row.presentity)
        statement.bind(5, row.expires)
        statement.bind(6, row.state)
        try statement.run()
    }

    func remove(usage id: Int64) throws(LedgerError) {
        let statement = try database.cached("DELETE FROM usages WHERE id = ?1")
        statement.bind(1, id)
        try statement.run()
    }
}
