/// The file of keys: a database beside the ledger, so that a copy of the ledger has no key in it.
enum BodyKeySchema {
    /// Marks the file as ours: the letters `ISTK`.
    static let applicationID: Int64 = 0x4953_544B
    /// The form of a file whose keys all open texts.
    static let version: Int64 = 1
    /// That of one in which there may be keys that do not.
    static let versionOfReduced: Int64 = 2

    /// The path of the file beside a ledger.
    static func path(beside ledger: String) -> String {
        let folder = ledger.lastIndex(of: "/").map { ledger[...$0] } ?? ""
        return folder + "keys.db"
    }

    private static let tables = """
        CREATE TABLE keys(
            id INTEGER PRIMARY KEY,
            day INTEGER NOT NULL,
            conversation BLOB NOT NULL,
            first BLOB NOT NULL,
            second BLOB NOT NULL,
            first_domain BLOB NOT NULL,
            second_domain BLOB NOT NULL,
            secret BLOB NOT NULL
        ) STRICT;
        CREATE INDEX keys_by_conversation ON keys(conversation, day);
        CREATE INDEX keys_by_day ON keys(day);
        """

    /// The columns of an entry, in the order in which ``entry(_:)`` reads them.
    static let columns = "id, day, conversation, first, second, first_domain, second_domain"
    /// The same, and what stands behind them in a row that is read.
    static let readColumns = columns + ", length(secret)"

    /// Reads an entry.
    static func entry(_ row: Statement) -> BodyKeyEntry {
        BodyKeyEntry(
            id: row.integer(0),
            name: ConversationName(
                conversation: BodyLabel(row.bytes(2)),
                people: [BodyLabel(row.bytes(3)), BodyLabel(row.bytes(4))],
                domains: [BodyLabel(row.bytes(5)), BodyLabel(row.bytes(6))]
            ),
            day: row.integer(1),
            opensTexts: row.integer(7) != Int64(BodyKey.reducedByteCount)
        )
    }

    /// Sets what makes a commit durable and an erased key unreadable, and creates the tables of a new file.
    static func prepareForWriting(_ database: Database) throws(LedgerError) {
        let found = try recognize(database)
        let journal = try database.text("PRAGMA journal_mode = WAL")
        try database.execute(
            """
            PRAGMA synchronous = FULL;
            PRAGMA secure_delete = ON;
            PRAGMA mmap_size = 0;
            PRAGMA temp_store = MEMORY;
            PRAGMA trusted_schema = OFF;
            """
        )
        let level = try database.integer("PRAGMA synchronous")
        let erases = try database.integer("PRAGMA secure_delete")
        guard journal == "wal", level == 2, erases == 1 else {
            throw LedgerError(
                .notDurable,
                "the file of keys answers journal mode \(journal ?? "none"), synchronous \(level ?? -1) and "
                    + "secure_delete \(erases ?? -1), not wal, 2 and 1",
                remedy: "put the state directory on a local disk"
            )
        }
        guard found == 0 else { return }
        try database.execute(
            """
            BEGIN IMMEDIATE; \(tables)
            PRAGMA application_id = \(applicationID); PRAGMA user_version = \(version); COMMIT
            """
        )
    }

    /// Sets what a reading connection needs.
    ///
    /// - Returns: whether there are tables yet.
    static func prepareForReading(_ database: Database) throws(LedgerError) -> Bool {
        let found = try recognize(database)
        try database.execute("PRAGMA query_only = ON; PRAGMA mmap_size = 0; PRAGMA trusted_schema = OFF;")
        return found != 0
    }

    private static func recognize(_ database: Database) throws(LedgerError) -> Int64 {
        try database.schema(of: applicationID, atMost: versionOfReduced, named: "the file of keys")
    }
}
