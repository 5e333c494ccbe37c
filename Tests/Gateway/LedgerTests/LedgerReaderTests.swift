import Digests
import Testing

@testable import Ledger

@Suite("LedgerReader and audit records")
struct LedgerReaderTests {
    private let directory: TemporaryDirectory
    private let writer: LedgerWriter
    private let reader: LedgerReader

    init() throws {
        directory = try TemporaryDirectory()
        writer = try openWriter(directory.file("db"))
        reader = try LedgerReader(path: directory.file("db"))
    }

    private func sequences(_ filter: AuditFilter, from: Int64 = 1, limit: Int = 100) throws -> [Int64] {
        try reader.auditRecords(from: from, matching: filter, limit: limit).map(\.sequence)
    }

    @Test("Records are found by crossing, event, address and text")
    func filters() throws {
        var first = AuditRecord(.accepted, time: sampleTime, node: "gw", crossing: "c1")
        first.sender = AuditAddress(before: "juliet@example.com/balcony", after: "sip:juliet@example.com")
        first.recipient = AuditAddress(before: "romeo@example.net", after: "sip:romeo@example.net;transport=tcp")
        var second = AuditRecord(.refused, time: sampleTime + 1, node: "gw", crossing: "c10")
        second.sender = AuditAddress(before: "juliet@example.community")
        second.reason = "said \"crossing\":\"c1\" and juliet@example.com"
        let third = AuditRecord(.delivered, time: sampleTime + 2, node: "gw", crossing: "c1")
        try writer.perform([.audit(first.entry()), .audit(second.entry()), .audit(third.entry())])

        #expect(try sequences(AuditFilter(crossing: "c1")) == [1, 3])
        #expect(try sequences(AuditFilter(crossing: "c")) == [])
        #expect(try sequences(AuditFilter(address: "juliet@example.com")) == [1])
        #expect(try sequences(AuditFilter(address: "sip:romeo@example.net")) == [1])
        #expect(try sequences(AuditFilter(address: "juliet@example.community")) == [2])
        #expect(try sequences(AuditFilter(address: "uliet@example.com")) == [])
        #expect(try sequences(AuditFilter(containing: "juliet@example.com")) == [1, 2])
        #expect(try sequences(AuditFilter(containing: "said \"crossing\"")) == [2])
        #expect(try sequences(AuditFilter(events: [.refused, .delivered])) == [2, 3])
        #expect(try sequences(AuditFilter(crossing: "c1", events: [.refused])) == [])
        #expect(try sequences(AuditFilter(crossing: "c1", events: [])) == [1, 3])
        #expect(try sequences(AuditFilter(), from: 2, limit: 1) == [2])
    }

    @Test("Records are found by time, also where times lie a little out of order")
    func timeRange() throws {
        // One record every ten seconds; every seventh carries a time thirty seconds too early.
        let times = (0..<500).map { sampleTime + Int64($0) * 10_000 - ($0 % 7 == 3 ? 30_000 : 0) }
        try writer.perform(times.map { .audit(sampleEntry(time: $0)) })
        for (since, until) in [(0, 500), (100, 101), (250, 300), (499, 600), (600, 700), (-50, 2)] as [(Int64, Int64)] {
            let start = sampleTime + since * 10_000
            let end = sampleTime + until * 10_000
            let expected = times.indices.filter { times[$0] >= start && times[$0] < end }.map { Int64($0) + 1 }
            #expect(try sequences(AuditFilter(since: start, until: end), limit: 1000) == expected)
        }
        #expect(try sequences(AuditFilter(since: .min, until: .max), limit: 1000).count == 500)
    }

    @Test("The last record is found at once")
    func lastRecord() throws {
        #expect(try reader.lastAuditRecord() == nil)
        try writer.perform([.audit(sampleEntry()), .audit(sampleEntry(.delivered))])
        #expect(try reader.lastAuditRecord()?.sequence == 2)
    }

    @Test("RFC 9162 §2.1: altered, misplaced and missing records are told apart")
    func verification() throws {
        for _ in 0..<6 { try writer.perform([.audit(sampleEntry())]) }
        #expect(try reader.verifyLeaves() == LeafVerification(checked: 6, faults: [], last: 6))
        #expect(try reader.verifyLeaves(from: 3, through: 4) == LeafVerification(checked: 2, faults: [], last: 4))
        writer.close()
        let database = try Database(path: directory.file("db"), role: .writer)
        try database.execute("DROP TRIGGER records_are_never_changed; DROP TRIGGER records_are_kept_until_exported")
        try database.execute("UPDATE records SET lines = CAST(replace(lines, 'gw', 'GW') AS BLOB) WHERE last = 2")
        try database.execute("DELETE FROM records WHERE last = 4")
        try database.execute(
            "UPDATE records SET lines = s.lines, leaves = s.leaves FROM (SELECT * FROM records WHERE last = 1) s WHERE records.last = 6"
        )
        #expect(
            try reader.verifyLeaves().faults == [
                LeafVerification.Fault(sequence: 2, kind: .altered),
                LeafVerification.Fault(sequence: 5, kind: .missing),
                LeafVerification.Fault(sequence: 6, kind: .misplaced),
            ]
        )
    }
}
