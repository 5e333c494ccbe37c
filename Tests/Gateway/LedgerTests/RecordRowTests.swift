import AuditTrail
import Digests
import Testing

@testable import Ledger

/// Records that share a row of the store.
@Suite("Rows of records")
struct RecordRowTests {
    /// What stores, without a thread.
    private struct Store {
        let directory: TemporaryDirectory
        var engine: CommitEngine
        var path: String { directory.file("db") }

        init() throws {
            directory = try TemporaryDirectory()
            engine = try CommitEngine(path: directory.file("db"), vfs: nil)
        }

        /// Commits submissions together.
        @discardableResult
        mutating func commit(_ group: [[LedgerOperation]]) -> [Result<CommitReceipt, LedgerError>] {
            engine.commit(group.map { Submission(operations: $0, completion: { _ in }, isDirect: false) }).results
        }

        var reader: LedgerReader {
            get throws { try LedgerReader(path: path) }
        }

        /// The first and last numbers of the rows.
        func rows() throws -> [ClosedRange<Int64>] {
            try reader.read { database throws(LedgerError) in
                let statement = try database.prepare("SELECT first, last FROM records ORDER BY last")
                var rows: [ClosedRange<Int64>] = []
                while try statement.step() { rows.append(statement.integer(0)...statement.integer(1)) }
                return rows
            }
        }

        func run(_ sql: String) throws {
            let database = try Database(path: path, role: .writer)
            try database.execute(
                "DROP TRIGGER IF EXISTS records_are_never_changed; DROP TRIGGER IF EXISTS records_are_kept_until_exported"
            )
            try database.execute(sql)
        }
    }

    private static func entries(_ count: Int, from first: Int = 0) -> [LedgerOperation] {
        (first..<first + count).map { .audit(sampleEntry(.refused, "crossing-\($0)", time: sampleTime + Int64($0))) }
    }

    private static func wide(_ bytes: Int) throws -> LedgerOperation {
        let text = Array("{\"a\":\"".utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: bytes) + Array("\"}".utf8)
        return .audit(try #require(AuditEntry(body: text)))
    }

    @Test("Those of one commit share one, numbered and hashed as each alone would be")
    func shared() throws {
        var (together, alone) = (try Store(), try Store())
        together.commit([Self.entries(2), Self.entries(1, from: 2), [], Self.entries(3, from: 3)])
        for number in 0..<6 { alone.commit([Self.entries(1, from: number)]) }
        #expect(try together.rows() == [1...6])
        #expect(try alone.rows() == (1...6).map { $0...$0 })
        let rows = try together.reader.auditRecords(limit: .max)
        #expect(try rows == alone.reader.auditRecords(limit: .max))
        #expect(rows.allSatisfy { SHA256.hash(prefix: 0, $0.record.span) == $0.leaf })
        #expect(try together.reader.verifyLeaves() == LeafVerification(checked: 6, faults: [], last: 6))
    }

    @Test("A submission that is taken back alone leaves neither record nor gap, whatever stood before it in the row")
    func takenBack() throws {
        var store = try Store()
        let missing = LedgerOperation.removeAddress(jid: "nobody@example.net")
        let results = store.commit([Self.entries(1), Self.entries(2) + [missing], Self.entries(1, from: 1)])
        #expect(results.map { (try? $0.get().sequences) } == [1..<2, nil, 2..<3])
        // What only turns out within the transaction has all of it done again.
        let unknown = LedgerOperation.settle(id: 9, as: .delivered, audit: sampleEntry())
        let again = store.commit([Self.entries(1, from: 2), Self.entries(1) + [unknown], Self.entries(1, from: 3)])
        #expect(again.map { (try? $0.get().sequences) } == [3..<4, nil, 4..<5])
        let records = try store.reader.auditRecords(limit: .max).map { String(decoding: $0.record, as: UTF8.self) }
        #expect(records.count == 4)
        for (index, record) in records.enumerated() { #expect(record.contains("\"crossing-\(index)\"")) }
        #expect(try store.reader.verifyLeaves() == LeafVerification(checked: 4, faults: [], last: 4))
    }

    @Test("A row ends behind the submission that fills it; who is taken back behind a full row takes none with it")
    func bounded() throws {
        var store = try Store()
        let half = try Self.wide(RecordBlock.length / 2)
        let missing = LedgerOperation.removeAddress(jid: "nobody@example.net")
        store.commit([[half], [half], [half, missing], [half], [half, half, half], [half]])
        #expect(try store.rows() == [1...2, 3...6, 7...7])
        #expect(try store.reader.verifyLeaves() == LeafVerification(checked: 7, faults: [], last: 7))
    }

    @Test("A transaction that fails behind a full row is begun anew from its first number")
    func begunAnew() throws {
        var store = try Store()
        store.commit([Self.entries(1)])
        let wide = try Self.wide(RecordBlock.length)
        let unknown = LedgerOperation.settle(id: 9, as: .delivered, audit: sampleEntry())
        let results = store.commit([[wide], [wide], [unknown], Self.entries(1)])
        #expect(results.map { (try? $0.get().sequences) } == [2..<3, 3..<4, nil, 4..<5])
        #expect(try store.rows() == [1...1, 2...2, 3...3, 4...4])
        #expect(try store.reader.verifyLeaves() == LeafVerification(checked: 4, faults: [], last: 4))
    }

    @Test("Any part in any order is what a list of records gives")
    func parts() throws {
        var store = try Store()
        var generator = SplitMix(seed: 5)
        var next = 0
        while next < 40 {
            let count = Int.random(in: 1...6, using: &generator)
            store.commit([Self.entries(count, from: next)])
            next += count
        }
        let last = Int64(next)
        let reader = try store.reader
        let all = try reader.auditRecords(limit: .max)
        #expect(all.map(\.sequence) == Array(1...last))
        let filter = AuditFilter(since: sampleTime + 7, until: sampleTime + 30)
        for lower in 1...last + 1 {
            for upper in stride(from: lower, through: last + 2, by: 3) {
                let part = all.filter { lower...upper ~= $0.sequence }
                for order in [RecordOrder.oldestFirst, .newestFirst] {
                    let sorted = order == .oldestFirst ? part : part.reversed()
                    for limit in [1, 4, .max] {
                        let read = try reader.kept(lower...upper, AuditFilter(), order, limit)
                        #expect(read.first == 1 && read.rows == Array(sorted.prefix(limit)))
                    }
                    let timed = sorted.filter { 8...30 ~= $0.sequence }
                    #expect(try reader.kept(lower...upper, filter, order, .max).rows == timed)
                }
            }
        }
        for after in 0...last {
            for limit in [1, 3, 100] {
                let piece = try reader.exportable(after: after, limit: limit, bytes: .max)
                let part = all.filter { $0.sequence > after }.prefix(limit)
                #expect(piece.count == part.count)
                #expect(piece.lines == part.flatMap { $0.record + [0x0A] })
                #expect(piece.leaves == part.flatMap { $0.leaf.bytes })
            }
        }
    }

    @Test("Whole rows leave: what shares one with a record that stays, stays")
    func removal() throws {
        var store = try Store()
        for first in [0, 5, 7, 15] { store.commit([Self.entries([0: 5, 5: 2, 7: 8, 15: 1][first] ?? 0, from: first)]) }
        try store.run("INSERT INTO trail VALUES(1, 14, x'', 1, 0)")
        let reader = try store.reader
        func end(_ last: Int64, _ piece: Int64) throws -> Int64? {
            try reader.read { database throws(LedgerError) in
                try RecordTable(database).end(through: last, piece: piece)
            }
        }
        #expect(try end(4, 100) == nil)
        #expect(try end(5, 100) == 5)
        #expect(try end(14, 100) == 7)
        #expect(try end(16, 6) == 5)
        // A row longer than a piece goes alone.
        #expect(try end(16, 2) == 5)
        #expect(try end(16, 100) == 16)
        store.commit([[.forgetAudit(through: 6)]])
        #expect(try store.rows() == [6...7, 8...15, 16...16])
        store.commit([[.forgetAudit(through: 14)]])
        #expect(try store.rows() == [8...15, 16...16])
    }

    @Test("A row that lacks a line, a hash or its end is damage wherever it is read, and the rows around it are judged")
    func damage() throws {
        for change in [
            "lines = substr(lines, 1, length(lines) - 1)", "lines = CAST(replace(lines, x'0A', x'20') AS BLOB)",
            "leaves = substr(leaves, 33)", "leaves = substr(leaves, 2)", "first = first - 1", "first = last + 1",
            "first = -9223372036854775807", "lines = x''",
        ] {
            var store = try Store()
            for first in [0, 3, 6] { store.commit([Self.entries(3, from: first)]) }
            try store.run("UPDATE records SET \(change) WHERE last = 6")
            let reader = try store.reader
            let found = try reader.verifyLeaves()
            #expect(found.checked == 6 && found.last == 9)
            #expect(found.faults.map(\.kind) == [.altered], "\(change)")
            #expect(throws: LedgerError(.corrupt, "")) { try reader.auditRecords(limit: .max) }
            // Behind another row, all of it and a part of it.
            for after: Int64 in [0, 3, 4] {
                let error = #expect(throws: LedgerError.self) {
                    try reader.exportable(after: after, limit: 100, bytes: .max)
                }
                #expect(error?.code == .corrupt, "\(change)")
            }
        }
    }
}
