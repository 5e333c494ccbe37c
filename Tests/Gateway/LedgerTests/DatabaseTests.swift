import CSQLite
import Foundation
import Testing

@testable import Ledger

@Suite("Database")
struct DatabaseTests {
    @Test("The writer's connection promises durability, and the promise is read back")
    func durabilityPragmas() throws {
        let directory = try TemporaryDirectory()
        let database = try Database(path: directory.file("db"), role: .writer)
        try Schema.prepareForWriting(database)
        #expect(try database.text("PRAGMA journal_mode") == "wal")
        #expect(try database.integer("PRAGMA synchronous") == 2)
        #expect(try database.integer("PRAGMA secure_delete") == 1)
        #expect(try database.integer("PRAGMA page_size") == 8192)
        #expect(try database.integer("PRAGMA mmap_size") ?? 0 == 0)
        #expect(try database.integer("PRAGMA application_id") == 0x4953_5448)
        #expect(try database.integer("PRAGMA user_version") == Schema.version)
    }

    @Test("The log's length is seen after each commit, and the library makes no checkpoints of its own")
    func logLengthIsSeen() throws {
        let directory = try TemporaryDirectory()
        let database = try Database(path: directory.file("db"), role: .writer)
        try Schema.prepareForWriting(database)
        let before = database.pagesInLog
        try database.execute("INSERT INTO records VALUES(1, 1, zeroblob(20000000), x'00')")
        #expect(database.pagesInLog - before > 2000)
        let (pages, moved) = try database.checkpoint()
        #expect(pages == database.pagesInLog)
        #expect(moved == pages)
    }

    @Test("A database that cannot keep a log is refused")
    func memoryIsNotDurable() throws {
        let database = try Database(path: ":memory:", role: .writer)
        #expect(throws: LedgerError(.notDurable, "")) { try Schema.prepareForWriting(database) }
    }

    @Test("All tables are strict")
    func tablesAreStrict() throws {
        let directory = try TemporaryDirectory()
        let database = try Database(path: directory.file("db"), role: .writer)
        try Schema.prepareForWriting(database)
        let lax =
            "SELECT count(*) FROM pragma_table_list WHERE type = 'table' AND NOT strict AND name NOT LIKE 'sqlite%'"
        #expect(try database.integer(lax) == 0)
        #expect(try database.integer("SELECT count(*) FROM pragma_table_list WHERE strict") == 17)
    }

    @Test("Audit records can neither be changed nor deleted")
    func auditIsAppendOnly() throws {
        let directory = try TemporaryDirectory()
        let database = try Database(path: directory.file("db"), role: .writer)
        try Schema.prepareForWriting(database)
        try database.execute("INSERT INTO records VALUES(1, 1, x'7b7d0a', x'00')")
        #expect(throws: LedgerError(.constraint, "")) { try database.execute("UPDATE records SET leaves = x'01'") }
        #expect(throws: LedgerError(.constraint, "")) { try database.execute("DELETE FROM records") }
    }

    @Test("A database of another program is refused and left as it is")
    func foreignDatabase() throws {
        let directory = try TemporaryDirectory()
        do {
            let database = try Database(path: directory.file("db"), role: .writer)
            try database.execute("CREATE TABLE other(x); PRAGMA user_version = 7")
        }
        let before = try fileBytes(directory.file("db"))
        #expect(throws: LedgerError(.notALedger, "")) { try openWriter(directory.file("db")) }
        #expect(try fileBytes(directory.file("db")) == before)
    }

    @Test("A file that is no database is refused")
    func noDatabase() throws {
        let directory = try TemporaryDirectory()
        try Data(repeating: 0x41, count: 9000).write(to: URL(fileURLWithPath: directory.file("db")))
        #expect(throws: LedgerError(.notALedger, "")) { try openWriter(directory.file("db")) }
        #expect(throws: LedgerError(.notALedger, "")) { try LedgerReader(path: directory.file("db")) }
        let error = #expect(throws: LedgerError.self) { try LedgerReader(path: directory.file("db")) }
        #expect(error?.remedy.contains("isthmus ledger restore") == true)
        #expect(error?.reason.contains("PRAGMA") == false)
    }

    @Test("A disk without room is told from one that fails, and damage is told without the statement that met it")
    func results() {
        func error(_ result: Int32) -> LedgerError {
            LedgerError(result: result, doing: "running SELECT 1", detail: "detail")
        }
        // SQLITE_FULL, and SQLITE_IOERR_SHMSIZE between SQLITE_IOERR_SHMOPEN and SQLITE_IOERR_SHMLOCK.
        for result: Int32 in [13, 10 | 19 << 8] {
            #expect(error(result).code == .diskFull)
            #expect(error(result).reason == "the disk is full: detail (SQLite \(result))")
            #expect(error(result).remedy.hasPrefix("free space"))
        }
        for result: Int32 in [10, 10 | 18 << 8, 10 | 20 << 8] { #expect(error(result).code == .inputOutput) }
        let damaged = error(11)
        #expect(damaged.code == .corrupt && damaged.code.rawValue == "damaged")
        #expect(damaged.reason == "the file of the store is damaged: detail (SQLite 11)")
    }

    @Test("A database of a later version is refused with a remedy")
    func laterVersion() throws {
        let directory = try TemporaryDirectory()
        try openWriter(directory.file("db")).close()
        do {
            let database = try Database(path: directory.file("db"), role: .writer)
            try database.execute("PRAGMA user_version = 1000")
        }
        do {
            _ = try openWriter(directory.file("db"))
            Issue.record("a later version was opened")
        } catch {
            #expect(error.code == .newerSchema)
            #expect(error.reason.contains("1000"))
            #expect(!error.remedy.isEmpty)
        }
        #expect(throws: LedgerError(.newerSchema, "")) { try LedgerReader(path: directory.file("db")) }
    }

    @Test("A missing directory or database is named")
    func missingFiles() throws {
        let directory = try TemporaryDirectory()
        #expect(throws: LedgerError(.cannotOpen, "")) { try openWriter(directory.file("none/db")) }
        #expect(throws: LedgerError(.cannotOpen, "")) { try LedgerReader(path: directory.file("db")) }
    }

    @Test("Migration happens whole or not at all, and once")
    func migrationIsAtomic() throws {
        let directory = try TemporaryDirectory()
        do {
            let database = try Database(path: directory.file("db"), role: .writer)
            try Schema.prepareForWriting(database)
            try database.execute("INSERT INTO meta VALUES('k', 'v')")
            try Schema.prepareForWriting(database)
            #expect(try database.text("SELECT value FROM meta") == "v")
        }
        let reader = try LedgerReader(path: directory.file("db"))
        #expect(try reader.meta("k") == "v")
    }

    @Test("Bytes, texts and numbers come back as they were bound, empty ones too")
    func bindingRoundTrip() throws {
        let directory = try TemporaryDirectory()
        let database = try Database(path: directory.file("db"), role: .writer)
        try database.execute("CREATE TABLE t(a, b, c, d, e)")
        let insert = try database.prepare("INSERT INTO t VALUES(?1, ?2, ?3, ?4, ?5)")
        let select = try database.prepare("SELECT a, b, c, d, e FROM t ORDER BY rowid DESC LIMIT 1")
        for size in [0, 1, 4000, 5000, 300_000, 10] {
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            let word = String(repeating: "ü", count: size)
            insert.bind(1, bytes)
            insert.bind(2, word)
            insert.bind(3, Int64(size) - 3)
            insert.bind(4, Int64?.none)
            insert.bind(5, bytes.span)
            try insert.run()
            #expect(try select.step())
            #expect(select.bytes(0) == bytes)
            #expect(select.text(1) == word)
            #expect(select.integer(2) == Int64(size) - 3)
            #expect(select.isNull(3) && !select.isNull(0) && !select.isNull(1))
            #expect(select.optionalInteger(3) == nil)
            #expect(select.bytes(4) == bytes)
            select.reset()
        }
    }

    @Test("A parameter that is not bound again is null, not what it was before")
    func bindingsAreCleared() throws {
        let directory = try TemporaryDirectory()
        let database = try Database(path: directory.file("db"), role: .writer)
        let select = try database.prepare("SELECT ?1")
        select.bind(1, "first")
        #expect(try select.step())
        #expect(select.text(0) == "first")
        select.reset()
        #expect(try select.step())
        #expect(select.isNull(0))
        select.reset()
    }

    @Test("A reader sees what was committed and cannot write")
    func readerReads() throws {
        let directory = try TemporaryDirectory()
        let writer = try openWriter(directory.file("db"))
        let reader = try LedgerReader(path: directory.file("db"))
        #expect(try reader.auditRecords().isEmpty)
        try writer.perform([.audit(sampleEntry())])
        #expect(try reader.auditRecords().count == 1)
        #expect(throws: LedgerError(.readOnly, "")) {
            try reader.read { database throws(LedgerError) in try database.execute("DELETE FROM meta") }
        }
        writer.close()
        #expect(try reader.auditRecords().count == 1)
    }
}
