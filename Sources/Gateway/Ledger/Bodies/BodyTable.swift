/// The ciphertexts, inside the writer's transaction.
struct BodyTable {
    private let database: Database

    init(_ database: Database) { self.database = database }

    /// Stores a form, in place of what was stored of it.
    func keep(_ body: SealedBody) throws(LedgerError) {
        let statement = try database.cached(
            """
            INSERT INTO bodies(crossing, form, key, accepted_ms, sealed) VALUES(?1, ?2, ?3, ?4, ?5)
            ON CONFLICT(crossing, form) DO UPDATE SET key = excluded.key, sealed = excluded.sealed
            """
        )
        statement.bind(1, body.crossing)
        statement.bind(2, body.form.rawValue)
        statement.bind(3, body.key)
        statement.bind(4, body.accepted)
        statement.bind(5, body.sealed)
        try statement.run()
    }

    /// Deletes what lies under keys, unless a hold or an open item stands in the way.
    func erase(_ erasure: BodyErasure) throws(LedgerError) {
        for hold in try HoldTable(database).active() {
            guard let key = erasure.keys.first(where: { hold.covers($0) }) else { continue }
            throw hold.refusal(of: key)
        }
        if let open = try BodyTable.firstOpen(erasure, in: database) {
            throw LedgerError(
                .openItems,
                "message \(open.id), accepted on \(Timestamp.day(open.day)), is not settled",
                remedy: "wait for its end, or erase up to the day before with --until"
            )
        }
        // One row without bytes stays of an item, so that it can be told that something was kept.
        let delete = try database.cached("DELETE FROM bodies WHERE key = ?1 AND form <> \(BodyForm.source.rawValue)")
        let empty = try database.cached("UPDATE bodies SET sealed = x'' WHERE key = ?1")
        for key in erasure.keys {
            for statement in [delete, empty] {
                statement.bind(1, key.id)
                try statement.run()
            }
        }
    }

    /// The first item that is not settled and that an erasure concerns.
    private static func firstOpen(
        _ erasure: BodyErasure,
        in database: Database
    ) throws(LedgerError) -> (id: Int64, day: Int64)? {
        let underKey = try database.cached(
            """
            SELECT outbox.id, outbox.accepted_ms FROM bodies JOIN outbox ON outbox.id = bodies.crossing
            WHERE bodies.key = ?1 LIMIT 1
            """
        )
        for key in erasure.keys {
            underKey.bind(1, key.id)
            defer { underKey.reset() }
            if try underKey.step() { return (underKey.integer(0), BodyKeyEntry.day(of: underKey.integer(1))) }
        }
        guard let one = erasure.people.first, let other = erasure.people.last else { return nil }
        let between = try database.cached(
            """
            SELECT id, accepted_ms FROM outbox
            WHERE (sender = ?1 OR recipient = ?1) AND (sender = ?2 OR recipient = ?2)
                AND accepted_ms >= ?3 AND accepted_ms < ?4 LIMIT 1
            """
        )
        between.bind(1, one)
        between.bind(2, other)
        between.bind(3, erasure.days.lowerBound.multiplied(by: 86_400_000))
        between.bind(4, (erasure.days.upperBound &+ 1).multiplied(by: 86_400_000))
        defer { between.reset() }
        guard try between.step() else { return nil }
        return (between.integer(0), BodyKeyEntry.day(of: between.integer(1)))
    }
}

extension Int64 {
    /// A product that stops at the ends of the range instead of trapping.
    fileprivate func multiplied(by other: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? (self < 0 ? .min : .max) : product
    }
}
