import Glibc

/// The file of keys, as the writer of the ledger changes it: keys are durable there before what rests on them is
/// committed, and go from there before their erasure is.
final class BodyKeyStore {
    /// What one transaction of the ledger asks of it.
    struct Changes {
        /// Keys that are not known to be stored, by their names.
        var fresh: [Int64: BodyKey] = [:]
        /// Keys that go.
        var erased: [Int64] = []
        /// Keys of which what opens texts goes.
        var reduced: [Int64] = []

        /// Whether there is nothing to do.
        var isEmpty: Bool { fresh.isEmpty && erased.isEmpty && reduced.isEmpty }
    }

    /// Pages of the log at which they are moved into the file.
    private static let checkpointPages = 256

    private let database: Database

    /// Opens the file, which is made where there is none, readable by its owner alone.
    init(path: String, vfs: String?) throws(LedgerError) {
        // With another file layer the file is not one of the system's.
        if vfs == nil, unsafe access(path, F_OK) != 0 { try FileSteps.createPrivate(path) }
        database = try Database(path: path, role: .writer, vfs: vfs)
        try BodyKeySchema.prepareForWriting(database)
    }

    /// Makes changes durable.
    func apply(_ changes: Changes) throws(LedgerError) {
        try database.execute("BEGIN IMMEDIATE")
        do throws(LedgerError) {
            for key in changes.fresh.values { try insert(key) }
            let delete = try database.cached("DELETE FROM keys WHERE id = ?1")
            for id in changes.erased {
                delete.bind(1, id)
                try delete.run()
            }
            try reduce(changes.reduced)
            try database.execute("COMMIT")
        } catch {
            if database.isInTransaction { try? database.execute("ROLLBACK") }
            throw error
        }
        for key in changes.fresh.values { key.wasStored() }
        if database.pagesInLog > BodyKeyStore.checkpointPages {
            // What is left is moved after a later commit.
            _ = try? database.checkpoint()
        }
    }

    /// Empties the log, so that no erased key is left in it.
    ///
    /// - Parameter waits: whether a reader is given time to end.
    /// - Returns: false when a reader stood in the way.
    /// - Throws: ``LedgerError`` when the log cannot be emptied for another reason.
    func trim(waits: Bool) throws(LedgerError) -> Bool { try database.trimLog(waits: waits) }

    /// Leaves of keys what makes digests; a build that knows no such keys does not open the file from then on.
    private func reduce(_ ids: [Int64]) throws(LedgerError) {
        guard !ids.isEmpty else { return }
        try database.execute("PRAGMA user_version = \(BodyKeySchema.versionOfReduced)")
        let find = try database.cached("SELECT secret FROM keys WHERE id = ?1")
        let update = try database.cached("UPDATE keys SET secret = ?2 WHERE id = ?1")
        for id in ids {
            find.bind(1, id)
            defer { find.reset() }
            guard try find.step() else { continue }
            let secret = find.bytes(0)
            guard secret.count != BodyKey.reducedByteCount else { continue }
            update.bind(1, id)
            update.bind(2, BodyKey.reduced(secret))
            try update.run()
        }
    }

    private func insert(_ key: BodyKey) throws(LedgerError) {
        let statement = try database.cached(
            """
            INSERT OR IGNORE INTO keys(\(BodyKeySchema.columns), secret) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            """
        )
        statement.bind(1, key.entry.id)
        statement.bind(2, key.entry.day)
        statement.bind(3, key.entry.name.conversation.bytes)
        for (column, label) in (key.entry.name.people + key.entry.name.domains).enumerated() {
            statement.bind(Int32(column) + 4, label.bytes)
        }
        statement.bind(8, key.secret)
        try statement.run()
    }
}
