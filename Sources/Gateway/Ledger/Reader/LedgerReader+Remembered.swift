extension LedgerReader {
    /// The pair of a user on the XMPP shore, but for what the rules give.
    ///
    /// - Parameter jid: the address, normalized.
    /// - Returns: the pair, or nil when none is stored.
    /// - Throws: ``LedgerError`` when the database cannot be read.
    public func address(jid: String) throws(LedgerError) -> AddressPair? {
        let pair = try read { database throws(LedgerError) in try AddressTable(database).pair(jid: jid) }
        return pair?.kind == .derived ? nil : pair
    }

    /// The pair of a user on the CPIM shore, but for what the rules give.
    ///
    /// - Parameter uriKey: the address, normalized for comparison.
    /// - Returns: the pair, or nil when none is stored.
    /// - Throws: ``LedgerError`` when the database cannot be read.
    public func address(uriKey: String) throws(LedgerError) -> AddressPair? {
        let pair = try read { database throws(LedgerError) in try AddressTable(database).pair(uriKey: uriKey) }
        return pair?.kind == .derived ? nil : pair
    }

    /// Pairs in the order of JIDs.
    ///
    /// - Parameters:
    ///   - filter: which pairs.
    ///   - after: only pairs whose JID sorts behind this one: the last one of the page before.
    ///   - limit: at most so many.
    /// - Returns: the pairs.
    /// - Throws: ``LedgerError`` when the database cannot be read.
    public func addresses(
        _ filter: AddressFilter = AddressFilter(),
        after: String? = nil,
        limit: Int = 100
    ) throws(LedgerError) -> [AddressPair] {
        try read { database throws(LedgerError) in
            try AddressTable(database).pairs(filter, after: after, limit: limit)
        }
    }

    /// What peers have shown that they read, as far as it still counts.
    ///
    /// - Parameter now: milliseconds since 1970-01-01T00:00:00Z.
    /// - Returns: all capabilities that expire after that moment, in the order of peers.
    /// - Throws: ``LedgerError`` when the database cannot be read.
    public func capabilities(at now: Int64) throws(LedgerError) -> [Capability] {
        try read { database throws(LedgerError) in
            let statement = try database.cached(
                "SELECT peer, carrier, uri_scheme, expires_ms FROM capabilities WHERE expires_ms > ?1 ORDER BY peer"
            )
            statement.bind(1, now)
            var capabilities: [Capability] = []
            while try statement.step() {
                capabilities.append(
                    Capability(
                        peer: statement.text(0),
                        carrier: statement.integer(1),
                        scheme: statement.text(2),
                        expires: statement.integer(3)
                    )
                )
            }
            return capabilities
        }
    }

    /// When people were last told, as far as it still counts.
    ///
    /// - Parameter now: milliseconds since 1970-01-01T00:00:00Z.
    /// - Returns: all notes that expire after that moment, in the order of keys.
    /// - Throws: ``LedgerError`` when the database cannot be read.
    public func tells(at now: Int64) throws(LedgerError) -> [Tell] {
        try read { database throws(LedgerError) in
            let statement = try database.cached(
                "SELECT key, told_ms, expires_ms FROM tells WHERE expires_ms > ?1 ORDER BY key"
            )
            statement.bind(1, now)
            var tells: [Tell] = []
            while try statement.step() {
                tells.append(Tell(key: statement.text(0), told: statement.integer(1), expires: statement.integer(2)))
            }
            return tells
        }
    }

    /// Conversations that still count.
    ///
    /// - Parameter now: milliseconds since 1970-01-01T00:00:00Z.
    /// - Returns: all conversations that expire after that moment, in the order of keys.
    /// - Throws: ``LedgerError`` when the database cannot be read.
    public func threads(at now: Int64) throws(LedgerError) -> [ConversationThread] {
        try threads("expires_ms > ?1 ORDER BY key") { $0.bind(1, now) }
    }

    /// One conversation.
    ///
    /// - Parameter key: thread and sender, in the caller's form.
    /// - Returns: the conversation, expired or not, or nil when none is stored.
    /// - Throws: ``LedgerError`` when the database cannot be read.
    public func thread(key: String) throws(LedgerError) -> ConversationThread? {
        try threads("key = ?1") { $0.bind(1, key) }.first
    }

    /// Conversations with one Call-ID, from which a reply finds back to its thread.
    ///
    /// - Parameter callID: the Call-ID.
    /// - Returns: the conversations, expired or not, in the order of keys.
    /// - Throws: ``LedgerError`` when the database cannot be read.
    public func threads(callID: String) throws(LedgerError) -> [ConversationThread] {
        try threads("call_id = ?1 ORDER BY key") { $0.bind(1, callID) }
    }

    private func threads(
        _ condition: String,
        bind: (Statement) -> Void
    ) throws(LedgerError) -> [ConversationThread] {
        try read { database throws(LedgerError) in
            let statement = try database.cached(
                "SELECT key, call_id, tag, cseq, thread, expires_ms FROM threads WHERE \(condition)"
            )
            bind(statement)
            var threads: [ConversationThread] = []
            while try statement.step() {
                threads.append(
                    ConversationThread(
                        key: statement.text(0),
                        callID: statement.text(1),
                        tag: statement.text(2),
                        cseq: statement.integer(3),
                        thread: statement.text(4),
                        expires: statement.integer(5)
                    )
                )
            }
            return threads
        }
    }
}
