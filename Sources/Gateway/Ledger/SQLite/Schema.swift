/// The tables of the ledger and the steps that lead to them.
///
/// The file carries the step that it has reached in `user_version`. A step is never changed once released; a change of
/// the tables is a further step.
enum Schema {
    /// Marks the file as ours: the letters `ISTH`.
    static let applicationID: Int64 = 0x4953_5448

    /// The step that this program writes.
    static var version: Int64 { Int64(steps.count) }

    /// What each step runs, from an empty file on.
    static let steps: [String] = [first, presence, generations, trail, bodies, records]

    private static let first = """
        CREATE TABLE outbox(
            id INTEGER PRIMARY KEY,
            crossing TEXT NOT NULL,
            target INTEGER NOT NULL,
            state INTEGER NOT NULL,
            accepted_ms INTEGER NOT NULL,
            first_sent_ms INTEGER,
            deadline_ms INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            sender TEXT NOT NULL,
            recipient TEXT NOT NULL,
            hop TEXT NOT NULL,
            generation TEXT NOT NULL,
            identity BLOB NOT NULL,
            facts BLOB NOT NULL,
            source BLOB NOT NULL,
            wire BLOB NOT NULL
        ) STRICT;
        CREATE TABLE audit(
            sequence INTEGER PRIMARY KEY,
            record BLOB NOT NULL,
            leaf BLOB NOT NULL
        ) STRICT;
        CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
            BEGIN SELECT RAISE(ABORT, 'audit records are never changed'); END;
        CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
            BEGIN SELECT RAISE(ABORT, 'audit records are never deleted'); END;
        CREATE TABLE seen(
            row INTEGER PRIMARY KEY,
            key BLOB NOT NULL,
            expires_ms INTEGER NOT NULL,
            status INTEGER NOT NULL,
            crossing TEXT NOT NULL
        ) STRICT;
        CREATE TABLE addresses(
            jid TEXT PRIMARY KEY,
            uri TEXT NOT NULL,
            uri_key TEXT NOT NULL UNIQUE,
            kind INTEGER NOT NULL,
            rule TEXT NOT NULL,
            first_seen_ms INTEGER NOT NULL,
            last_used_ms INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE capabilities(
            peer TEXT PRIMARY KEY,
            carrier INTEGER NOT NULL,
            uri_scheme TEXT NOT NULL,
            expires_ms INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE threads(
            key TEXT PRIMARY KEY,
            call_id TEXT NOT NULL,
            tag TEXT NOT NULL,
            cseq INTEGER NOT NULL,
            thread TEXT NOT NULL,
            expires_ms INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX threads_by_call_id ON threads(call_id);
        CREATE TABLE tells(
            key TEXT PRIMARY KEY,
            told_ms INTEGER NOT NULL,
            expires_ms INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE counters(
            name TEXT PRIMARY KEY,
            value INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE meta(
            key TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    /// Who watches whom, and the subscriptions and publications that this rests on.
    private static let presence = """
        CREATE TABLE watches(
            watcher TEXT NOT NULL,
            presentity TEXT NOT NULL,
            target INTEGER NOT NULL,
            state INTEGER NOT NULL,
            changed_ms INTEGER NOT NULL,
            parts BLOB NOT NULL,
            PRIMARY KEY(watcher, presentity, target)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE usages(
            id INTEGER PRIMARY KEY,
            kind INTEGER NOT NULL,
            watcher TEXT NOT NULL,
            presentity TEXT NOT NULL,
            expires_ms INTEGER NOT NULL,
            state BLOB NOT NULL
        ) STRICT;
        """

    /// The generations of mapping tables with their files, and how they came into force.
    private static let generations = """
        CREATE TABLE mapping_files(
            digest BLOB PRIMARY KEY,
            content BLOB NOT NULL
        ) STRICT;
        CREATE TABLE generation_files(
            generation TEXT NOT NULL,
            place INTEGER NOT NULL,
            path TEXT NOT NULL,
            digest BLOB NOT NULL,
            PRIMARY KEY(generation, place)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE activations(
            number INTEGER PRIMARY KEY,
            generation TEXT NOT NULL,
            before TEXT,
            on_disk TEXT,
            cause TEXT NOT NULL,
            actor TEXT NOT NULL,
            reason TEXT,
            checked_ms INTEGER NOT NULL,
            tested_ms INTEGER NOT NULL,
            shadowed_ms INTEGER,
            activated_ms INTEGER NOT NULL,
            retired_ms INTEGER
        ) STRICT;
        """

    /// How far the records have gone into the files of the log; only what lies there may leave the database.
    private static let trail = """
        CREATE TABLE trail(
            one INTEGER PRIMARY KEY CHECK(one = 1),
            exported INTEGER NOT NULL,
            stack BLOB NOT NULL,
            segment INTEGER NOT NULL,
            bytes INTEGER NOT NULL
        ) STRICT;
        CREATE TRIGGER trail_only_grows BEFORE UPDATE ON trail WHEN NEW.exported < OLD.exported
            BEGIN SELECT RAISE(ABORT, 'what was exported stays exported'); END;
        CREATE TRIGGER trail_is_never_deleted BEFORE DELETE ON trail
            BEGIN SELECT RAISE(ABORT, 'what was exported stays exported'); END;
        DROP TRIGGER audit_is_never_deleted;
        CREATE TRIGGER audit_is_kept_until_exported BEFORE DELETE ON audit
            WHEN OLD.sequence > coalesce((SELECT exported FROM trail), 0)
            BEGIN SELECT RAISE(ABORT, 'audit records are kept until they are exported'); END;
        """

    /// The texts that are kept, as ciphertext, and the legal holds on them.
    private static let bodies = """
        CREATE TABLE bodies(
            crossing INTEGER NOT NULL,
            form INTEGER NOT NULL,
            key INTEGER NOT NULL,
            accepted_ms INTEGER NOT NULL,
            sealed BLOB NOT NULL,
            UNIQUE(crossing, form)
        ) STRICT;
        CREATE INDEX bodies_by_key ON bodies(key, form, crossing);
        CREATE TABLE holds(
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,
            one TEXT NOT NULL,
            other TEXT,
            label BLOB NOT NULL,
            first_day INTEGER,
            last_day INTEGER,
            reason TEXT NOT NULL,
            placed_by TEXT NOT NULL,
            placed_ms INTEGER NOT NULL,
            asked_by TEXT,
            asked_ms INTEGER,
            lifted_by TEXT,
            lifted_ms INTEGER,
            CHECK(lifted_by IS NULL OR lifted_by <> asked_by)
        ) STRICT;
        CREATE TRIGGER holds_are_never_deleted BEFORE DELETE ON holds
            BEGIN SELECT RAISE(ABORT, 'holds are lifted, never deleted'); END;
        """

    /// One row for the records of a commit, in place of one for each.
    private static let records = """
        CREATE TABLE records(
            last INTEGER PRIMARY KEY,
            first INTEGER NOT NULL,
            lines BLOB NOT NULL,
            leaves BLOB NOT NULL
        ) STRICT;
        INSERT INTO records(last, first, lines, leaves)
            SELECT sequence, sequence, CAST(record || x'0A' AS BLOB), leaf FROM audit ORDER BY sequence;
        DROP TABLE audit;
        CREATE TRIGGER records_are_never_changed BEFORE UPDATE ON records
            BEGIN SELECT RAISE(ABORT, 'audit records are never changed'); END;
        CREATE TRIGGER records_are_kept_until_exported BEFORE DELETE ON records
            WHEN OLD.last > coalesce((SELECT exported FROM trail), 0)
            BEGIN SELECT RAISE(ABORT, 'audit records are kept until they are exported'); END;
        """

    /// Sets what makes a commit durable, reads it back, and brings the tables up to date.
    ///
    /// - Throws: ``LedgerError`` with `.notALedger`, `.newerSchema`, `.notDurable` or the library's failure.
    static func prepareForWriting(_ database: Database) throws(LedgerError) {
        try recognize(database)
        // Counts for a new file only. Rows of one to two kilobytes fill pages of 8 KiB better than the default's 4 KiB:
        // a fifth less work for each message.
        try database.execute("PRAGMA page_size = 8192")
        // WAL with synchronous=FULL: each commit ends with one fsync of the log, and a commit that was reported
        // survives a power failure. NORMAL would sync only at checkpoints. Deleted bodies are overwritten with zeros,
        // which costs less than half a microsecond a message.
        let journal = try database.text("PRAGMA journal_mode = WAL")
        try database.execute(
            """
            PRAGMA synchronous = FULL;
            PRAGMA secure_delete = ON;
            PRAGMA journal_size_limit = 67108864;
            PRAGMA cache_size = -16384;
            PRAGMA mmap_size = 0;
            PRAGMA temp_store = MEMORY;
            PRAGMA trusted_schema = OFF;
            """
        )
        let level = try database.integer("PRAGMA synchronous")
        guard journal == "wal", level == 2 else {
            throw LedgerError(
                .notDurable,
                "the database answers journal mode \(journal ?? "none") and synchronous \(level ?? -1), not wal and 2",
                remedy: "put the state directory on a local disk"
            )
        }
        try migrate(database)
    }

    /// Checks the tables that a start reads; records and files of tables, which may be large, are left to an inspection.
    ///
    /// - Throws: ``LedgerError`` with `.corrupt` naming the damage, or the library's failure.
    static func examine(_ database: Database) throws(LedgerError) {
        for table in examined {
            guard let found = try damage(of: table, in: database) else { continue }
            throw LedgerError(.corrupt, "the table \(table) is damaged: \(found)", remedy: remedyForDamage)
        }
    }

    private static func damage(of table: String, in database: Database) throws(LedgerError) -> String? {
        do throws(LedgerError) {
            let statement = try database.prepare("PRAGMA quick_check(\(table))")
            while try statement.step() {
                let found = statement.text(0)
                if found != "ok" { return found }
            }
            return nil
        } catch {
            // The check itself may stumble over the damage.
            guard error.code == .corrupt else { throw error }
            return error.reason
        }
    }

    private static let examined = [
        "outbox", "seen", "addresses", "capabilities", "threads", "tells", "counters", "meta", "watches", "usages",
        "activations", "holds",
    ]

    /// What to do about a damaged file.
    static let remedyForDamage =
        "keep the state directory as it is, and put a backup in place with isthmus ledger restore"

    /// Sets what a reading connection needs and checks that the tables are the known ones.
    ///
    /// - Throws: ``LedgerError`` with `.notALedger` or `.newerSchema`, or the library's failure.
    static func prepareForReading(_ database: Database) throws(LedgerError) {
        try recognize(database)
        try database.execute(
            "PRAGMA query_only = ON; PRAGMA cache_size = -4096; PRAGMA mmap_size = 0; PRAGMA trusted_schema = OFF;"
        )
        let found = try database.integer("PRAGMA user_version") ?? 0
        guard found == version else {
            throw LedgerError(
                .notALedger,
                "the database is at schema \(found), this program reads \(version)",
                remedy: "start the gateway once, which brings the database up to date"
            )
        }
    }

    private static func recognize(_ database: Database) throws(LedgerError) {
        _ = try database.schema(of: applicationID, atMost: version, named: "the database")
    }

    private static func migrate(_ database: Database) throws(LedgerError) {
        let found = Int(try database.integer("PRAGMA user_version") ?? 0)
        guard found < steps.count else { return }
        try database.execute("BEGIN IMMEDIATE")
        do {
            for step in steps[found...] {
                try database.execute(step)
            }
            try database.execute("PRAGMA application_id = \(applicationID); PRAGMA user_version = \(steps.count)")
            try database.execute("COMMIT")
        } catch {
            // The first failure is the one to report; closing the connection ends the transaction in any case.
            try? database.execute("ROLLBACK")
            throw error
        }
    }
}
