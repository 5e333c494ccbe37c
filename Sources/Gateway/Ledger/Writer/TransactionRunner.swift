/// Carries out operations inside the transaction that its owner has opened.
struct TransactionRunner {
    /// What a rollback must take back beside the database's own state.
    struct Progress {
        /// The sequence number of the next audit record.
        var nextSequence: Int64
        /// One more than the highest outbox id ever accepted.
        var nextCrossing: Int64
        /// Counted in this transaction and not yet written.
        var counts = [Int64](repeating: 0, count: LedgerCounter.allCases.count)
        /// The bytes of records that are numbered and not yet in a row.
        var recordBytes = 0
        /// What the file of keys must hold before the commit.
        var keys = BodyKeyStore.Changes()
        /// Whether something was erased.
        var erases = false
    }

    let database: Database
    private(set) var progress: Progress
    private var storedNextCrossing: Int64
    private var records: RecordBlock

    private let insertOutbox: Statement
    private let deleteOutbox: Statement
    private let insertSeen: Statement
    private let addCount: Statement

    /// The name under which the next outbox id is kept among the counters.
    static let nextCrossingName = "next-crossing"

    init(_ database: Database) throws(LedgerError) {
        self.database = database
        let nextSequence = try RecordTable(database).lastEver() + 1
        records = RecordBlock(first: nextSequence)
        let nextCrossing = try TransactionRunner.nextCrossing(in: database)
        progress = Progress(nextSequence: nextSequence, nextCrossing: nextCrossing)
        storedNextCrossing = nextCrossing
        insertOutbox = try database.prepare(
            """
            INSERT INTO outbox(id, crossing, target, state, accepted_ms, first_sent_ms, deadline_ms, attempts,
                sender, recipient, hop, generation, identity, facts, source, wire)
            VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
            """
        )
        deleteOutbox = try database.prepare("DELETE FROM outbox WHERE id = ?1")
        insertSeen = try database.prepare("INSERT INTO seen(key, expires_ms, status, crossing) VALUES(?1, ?2, ?3, ?4)")
        addCount = try database.prepare(
            """
            INSERT INTO counters(name, value) VALUES(?1, ?2)
            ON CONFLICT(name) DO UPDATE SET value = value + excluded.value
            """
        )
    }

    /// The first outbox id that has never been used.
    static func nextCrossing(in database: Database) throws(LedgerError) -> Int64 {
        let stored = try database.integer("SELECT value FROM counters WHERE name = '\(nextCrossingName)'") ?? 1
        let highest = try database.integer("SELECT max(id) FROM outbox") ?? 0
        return max(stored, highest + 1)
    }

    /// Takes back what was counted and numbered since the progress was read.
    mutating func restore(_ progress: Progress) {
        records.cut(behind: progress.nextSequence - 1, progress.recordBytes)
        self.progress = progress
    }

    /// Makes a row of the records so far when there are many; not within a submission that may be taken back alone.
    mutating func storeLongRecords() throws(LedgerError) {
        if records.byteCount >= RecordBlock.length { try storeRecords() }
    }

    private mutating func storeRecords() throws(LedgerError) {
        guard records.count > 0 else { return }
        try RecordTable(database).insert(records)
        records.clear()
        progress.recordBytes = 0
    }

    /// Carries out the operations of one submission.
    ///
    /// - Throws: ``LedgerError`` with the index of the operation that could not be carried out.
    mutating func apply(_ operations: [LedgerOperation]) throws(LedgerError) {
        // Lent, not copied: what an operation holds was made by another thread, and counting references to it here
        // would carry the counts from one core to the other and back.
        let lent = operations.span
        for index in lent.indices {
            do {
                try apply(lent[index])
            } catch {
                throw error.at(index)
            }
        }
    }

    /// Adds to a counter.
    mutating func count(_ counter: LedgerCounter, by count: Int64) {
        progress.counts[counter.index] += count
    }

    /// Writes records and what was counted; the last thing before the commit.
    mutating func finish() throws(LedgerError) {
        try storeRecords()
        for counter in LedgerCounter.allCases where progress.counts[counter.index] != 0 {
            try add(progress.counts[counter.index], to: counter.rawValue)
        }
        if progress.nextCrossing > storedNextCrossing {
            let statement = try database.cached(
                """
                INSERT INTO counters(name, value) VALUES(?1, ?2)
                ON CONFLICT(name) DO UPDATE SET value = excluded.value
                """
            )
            statement.bind(1, TransactionRunner.nextCrossingName)
            statement.bind(2, progress.nextCrossing)
            try statement.run()
        }
    }

    /// Notes that the transaction was committed.
    mutating func committed() {
        progress.counts = [Int64](repeating: 0, count: LedgerCounter.allCases.count)
        progress.keys = BodyKeyStore.Changes()
        progress.erases = false
        storedNextCrossing = progress.nextCrossing
    }

    private mutating func apply(_ operation: LedgerOperation) throws(LedgerError) {
        switch operation {
        case .accept(let row, let seen, let audit):
            try insert(row)
            try remember(seen)
            append(audit)
            progress.counts[LedgerCounter.accepted.index] += 1
            progress.nextCrossing = max(progress.nextCrossing, row.id &+ 1)
        case .settle(let id, let settlement, let audit):
            deleteOutbox.bind(1, id)
            try deleteOutbox.run()
            try requireChange(id)
            append(audit)
            progress.counts[settlement.counter.index] += 1
        case .update(let id, let update): try change(id, update)
        case .audit(let audit): append(audit)
        case .count(let counter, let count): progress.counts[counter.index] += count
        case .remember(let keys): try remember(keys)
        case .forgetSeen(let moment): try forgetSeen(moment)
        case .learn(let pair): try AddressTable(database).learn(pair)
        case .touch(let jid, let moment): try AddressTable(database).touch(jid, at: moment)
        case .addAddress(let pair): try AddressTable(database).add(pair)
        case .removeAddress(let jid): try AddressTable(database).remove(jid)
        case .capability(let capability): try store(capability)
        case .thread(let thread): try store(thread)
        case .tell(let tell): try store(tell)
        case .forgetExpired(let moment): try forgetExpired(moment)
        case .watch(let row): try WatchTable(database).store(row)
        case .forgetWatch(let watcher, let presentity, let target):
            try WatchTable(database).remove(watcher: watcher, presentity: presentity, target: target)
        case .usage(let row): try WatchTable(database).store(row)
        case .forgetUsage(let id): try WatchTable(database).remove(usage: id)
        case .activate(let row, let files, let limits): try GenerationTable(database).activate(row, files, limits)
        case .retire(let generation, let moment): try GenerationTable(database).retire(generation, at: moment)
        case .exported(let mark): try TrailTable(database).store(mark)
        case .forgetAudit(let last): try RecordTable(database).forget(through: last)
        case .keep(let key, let bodies):
            if !key.isStored { progress.keys.fresh[key.entry.id] = key }
            for body in bodies { try BodyTable(database).keep(body) }
        case .eraseBodies(let erasure):
            try BodyTable(database).erase(erasure)
            let ids = erasure.keys.map(\.id)
            if erasure.leavesDigests { progress.keys.reduced += ids } else { progress.keys.erased += ids }
            progress.erases = true
        case .placeHold(let hold): try HoldTable(database).place(hold)
        case .askLift(let id, let act): try HoldTable(database).ask(id, act)
        case .liftHold(let id, let act): try HoldTable(database).lift(id, act)
        case .meta(let key, let value): try store(key, value)
        }
    }

    private func insert(_ row: OutboxRow) throws(LedgerError) {
        let statement = insertOutbox
        statement.bind(1, row.id)
        statement.bind(2, row.crossing)
        statement.bind(3, row.target.rawValue)
        statement.bind(4, row.state.rawValue)
        statement.bind(5, row.accepted)
        statement.bind(6, row.firstSent)
        statement.bind(7, row.deadline)
        statement.bind(8, row.attempts)
        statement.bind(9, row.sender)
        statement.bind(10, row.recipient)
        statement.bind(11, row.hop)
        statement.bind(12, row.generation)
        statement.bind(13, row.identity)
        statement.bind(14, row.facts)
        statement.bind(15, row.source)
        statement.bind(16, row.wire)
        try statement.run()
    }

    private mutating func append(_ entry: AuditEntry) {
        records.append(entry)
        progress.nextSequence += 1
        progress.recordBytes = records.byteCount
    }

    private func remember(_ keys: [SeenKey]) throws(LedgerError) {
        let lent = keys.span
        for index in lent.indices {
            insertSeen.bind(1, lent[index].key)
            insertSeen.bind(2, lent[index].expires)
            insertSeen.bind(3, lent[index].status)
            insertSeen.bind(4, lent[index].crossing)
            try insertSeen.run()
        }
    }

    private func change(_ id: Int64, _ update: OutboxUpdate) throws(LedgerError) {
        let statement = try database.cached(
            """
            UPDATE outbox SET state = coalesce(?2, state), attempts = coalesce(?3, attempts),
                first_sent_ms = coalesce(?4, first_sent_ms), deadline_ms = coalesce(?5, deadline_ms),
                hop = coalesce(?6, hop), wire = coalesce(?7, wire), identity = coalesce(?8, identity),
                recipient = coalesce(?9, recipient), facts = coalesce(?10, facts),
                generation = coalesce(?11, generation)
            WHERE id = ?1
            """
        )
        statement.bind(1, id)
        statement.bind(2, update.state?.rawValue)
        statement.bind(3, update.attempts)
        statement.bind(4, update.firstSent)
        statement.bind(5, update.deadline)
        statement.bind(6, update.hop)
        statement.bind(7, update.wire)
        statement.bind(8, update.identity)
        statement.bind(9, update.recipient)
        statement.bind(10, update.facts)
        statement.bind(11, update.generation)
        try statement.run()
        try requireChange(id)
    }

    private func requireChange(_ id: Int64) throws(LedgerError) {
        guard database.changes == 1 else {
            throw LedgerError(.unknownCrossing, "the outbox has no item \(id); it was settled or never accepted")
        }
    }

    private func add(_ count: Int64, to name: String) throws(LedgerError) {
        addCount.bind(1, name)
        addCount.bind(2, count)
        try addCount.run()
    }

    func store(_ key: String, _ value: String) throws(LedgerError) {
        let statement = try database.cached("INSERT OR REPLACE INTO meta(key, value) VALUES(?1, ?2)")
        statement.bind(1, key)
        statement.bind(2, value)
        try statement.run()
    }
}
