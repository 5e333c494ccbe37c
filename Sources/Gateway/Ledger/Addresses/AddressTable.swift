/// The rows of address pairs inside one connection.
struct AddressTable {
    static let columns = "jid, uri, uri_key, kind, rule, first_seen_ms, last_used_ms"

    private let database: Database

    init(_ database: Database) {
        self.database = database
    }

    /// The pair with this JID.
    func pair(jid: String) throws(LedgerError) -> AddressPair? {
        try one("SELECT \(AddressTable.columns) FROM addresses WHERE jid = ?1", jid)
    }

    /// The pair with this normalized URI.
    func pair(uriKey: String) throws(LedgerError) -> AddressPair? {
        try one("SELECT \(AddressTable.columns) FROM addresses WHERE uri_key = ?1", uriKey)
    }

    /// Pairs in the order of JIDs.
    func pairs(_ filter: AddressFilter, after: String?, limit: Int) throws(LedgerError) -> [AddressPair] {
        let statement = try database.cached(
            """
            SELECT \(AddressTable.columns) FROM addresses
            WHERE jid > ?1 AND iif(?2 IS NULL, kind <> \(AddressKind.derived.rawValue), kind = ?2)
                AND (?3 IS NULL OR instr(jid, ?3) > 0 OR instr(uri, ?3) > 0) AND (?4 IS NULL OR last_used_ms < ?4)
            ORDER BY jid LIMIT ?5
            """
        )
        statement.bind(1, after ?? "")
        statement.bind(2, filter.kind?.rawValue)
        statement.bind(3, filter.containing)
        statement.bind(4, filter.unusedSince)
        statement.bind(5, Int64(max(0, limit)))
        var pairs: [AddressPair] = []
        while try statement.step() {
            pairs.append(AddressTable.pair(statement))
        }
        return pairs
    }

    /// Stores a pair seen in traffic: the first one to claim an address owns it (RFC 7622 §3.3 folds case, RFC 3261
    /// §19.1.4 does not, so two SIP users can claim one JID).
    func learn(_ pair: AddressPair) throws(LedgerError) {
        // The rules in force have given this user another JID than those before.
        try removeDerived(uriKey: pair.uriKey)
        if try owner(of: pair) != nil {
            try touch(pair.jid, at: pair.lastUsed)
        } else {
            try insert(pair)
        }
    }

    /// Stores a pair that an operator wrote.
    func add(_ pair: AddressPair) throws(LedgerError) {
        // What an operator writes goes before what the rules give, for both addresses.
        try removeDerived(jid: pair.jid, uriKey: pair.uriKey)
        guard try owner(of: pair) != nil else { return try insert(pair) }
        let statement = try database.cached("UPDATE addresses SET uri = ?2, kind = ?3, rule = ?4 WHERE jid = ?1")
        statement.bind(1, pair.jid)
        statement.bind(2, pair.uri)
        statement.bind(3, pair.kind.rawValue)
        statement.bind(4, pair.rule)
        try statement.run()
    }

    /// Notes the use of a pair.
    func touch(_ jid: String, at moment: Int64) throws(LedgerError) {
        let statement = try database.cached(
            "UPDATE addresses SET last_used_ms = max(last_used_ms, ?2) WHERE jid = ?1"
        )
        statement.bind(1, jid)
        statement.bind(2, moment)
        try statement.run()
    }

    /// Removes a pair.
    func remove(_ jid: String) throws(LedgerError) {
        let statement = try database.cached("DELETE FROM addresses WHERE jid = ?1")
        statement.bind(1, jid)
        try statement.run()
        guard database.changes == 1 else {
            throw LedgerError(.unknownAddress, "no address pair is stored for \(jid)", remedy: "list the stored pairs")
        }
    }

    private func removeDerived(jid: String = "", uriKey: String) throws(LedgerError) {
        let statement = try database.cached(
            "DELETE FROM addresses WHERE (jid = ?1 OR uri_key = ?2) AND kind = \(AddressKind.derived.rawValue)"
        )
        statement.bind(1, jid)
        statement.bind(2, uriKey)
        try statement.run()
    }

    /// The stored pair with the same two addresses; refuses a pair that shares only one with a stored one.
    private func owner(of pair: AddressPair) throws(LedgerError) -> AddressPair? {
        let byJID = try self.pair(jid: pair.jid)
        if let byJID, byJID.uriKey != pair.uriKey { throw collision(of: pair, with: byJID) }
        if byJID == nil, let byURI = try self.pair(uriKey: pair.uriKey) { throw collision(of: pair, with: byURI) }
        return byJID
    }

    private func insert(_ pair: AddressPair) throws(LedgerError) {
        let statement = try database.cached(
            "INSERT INTO addresses(\(AddressTable.columns)) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"
        )
        statement.bind(1, pair.jid)
        statement.bind(2, pair.uri)
        statement.bind(3, pair.uriKey)
        statement.bind(4, pair.kind.rawValue)
        statement.bind(5, pair.rule)
        statement.bind(6, pair.firstSeen)
        statement.bind(7, pair.lastUsed)
        try statement.run()
    }

    private func one(_ sql: String, _ key: String) throws(LedgerError) -> AddressPair? {
        let statement = try database.cached(sql)
        statement.bind(1, key)
        defer { statement.reset() }
        return try statement.step() ? AddressTable.pair(statement) : nil
    }

    private static func pair(_ row: Statement) -> AddressPair {
        AddressPair(
            jid: row.text(0),
            uri: row.text(1),
            uriKey: row.text(2),
            // A number that no version has written is taken for the kind that an operator is least likely to lose.
            kind: AddressKind(rawValue: row.integer(3)) ?? .explicit,
            rule: row.text(4),
            firstSeen: row.integer(5),
            lastUsed: row.integer(6)
        )
    }
}
