/// The tables of a search database.
///
/// Everything in it is derived from the files of the log: another version is not brought up to date but made anew.
enum SearchSchema {
    /// Marks the file as ours: the letters `ISTS`.
    static let applicationID: Int64 = 0x4953_5453
    /// The form of the tables, of the packed values, and of the hashes of terms.
    static let version: Int64 = 1

    /// Records are sealed by chunks of ``PositionSet/capacity``; those of the last, unfinished chunk lie in `open`, one a
    /// row, with the hashes of their terms, five bytes each.
    ///
    /// - `terms`: blocks of sorted terms, their key the number of the chunk above the first hash.
    /// - `places`: where 128 records lie.
    /// - `forms`: which addresses were translated into each other, both ways.
    /// - `mark`: the last record that is in, with the hash by which the files that belong to it are known.
    static let tables = """
        CREATE TABLE open(
            sequence INTEGER PRIMARY KEY,
            segment INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            length INTEGER NOT NULL,
            time_ms INTEGER NOT NULL,
            terms BLOB NOT NULL
        ) STRICT;
        CREATE TABLE chunks(
            chunk INTEGER PRIMARY KEY,
            since_ms INTEGER NOT NULL,
            until_ms INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE terms(
            key INTEGER PRIMARY KEY,
            packed BLOB NOT NULL
        ) STRICT;
        CREATE TABLE places(
            first INTEGER PRIMARY KEY,
            segment INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            time_ms INTEGER NOT NULL,
            since_ms INTEGER NOT NULL,
            until_ms INTEGER NOT NULL,
            packed BLOB NOT NULL
        ) STRICT;
        CREATE TABLE forms(
            form TEXT NOT NULL,
            other TEXT NOT NULL,
            PRIMARY KEY(form, other)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE mark(
            one INTEGER PRIMARY KEY CHECK(one = 1),
            sequence INTEGER NOT NULL,
            segment INTEGER NOT NULL,
            bytes INTEGER NOT NULL,
            length INTEGER NOT NULL,
            leaf BLOB NOT NULL
        ) STRICT;
        """

    /// The names of the tables.
    static let names = ["open", "chunks", "terms", "places", "forms", "mark"]

    /// Sets what a filling connection needs and makes the tables in an empty file.
    ///
    /// What is lost in a power failure is read from the files again, so that no commit waits for the disk.
    ///
    /// - Throws: ``LedgerError`` with `.notALedger` for a file that is something else, or the library's failure.
    static func prepareForFilling(_ database: Database, isBulk: Bool) throws(LedgerError) {
        let isEmpty = try database.integer("SELECT count(*) FROM sqlite_schema") == 0
        if !isEmpty { try recognize(database) }
        try database.execute("PRAGMA page_size = 8192")
        let settings =
            isBulk
            ? "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;"
            : "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -8192;"
        try database.execute(
            settings + "PRAGMA journal_size_limit = 16777216; PRAGMA mmap_size = 0; PRAGMA trusted_schema = OFF;"
        )
        guard isEmpty else { return }
        try database.execute("BEGIN IMMEDIATE")
        try database.execute(tables)
        try database.execute("PRAGMA application_id = \(applicationID); PRAGMA user_version = \(version)")
        try database.execute("COMMIT")
    }

    /// Sets what a reading connection needs and checks that the tables are the known ones.
    static func prepareForReading(_ database: Database) throws(LedgerError) {
        try recognize(database)
        try database.execute(
            "PRAGMA query_only = ON; PRAGMA cache_size = -8192; PRAGMA mmap_size = 0; PRAGMA trusted_schema = OFF;"
        )
    }

    private static func recognize(_ database: Database) throws(LedgerError) {
        let owner = try database.integer("PRAGMA application_id") ?? 0
        let found = try database.integer("PRAGMA user_version") ?? 0
        guard owner == applicationID, found == version else {
            throw LedgerError(
                .notALedger,
                "the file is no search database of this version (application id \(owner), version \(found))",
                remedy: "isthmus audit reindex makes one"
            )
        }
    }
}
