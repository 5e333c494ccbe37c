import AuditTrail
import Foundation
import Testing

@testable import Ledger

/// The search database: what fills it, what it survives, and what it finds.
@Suite("Search database")
struct SearchTests {
    /// More than one chunk and a piece of the next.
    private static let count = PositionSet.capacity + 3_000

    private static let filters: [AuditFilter] = {
        var filters = [
            AuditFilter(), AuditFilter(crossing: "17"), AuditFilter(crossing: "none"),
            AuditFilter(address: "user5@example.com"), AuditFilter(address: "sip:romeo@example.net"),
            AuditFilter(address: "user5@example.com/a \"b\""), AuditFilter(events: [.told, .accepted]),
            AuditFilter(since: SearchSamples.time(30_000), until: SearchSamples.time(33_000)),
            AuditFilter(containing: "\"m77\"", events: [.accepted]),
        ]
        var filter = AuditFilter()
        filter.person = ["sip:user7@example.com", "user7@example.com"]
        filters.append(filter)
        filter.outcome = "404"
        filters.append(filter)
        filter = AuditFilter(until: SearchSamples.time(20_000))
        filter.rule = "even"
        filter.peer = "peer20.example"
        filters.append(filter)
        filter = AuditFilter(events: [])
        filter.crossings = (200...240).map { String($0) }
        filters.append(filter)
        filter = AuditFilter()
        filter.loss = "message.html"
        filters.append(filter)
        filter.identifier = "5@gw"
        filters.append(filter)
        return filters
    }()

    @Test("What is filled in steps of any size is row for row what a rebuilding from the files makes")
    func identical() throws {
        var samples = try SearchSamples()
        try samples.append(Self.count)
        try samples.fill([1, 7_777, 333, 16_384])
        let other = samples.directory.file("other.db")
        var told: [Int64] = []
        let summary = try SearchIndex.rebuild(other, from: samples.folder.path) { told.append($0) }
        #expect(summary.records == Int64(Self.count) && summary.bytes > 0)
        #expect(told.last == Int64(Self.count))
        let live = try SearchSamples.rows(samples.index)
        #expect(live["open"]?.count == 3_001 && live["chunks"]?.count == 1)
        #expect(try SearchSamples.rows(other) == live)
    }

    @Test("Through the search database the same records are found as by reading all, in either order and by pages")
    func found() throws {
        var samples = try SearchSamples()
        try samples.append(Self.count)
        _ = try SearchIndex.rebuild(samples.index, from: samples.folder.path)
        let reader = RecordReader(ledger: nil, folder: samples.folder.path, search: samples.index)
        #expect(reader.searchFault == nil)
        for filter in Self.filters {
            let expected = samples.expected(filter)
            let found = try reader.records(matching: filter, limit: .max)
            #expect(found.map(\.sequence) == expected, "\(filter)")
            #expect(found.allSatisfy { $0.record == samples.records[Int($0.sequence) - 1] })
            let newest = try reader.records(matching: filter, .newestFirst, limit: 10).map(\.sequence)
            #expect(newest == expected.suffix(10).reversed(), "\(filter)")
            let page = try reader.records(in: 101...40_000, matching: filter, limit: 10).map(\.sequence)
            #expect(page == Array(samples.expected(filter, 101...40_000).prefix(10)), "\(filter)")
        }
        #expect(reader.searchFault == nil)
        #expect(try reader.record(32_768)?.record == samples.records[32_767])
        #expect(try reader.record(Int64(Self.count) + 1) == nil)
        #expect(try reader.lastSequence() == Int64(Self.count))
        #expect(try reader.forms(of: "sip:romeo@example.net;x=y") == ["sip:romeo@example.net", "romeo@example.net"])
    }

    @Test("Damaged blocks of a sealed chunk hide no record: the files are read through, and that is said")
    func damagedBlocks() throws {
        var samples = try SearchSamples()
        try samples.append(PositionSet.capacity + 10)
        let whole = samples.directory.file("whole.db")
        _ = try SearchIndex.rebuild(whole, from: samples.folder.path)
        var filter = AuditFilter(since: SearchSamples.time(9_000), until: SearchSamples.time(20_000))
        filter.rule = "even"
        filter.loss = "message.html"
        let expected = samples.expected(filter)
        #expect(!expected.isEmpty)
        for damage in [
            "UPDATE terms SET packed = CAST(substr(packed, 1, 9) || x'5A5B' || substr(packed, 12) AS BLOB)",
            "UPDATE terms SET packed = CAST(substr(packed, 1, 700) AS BLOB)",
            "UPDATE terms SET key = key - 1", "UPDATE places SET since_ms = 0, until_ms = 0",
            "UPDATE places SET packed = zeroblob(length(packed))", "UPDATE places SET offset = offset + 1",
        ] {
            SearchFiller.remove(samples.index)
            try FileManager.default.copyItem(atPath: whole, toPath: samples.index)
            try Self.run(damage, samples.index)
            let reader = RecordReader(ledger: nil, folder: samples.folder.path, search: samples.index)
            #expect(reader.searchFault == nil)
            #expect(try reader.records(matching: filter).map(\.sequence) == expected, "\(damage)")
            #expect(reader.searchFault != nil, "\(damage)")
        }
    }

    @Test("Stopped at every point of a step, also of one that seals a chunk, nothing is lost and nothing is twice")
    func interrupted() throws {
        var samples = try SearchSamples()
        try samples.append(PositionSet.capacity + 100, segment: 9_000_000)
        let (whole, start) = (samples.directory.file("whole.db"), samples.directory.file("start.db"))
        do {
            var filler = try SearchFiller(path: whole, folder: samples.folder.path)
            _ = try filler.step(through: .max, limit: PositionSet.capacity - 50)
            try filler.finish()
        }
        try FileManager.default.copyItem(atPath: whole, toPath: start)
        do {
            var filler = try SearchFiller(path: whole, folder: samples.folder.path)
            while try filler.step(through: .max, limit: 1_000) {}
        }
        let expected = try SearchSamples.rows(whole)
        #expect(expected["open"]?.count == 101 && expected["chunks"]?.count == 1)
        for point in SearchFiller.Point.allCases {
            SearchFiller.remove(samples.index)
            try FileManager.default.copyItem(atPath: start, toPath: samples.index)
            var filler = try SearchFiller(path: samples.index, folder: samples.folder.path)
            for limit in [20, 70, 1] {
                filler.interruption = { reached throws(LedgerError) in
                    if reached == point { throw LedgerError(.database, "stopped") }
                }
                #expect(throws: LedgerError.self) { try filler.step(through: .max, limit: limit) }
                filler = try SearchFiller(path: samples.index, folder: samples.folder.path)
                #expect(filler.rebuilt == nil)
                _ = try filler.step(through: .max, limit: limit)
            }
            while try filler.step(through: .max, limit: 1_000) {}
            #expect(try SearchSamples.rows(samples.index) == expected, "\(point)")
        }
    }

    @Test("A damaged file, one of another version or of another log is made anew and says why")
    func damaged() throws {
        var samples = try SearchSamples()
        try samples.append(500)
        try samples.fill()
        let rows = try SearchSamples.rows(samples.index)
        func refilled(_ spoil: () throws -> Void) throws -> String? {
            try spoil()
            let filler = try samples.fill()
            #expect(try SearchSamples.rows(samples.index) == rows)
            return filler.rebuilt
        }
        #expect(try refilled {} == nil)
        #expect(
            try refilled { try Data(repeating: 7, count: 9_000).write(to: URL(fileURLWithPath: samples.index)) } != nil
        )
        let version = "PRAGMA user_version = 77"
        #expect(try refilled { try Self.run(version, samples.index) }?.contains("version 77") == true)
        let lost = "DELETE FROM open WHERE sequence = 500"
        #expect(try refilled { try Self.run(lost, samples.index) }?.contains("contradicts itself") == true)
        var other = try SearchSamples()
        try other.append(100)
        let name = SegmentFile(first: 1).name(.records)
        let foreign = other.records.joined(separator: [0x0A]).map { $0 == UInt8(ascii: "g") ? UInt8(ascii: "h") : $0 }
        try Data(foreign + [0x0A]).write(to: URL(fileURLWithPath: other.folder.path(name)))
        let filler = try SearchFiller(path: samples.index, folder: other.folder.path)
        #expect(filler.rebuilt?.contains("does not hold record 500") == true && filler.indexed == 0)
    }

    @Test("Readers do without a search database that is missing, damaged or behind, and say so")
    func withoutSearch() throws {
        var samples = try SearchSamples()
        try samples.append(2_000)
        let filter = AuditFilter(address: "user5@example.com")
        func check(_ message: Comment) throws -> String? {
            let reader = RecordReader(ledger: nil, folder: samples.folder.path, search: samples.index)
            let expected = samples.expected(filter)
            #expect(try reader.records(matching: filter).map(\.sequence) == expected, message)
            let newest = try reader.records(matching: filter, .newestFirst, limit: 3).map(\.sequence)
            #expect(newest == expected.suffix(3).reversed(), message)
            #expect(try reader.forms(of: "user5@example.com").contains("sip:user5@example.com"))
            return reader.searchFault
        }
        #expect(try check("missing")?.contains("there is no search database") == true)
        try samples.fill()
        try samples.append(500)
        #expect(try check("behind") == nil)
        try Self.run("UPDATE open SET offset = offset + 1 WHERE sequence % 100 = 17", samples.index)
        #expect(try check("places of other records")?.contains("does not hold record") == true)
        try Data(repeating: 7, count: 9_000).write(to: URL(fileURLWithPath: samples.index))
        #expect(try check("damaged") != nil)
    }

    @Test("A filler notices that another database was put in the place of its own")
    func replaced() throws {
        var samples = try SearchSamples()
        try samples.append(100)
        var filler = try samples.fill()
        _ = try SearchIndex.rebuild(samples.index, from: samples.folder.path)
        try samples.append(10)
        #expect(throws: LedgerError(.closed, "")) { try filler.step(through: .max, limit: 10) }
        #expect(try samples.fill().indexed == 110)
        let names = try FileManager.default.contentsOfDirectory(atPath: samples.directory.path)
        #expect(!names.contains { $0.contains("partial") })
    }

    private static func run(_ sql: String, _ path: String) throws {
        let database = try Database(path: path, role: .writer)
        try database.execute(sql)
    }
}
