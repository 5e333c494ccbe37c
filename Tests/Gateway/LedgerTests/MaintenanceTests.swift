import AuditTrail
import Digests
import Foundation
import Testing

@testable import Ledger

@Suite("Inspection, backup and restoration")
struct MaintenanceTests {
    /// A ledger with open, delivered and failed items, and records of them.
    private static func fill(_ path: String, items: Int64 = 200) throws {
        let writer = try LedgerWriter(path: path) { $0.run() }
        defer { writer.close() }
        for id in 1...items {
            let entry = sampleEntry(.accepted, "crossing-\(id)")
            try writer.perform([.accept(sampleRow(id), audit: entry)])
            guard id % 3 != 0 else { continue }
            try writer.perform([.settle(id: id, as: .delivered, audit: sampleEntry(.delivered, "crossing-\(id)"))])
        }
    }

    /// Changes a store behind the back of its owner.
    private static func run(_ sql: String, in path: String) throws {
        try Database(path: path, role: .writer).execute(sql)
    }

    @Test("A sound ledger has no findings, and says how much it holds")
    func sound() throws {
        let folder = try TemporaryDirectory()
        try Self.fill(folder.file("db"))
        var stages: [LedgerInspection.Stage] = []
        let found = try LedgerReader(path: folder.file("db")).inspect { stages.append($0) }
        #expect(found.isSound && found.records == 334 && found.open == 66)
        #expect(stages == [.pages, .records(334)])
    }

    @Test("Each fault of records and counters is found by name")
    func findings() throws {
        let trigger = "DROP TRIGGER records_are_never_changed; DROP TRIGGER records_are_kept_until_exported; "
        let faults: [(sql: String, kind: LedgerInspection.Finding.Kind)] = [
            (
                trigger + "UPDATE records SET lines = CAST(replace(lines, 'gw.', 'GW.') AS BLOB) WHERE last = 7",
                .altered
            ),
            (trigger + "UPDATE records SET first = 900, last = 900 WHERE last = 334", .misplaced),
            (trigger + "DELETE FROM records WHERE last = 9", .missing),
            (trigger + "UPDATE records SET first = first - 1 WHERE last = 9", .altered),
            ("DELETE FROM outbox WHERE id = 3", .unbalanced),
            ("UPDATE counters SET value = value + 1 WHERE name = 'delivered'", .unbalanced),
        ]
        for fault in faults {
            let folder = try TemporaryDirectory()
            try Self.fill(folder.file("db"))
            try Self.run(fault.sql, in: folder.file("db"))
            let found = try LedgerReader(path: folder.file("db")).inspect()
            #expect(found.findings.contains { $0.kind == fault.kind }, "\(fault.sql): \(found.findings)")
        }
    }

    @Test("A mapping file of a generation that is not what was committed is found by its name")
    func alteredFile() throws {
        let folder = try TemporaryDirectory()
        try Self.fill(folder.file("db"), items: 3)
        let content = Array("format: isthmus-mapping/1".utf8)
        let digest = SHA256.hash(content).bytes
        let database = try Database(path: folder.file("db"), role: .writer)
        for (sql, value) in [
            ("INSERT INTO mapping_files(digest, content) VALUES(?1, ?2)", content),
            (
                "INSERT INTO generation_files(digest, generation, place, path) VALUES(?1, 'g', 0, CAST(?2 AS TEXT))",
                Array("50-site/mine.yaml".utf8)
            ),
        ] {
            let statement = try database.prepare(sql)
            statement.bind(1, digest)
            statement.bind(2, value)
            try statement.run()
        }
        #expect(try LedgerReader(path: folder.file("db")).inspect().isSound)
        try database.execute("UPDATE mapping_files SET content = zeroblob(25)")
        let found = try LedgerReader(path: folder.file("db")).inspect()
        #expect(found.findings.map(\.kind) == [.altered])
        #expect(found.findings.first?.text.hasPrefix("50-site/mine.yaml") == true)
    }

    @Test("A backup taken while the writer goes on is that of one moment, one private file, and sound")
    func backup() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("db")
        try Self.fill(path, items: 2_000)
        let writer = try LedgerWriter(path: path) { $0.run() }
        var id: Int64 = 2_000
        var steps = 0
        let found = try LedgerCopy.backUp(LedgerReader(path: path), to: folder.file("copy")) { _, _ in
            steps += 1
            id += 1
            // The moment of the copy is past; what is stored now is not in it.
            _ = try? writer.perform([.accept(sampleRow(id), audit: sampleEntry(.accepted, "crossing-\(id)"))])
        }
        writer.close()
        #expect(steps > 0 && found.isSound)
        let copy = try LedgerReader(path: folder.file("copy"))
        #expect(try copy.outbox(limit: .max).map(\.id).max() == 1_998)
        #expect(try copy.lastAuditRecord()?.sequence == Int64(found.records))
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.file("copy"))
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["copy", "db"])
    }

    @Test("A backup never takes the place of a file, and none is left of what cannot be finished")
    func noOverwriting() throws {
        let folder = try TemporaryDirectory()
        try Self.fill(folder.file("db"), items: 3)
        try Data("mine".utf8).write(to: URL(fileURLWithPath: folder.file("copy")))
        let reader = try LedgerReader(path: folder.file("db"))
        #expect(throws: LedgerError(.cannotOpen, "")) { try LedgerCopy.backUp(reader, to: folder.file("copy")) }
        #expect(try String(contentsOfFile: folder.file("copy"), encoding: .utf8) == "mine")
        #expect(throws: LedgerError(.cannotOpen, "")) { try LedgerCopy.backUp(reader, to: folder.file("none/copy")) }
        try Self.run("DELETE FROM outbox WHERE id = 3", in: folder.file("db"))
        #expect(try !LedgerCopy.backUp(reader, to: folder.file("other")).isSound)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(!names.contains { $0.hasPrefix("other") })
    }

    @Test("A restored ledger is that of the backup, with nothing of the log that lay beside the one before")
    func restoration() throws {
        let folder = try TemporaryDirectory()
        let directory = try StateDirectory(path: folder.file("state"))
        try Self.fill(directory.databasePath, items: 30)
        let copy = folder.file("copy")
        _ = try LedgerCopy.backUp(LedgerReader(path: directory.databasePath), to: copy)
        // A process that was killed: its commits lie in the log alone.
        let killed = try Database(path: directory.databasePath, role: .writer)
        try Schema.prepareForWriting(killed)
        try killed.execute("UPDATE counters SET value = 77 WHERE name = 'refused'; INSERT INTO meta VALUES('a', 'b')")
        let log = folder.file("none")
        let restored = try LedgerCopy.restore(copy, into: directory, log: log, keepingPresentAs: "before")
        #expect(restored.inspection.isSound && restored.adopted == 0)
        #expect(restored.kept == directory.databasePath + ".before")
        withExtendedLifetime(killed) {}
        let writer = try LedgerWriter(path: directory.databasePath) { $0.run() }
        defer { writer.close() }
        let reader = try LedgerReader(path: directory.databasePath)
        #expect(try reader.balance()[.refused] == 0)
        #expect(try reader.meta("a") == nil)
        #expect(try reader.inspect().open == 10)
        #expect(try LedgerReader(path: directory.databasePath + ".before").meta("a") == "b")
    }

    @Test("What is no sound backup is not put in place")
    func badBackup() throws {
        let folder = try TemporaryDirectory()
        let directory = try StateDirectory(path: folder.file("state"))
        try Self.fill(directory.databasePath, items: 3)
        try Data(repeating: 7, count: 9_000).write(to: URL(fileURLWithPath: folder.file("noise")))
        #expect(throws: LedgerError(.notALedger, "")) {
            try LedgerCopy.restore(folder.file("noise"), into: directory, log: "", keepingPresentAs: "before")
        }
        try Self.fill(folder.file("db"), items: 3)
        try Self.run("DELETE FROM outbox WHERE id = 3", in: folder.file("db"))
        let refused = try LedgerCopy.restore(folder.file("db"), into: directory, log: "", keepingPresentAs: "before")
        #expect(!refused.inspection.isSound && refused.kept == nil)
        #expect(try LedgerReader(path: directory.databasePath).inspect().open == 1)
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
        #expect(names.filter { $0.contains("before") || $0.contains("restoring") } == [])
    }

    @Test("Records that the log has beyond the backup are taken over as they are, and a torn line is not")
    func adoption() throws {
        let folder = try TemporaryDirectory()
        let directory = try StateDirectory(path: folder.file("state"))
        try Self.fill(directory.databasePath, items: 30)
        _ = try LedgerCopy.backUp(LedgerReader(path: directory.databasePath), to: folder.file("copy"))
        let writer = try LedgerWriter(path: directory.databasePath) { $0.run() }
        for number in 1...5 { try writer.perform([.audit(sampleEntry(.told, "later-\(number)"))]) }
        writer.close()
        let rows = try LedgerReader(path: directory.databasePath).auditRecords(limit: .max)
        try FileManager.default.createDirectory(atPath: folder.file("log"), withIntermediateDirectories: false)
        // Two segments, the second of which ends in a torn line.
        let parts = [(rows[..<20], SegmentFile(first: 1), ""), (rows[20...], SegmentFile(first: 21), "{\"seq\":9")]
        for (part, segment, torn) in parts {
            let bytes = Array(part.map(\.record).joined(separator: [0x0A])) + [0x0A] + Array(torn.utf8)
            try Data(bytes).write(to: URL(fileURLWithPath: folder.file("log/" + segment.name(.records))))
        }
        let restored = try LedgerCopy.restore(
            folder.file("copy"),
            into: directory,
            log: folder.file("log"),
            keepingPresentAs: "before"
        )
        #expect(restored.adopted == 5)
        let after = try LedgerReader(path: directory.databasePath)
        #expect(try after.auditRecords(limit: .max) == rows)
        #expect(try after.inspect().isSound)

        // The log of another store has other records in the same places.
        var other = Array(rows[19].record)
        other[20] ^= 1
        var records: [[UInt8]] = rows.map(\.record)
        records[19] = other
        let bytes = Array(records.joined(separator: [0x0A])) + [0x0A]
        let name = folder.file("log/" + SegmentFile(first: 1).name(.records))
        try FileManager.default.removeItem(atPath: folder.file("log/" + SegmentFile(first: 21).name(.records)))
        try Data(bytes).write(to: URL(fileURLWithPath: name))
        try Self.fill(folder.file("twenty"), items: 12)
        let twenty = try LedgerReader(path: folder.file("twenty"))
        #expect(try twenty.lastAuditRecord()?.sequence == 20)
        #expect(throws: LedgerError(.constraint, "")) {
            try LedgerCopy.restore(
                folder.file("twenty"),
                into: directory,
                log: folder.file("log"),
                keepingPresentAs: "again"
            )
        }
        #expect(try LedgerReader(path: directory.databasePath).inspect().isSound)
    }

    @Test("A ledger whose tables of a start are damaged is not opened, wherever a page is overwritten")
    func damaged() throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("db")
        try Self.fill(path)
        let sound = try Data(contentsOf: URL(fileURLWithPath: path))
        var refused = 0
        for page in 0..<(sound.count / 8192) {
            var bytes = sound
            for place in 0..<4096 { bytes[page * 8192 + 100 + place] = UInt8(truncatingIfNeeded: place &* 31 &+ page) }
            let other = folder.file("page-\(page)")
            try bytes.write(to: URL(fileURLWithPath: other))
            do throws(LedgerError) {
                let writer = try LedgerWriter(path: other) { $0.run() }
                writer.close()
                // Only records and files of tables are left to the inspection, which finds it; or the page is free.
                let reader = try LedgerReader(path: other)
                let findings = (try? reader.inspect().findings) ?? [.init(kind: .damaged, text: "unreadable")]
                let balance = try reader.balance()
                #expect(!findings.isEmpty || balance.balances)
            } catch {
                refused += 1
                #expect([.corrupt, .notALedger, .database].contains(error.code), "\(error)")
                #expect(error.code != .corrupt || !error.reason.contains("PRAGMA"), "\(error)")
            }
        }
        #expect(refused > 3)
    }
}
