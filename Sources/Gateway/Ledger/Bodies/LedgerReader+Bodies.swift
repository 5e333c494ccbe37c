extension LedgerReader {
    /// The ciphertexts of an item.
    ///
    /// - Parameter crossing: the id of the item.
    /// - Returns: one for each form that is kept, in the order of the forms.
    /// - Throws: ``LedgerError`` when the database cannot be read.
    public func sealedBodies(of crossing: Int64) throws(LedgerError) -> [SealedBody] {
        try sealedBodies("WHERE crossing = ?1 ORDER BY form") { $0.bind(1, crossing) }
    }

    /// The ciphertexts of one form under a key.
    ///
    /// - Parameters:
    ///   - key: the key.
    ///   - form: the form.
    ///   - after: only those of items with a higher id.
    ///   - limit: at most so many.
    /// - Returns: the ciphertexts, in the order of acceptance.
    /// - Throws: ``LedgerError`` when the database cannot be read.
    public func sealedBodies(
        under key: Int64,
        form: BodyForm,
        after: Int64 = 0,
        limit: Int = 100
    ) throws(LedgerError) -> [SealedBody] {
        try sealedBodies("WHERE key = ?1 AND form = ?2 AND crossing > ?3 ORDER BY crossing LIMIT ?4") {
            $0.bind(1, key)
            $0.bind(2, form.rawValue)
            $0.bind(3, after)
            $0.bind(4, Int64(max(0, limit)))
        }
    }

    /// How many ciphertexts lie under keys.
    ///
    /// - Parameter keys: the keys.
    /// - Returns: the number of forms.
    /// - Throws: ``LedgerError`` when the database cannot be read.
    public func countSealedBodies(under keys: [BodyKeyEntry]) throws(LedgerError) -> Int {
        try read { database throws(LedgerError) in
            let statement = try database.cached("SELECT count(*) FROM bodies WHERE key = ?1 AND sealed <> x''")
            var count = 0
            for key in keys {
                statement.bind(1, key.id)
                if try statement.step() { count += Int(statement.integer(0)) }
                statement.reset()
            }
            return count
        }
    }

    /// The keys under which ciphertexts of items lie that are not settled.
    ///
    /// - Parameter keys: the keys that are looked at.
    /// - Returns: their names.
    /// - Throws: ``LedgerError`` when the database cannot be read.
    public func keysOfOpenItems(among keys: [BodyKeyEntry]) throws(LedgerError) -> Set<Int64> {
        try read { database throws(LedgerError) in
            let statement = try database.cached(
                "SELECT 1 FROM bodies JOIN outbox ON outbox.id = bodies.crossing WHERE bodies.key = ?1 LIMIT 1"
            )
            var open: Set<Int64> = []
            for key in keys {
                statement.bind(1, key.id)
                if try statement.step() { open.insert(key.id) }
                statement.reset()
            }
            return open
        }
    }

    /// The legal holds.
    ///
    /// - Parameter inForce: whether those that were lifted are left out.
    /// - Returns: the holds, in the order in which they were placed.
    /// - Throws: ``LedgerError`` when the database cannot be read.
    public func holds(inForce: Bool = true) throws(LedgerError) -> [Hold] {
        try read { database throws(LedgerError) in
            let table = HoldTable(database)
            return inForce ? try table.active() : try table.all()
        }
    }

    private func sealedBodies(
        _ condition: String,
        _ bind: (Statement) -> Void
    ) throws(LedgerError) -> [SealedBody] {
        try read { database throws(LedgerError) in
            let statement = try database.cached(
                "SELECT crossing, form, key, accepted_ms, sealed FROM bodies \(condition)"
            )
            bind(statement)
            defer { statement.reset() }
            var bodies: [SealedBody] = []
            while try statement.step() {
                guard let form = BodyForm(rawValue: statement.integer(1)) else {
                    throw LedgerError(.corrupt, "a stored body has the unknown form \(statement.integer(1))")
                }
                bodies.append(
                    SealedBody(
                        crossing: statement.integer(0),
                        form: form,
                        key: statement.integer(2),
                        accepted: statement.integer(3),
                        sealed: statement.bytes(4)
                    )
                )
            }
            return bodies
        }
    }
}
