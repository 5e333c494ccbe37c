import AuditTrail
import Digests
import Dispatch
import Foundation
import Synchronization
import Testing

@testable import Ledger

/// Records leave the store, and are read as before.
@Suite("Records out of the store")
struct TrimTests {
    private typealias Site = ExportTests.Site

    /// A service over a site, which writes, fills and trims without a pause.
    private static func service(
        _ site: Site,
        kept: Int64,
        report: @escaping @Sendable (TrailService.Event) -> Void = { _ in }
    ) throws -> TrailService {
        var settings = TrailService.Settings(path: site.folder.path)
        settings.interval = 1
        settings.search = site.directory.file("search.db")
        settings.kept = kept
        return try TrailService(settings: settings, writer: site.writer) { [site] in
            try site.exporter(segment: 5_000, step: 100)
        } report: {
            report($0)
        }
    }

    private static func reader(_ site: Site) throws -> RecordReader {
        RecordReader(ledger: site.reader, folder: site.folder.path, search: site.directory.file("search.db"))
    }

    private static func stored(_ site: Site) throws -> [Int64] {
        try site.reader.auditRecords(limit: .max).map(\.sequence)
    }

    /// Waits until a service has let records go.
    private static func wait(_ service: TrailService, trimmed: Int64) {
        while service.statistics().trimmed < trimmed {
            service.wake()
            sched_yield()
        }
    }

    @Test("What files and search database have leaves the store but for the latest, and every reader finds it")
    func trim() throws {
        let site = try Site()
        try site.commit(60)
        let before = try site.reader.auditRecords(limit: .max)
        let service = try Self.service(site, kept: 7)
        Self.wait(service, trimmed: 53)
        #expect(try Self.stored(site) == Array(54...60))
        let reader = try Self.reader(site)
        #expect(reader.searchFault == nil)
        #expect(try reader.records(limit: .max) == before)
        #expect(try reader.records(.newestFirst, limit: .max) == before.reversed())
        #expect(try reader.records(in: 50...57, limit: 5).map(\.sequence) == Array(50...54))
        #expect(try reader.records(matching: AuditFilter(crossing: "crossing-30")).map(\.sequence) == [31])
        #expect(try reader.records(matching: AuditFilter(crossing: "crossing-58")).map(\.sequence) == [59])
        service.close()
        #expect(try site.verify().verdict == .intact)
        #expect(try site.reader.inspect().isSound)
        site.writer.close()
        // A start knows where it stands, and a further record follows.
        let writer = try openWriter(site.directory.file("isthmus.db"))
        #expect(try writer.perform([.audit(sampleEntry())]).sequences == 61..<62)
        writer.close()
        _ = try site.exporter()
    }

    @Test("Without a search database nothing leaves the store")
    func untrimmed() throws {
        let site = try Site()
        try site.commit(20)
        var settings = TrailService.Settings(path: site.folder.path)
        settings.kept = 1
        let service = try TrailService(settings: settings, writer: site.writer) { [site] in
            try site.exporter()
        } report: { _ in
        }
        service.close()
        #expect(try Self.stored(site) == Array(1...20))
        #expect(try Self.reader(site).records(limit: .max).map(\.sequence) == Array(1...20))
        let alone = RecordReader(ledger: site.reader, folder: nil, search: nil)
        #expect(try alone.records(.newestFirst, limit: 3).map(\.sequence) == [20, 19, 18])
        #expect(alone.searchFault == nil)
        site.writer.close()
    }

    @Test("Records that are not in the files are not let go, and the others of the commit are stored")
    func refused() throws {
        let site = try Site()
        try site.commit(3)
        let error = #expect(throws: LedgerError.self) { try site.writer.perform([.forgetAudit(through: 1)]) }
        #expect(error?.code == .constraint)
        #expect(try Self.stored(site) == [1, 2, 3])
        try site.exportAll()
        try site.writer.perform([.forgetAudit(through: 2)])
        #expect(try Self.stored(site) == [3])
        #expect(try site.reader.inspect().isSound)
        site.writer.close()
    }

    @Test("While records are committed, exported and let go, each reading has all of them once and in order")
    func concurrent() throws {
        let site = try Site()
        try site.commit(10)
        let service = try Self.service(site, kept: 1)
        let done = Mutex(false)
        let ended = DispatchSemaphore(value: 0)
        Thread.detachNewThread { [site] in
            try? site.commit(600)
            done.withLock { $0 = true }
            ended.signal()
        }
        var readings = 0
        while !done.withLock({ $0 }) || readings < 20 {
            let reader = try Self.reader(site)
            let least = site.writer.lastSequence
            let rows = try reader.records(limit: .max).map(\.sequence)
            #expect(rows == Array(1...Int64(rows.count)) && Int64(rows.count) >= least)
            let newest = try reader.records(.newestFirst, limit: .max).map(\.sequence)
            #expect(newest == Array(1...Int64(newest.count)).reversed() && newest.count >= rows.count)
            readings += 1
        }
        ended.wait()
        Self.wait(service, trimmed: 609)
        service.close()
        #expect(try Self.reader(site).records(limit: .max).count == 610)
        #expect(try Self.stored(site) == [610])
        site.writer.close()
    }

    @Test("A search database that is lost or spoilt while the gateway runs is made anew, which is told")
    func rebuilt() throws {
        let site = try Site()
        let events = Mutex<[TrailService.Event]>([])
        try site.commit(30)
        let service = try Self.service(site, kept: 1) { event in events.withLock { $0.append(event) } }
        Self.wait(service, trimmed: 29)
        let made = TrailService.Event.searchRebuilt("there was none")
        #expect(events.withLock { $0 } == [made])
        SearchFiller.remove(site.directory.file("search.db"))
        try site.commit(1)
        Self.wait(service, trimmed: 30)
        #expect(events.withLock { $0 } == [made, made])
        #expect(try Self.reader(site).records(limit: .max).count == 31)
        service.close()
        try Data(repeating: 7, count: 9_000).write(to: URL(fileURLWithPath: site.directory.file("search.db")))
        let again = try Self.service(site, kept: 1) { event in events.withLock { $0.append(event) } }
        try site.commit(1)
        Self.wait(again, trimmed: 1)
        again.close()
        #expect(events.withLock { $0.count } == 3)
        #expect(try Self.reader(site).records(limit: .max).count == 32)
        site.writer.close()
    }

    @Test("A backup of a store whose records have left takes those of the log, and goes on behind them")
    func restored() throws {
        let site = try Site()
        try site.commit(30)
        let service = try Self.service(site, kept: 2)
        Self.wait(service, trimmed: 28)
        _ = try LedgerCopy.backUp(site.reader, to: site.directory.file("copy"))
        try site.commit(5)
        Self.wait(service, trimmed: 33)
        service.close()
        site.writer.close()
        let state = try StateDirectory(path: site.directory.file("state"))
        do { try openWriter(state.databasePath).close() }
        let restored = try LedgerCopy.restore(
            site.directory.file("copy"),
            into: state,
            log: site.folder.path,
            keepingPresentAs: "before"
        )
        #expect(restored.inspection.isSound && restored.adopted == 5)
        let ledger = try LedgerReader(path: state.databasePath)
        #expect(try ledger.auditRecords(limit: .max).map(\.sequence) == Array(29...35))
        #expect(try ledger.inspect().isSound)
    }
}
