/// What is remembered for a while, and when it is forgotten.
extension TransactionRunner {
    func forgetSeen(_ moment: Int64) throws(LedgerError) {
        // Rows lie in the order of insertion; everything before the first one that still counts goes, in bounded steps.
        let first = try database.cached(
            """
            SELECT coalesce(
                (SELECT row FROM (SELECT row, expires_ms FROM seen ORDER BY row LIMIT 4096)
                    WHERE expires_ms > ?1 ORDER BY row LIMIT 1),
                (SELECT max(row) + 1 FROM (SELECT row FROM seen ORDER BY row LIMIT 4096)))
            """
        )
        first.bind(1, moment)
        let boundary = try first.step() ? first.optionalInteger(0) : nil
        first.reset()
        guard let boundary else { return }
        let delete = try database.cached("DELETE FROM seen WHERE row < ?1")
        delete.bind(1, boundary)
        try delete.run()
    }

    func store(_ capability: Capability) throws(LedgerError) {
        let statement = try database.cached(
            "INSERT OR REPLACE INTO capabilities(peer, carrier, uri_scheme, expires_ms) VALUES(?1, ?2, ?3, ?4)"
        )
        statement.bind(1, capability.peer)
        statement.bind(2, capability.carrier)
        statement.bind(3, capability.scheme)
        statement.bind(4, capability.expires)
        try statement.run()
    }

    func store(_ thread: ConversationThread) throws(LedgerError) {
        let statement = try database.cached(
            """
            INSERT OR REPLACE INTO threads(key, call_id, tag, cseq, thread, expires_ms)
            VALUES(?1, ?2, ?3, ?4, ?5, ?6)
            """
        )
        statement.bind(1, thread.key)
        statement.bind(2, thread.callID)
        statement.bind(3, thread.tag)
        statement.bind(4, thread.cseq)
        statement.bind(5, thread.thread)
        statement.bind(6, thread.expires)
        try statement.run()
    }

    func store(_ tell: Tell) throws(LedgerError) {
        let statement = try database.cached("INSERT OR REPLACE INTO tells(key, told_ms, expires_ms) VALUES(?1, ?2, ?3)")
        statement.bind(1, tell.key)
        statement.bind(2, tell.told)
        statement.bind(3, tell.expires)
        try statement.run()
    }

    func forgetExpired(_ moment: Int64) throws(LedgerError) {
        for table in ["capabilities", "threads", "tells"] {
            let statement = try database.cached("DELETE FROM \(table) WHERE expires_ms <= ?1")
            statement.bind(1, moment)
            try statement.run()
        }
    }
}
