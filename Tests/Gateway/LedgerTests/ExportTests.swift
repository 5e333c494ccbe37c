import AuditTrail
import Digests
import Dispatch
import Foundation
import Synchronization
import Testing

@testable import Ledger

/// The way of records from the store into the files of the log.
@Suite("Export")
struct ExportTests {
    private static let origin = "gw.example.net/audit"

    static func signer(_ seed: UInt8 = 1) throws -> NoteSigner {
        let key = try #require(SigningKey(seed: [UInt8](repeating: seed, count: 32)))
        return try #require(NoteSigner(name: origin, key: key))
    }

    /// A store with its log's folder.
    struct Site {
        let directory: TemporaryDirectory
        let writer: LedgerWriter
        let reader: LedgerReader
        let folder: TrailFolder
        var outside: String { directory.file("outside") }

        init() throws {
            directory = try TemporaryDirectory()
            writer = try openWriter(directory.file("isthmus.db"))
            reader = try LedgerReader(path: directory.file("isthmus.db"))
            folder = try TrailFolder(directory.file("audit"))
        }

        func commit(_ count: Int) throws {
            for number in 0..<count {
                try writer.perform([.audit(sampleEntry(.refused, "crossing-\(number)"))])
            }
        }

        func exporter(
            _ signer: NoteSigner? = nil,
            previous: NoteSigner? = nil,
            segment: Int64 = 300,
            step: Int = 4
        ) throws -> TrailExporter {
            var limits = TrailExporter.Limits()
            limits.segment = segment
            limits.step = step
            let writer = writer
            return try TrailExporter(
                path: folder.path,
                reader: reader,
                signer: try signer ?? ExportTests.signer(),
                previous: previous,
                sinks: [.file(outside)],
                limits: limits
            ) { mark throws(LedgerError) in try writer.perform([.exported(mark)]) }
        }

        func exportAll() throws {
            var exporter = try exporter()
            while try exporter.step().hasMore {}
        }

        func verify(_ key: NoteKey? = nil) throws -> TrailReport {
            try TrailFiles(folder.path).verify(
                keys: [try key ?? ExportTests.signer().publicKey],
                seen: SignedNote.all(in: try fileBytes(outside)).compactMap(\.note)
            )
        }
    }

    @Test("What was committed lies in segments of bounded size, signed, and is intact")
    func export() throws {
        let site = try Site()
        try site.commit(11)
        var exporter = try site.exporter()
        #expect(try exporter.step() == TrailExporter.Progress(appended: 4, hasMore: true, sinkFaults: []))
        while try exporter.step().hasMore {}
        #expect(exporter.mark.edge.size == 11)
        #expect(try site.reader.trailMark() == exporter.mark)
        let segments = try site.folder.segments()
        #expect(segments.map(\.first) == [1, 5, 9])
        let report = try site.verify()
        #expect(report.verdict == .intact)
        #expect(report.records == 11 && report.signed == 11)
        #expect(report.agreeing == report.checkpoints)
        #expect(try exporter.step() == TrailExporter.Progress(appended: 0, hasMore: false, sinkFaults: []))
        let lines = try site.folder.read(segments[0].name(.records)).split(separator: 0x0A).map(Array.init)
        #expect(lines == (try site.reader.auditRecords(limit: 4)).map(\.record))
    }

    @Test("Stopped at every point of every step and started again, the files are what they would have been")
    func interrupted() throws {
        for point in TrailExporter.Point.allCases {
            for turn in 0..<3 {
                let site = try Site()
                try site.commit(11)
                var exporter = try site.exporter()
                for _ in 0..<turn { _ = try exporter.step() }
                exporter.interruption = { reached throws(TrailFault) in
                    if reached == point { throw TrailFault(.inaccessible, "stopped", remedy: "") }
                }
                #expect(throws: TrailFault.self) { try exporter.step() }
                try site.commit(3)
                try site.exportAll()
                let report = try site.verify()
                #expect(report.verdict == .intact, "\(point), step \(turn): \(report.findings)")
                #expect(report.records == 14 && report.signed == 14)
            }
        }
    }

    @Test("A tail torn at any byte, of records, hashes or checkpoints, is cut and written again")
    func torn() throws {
        let site = try Site()
        try site.commit(3)
        try site.exportAll()
        let segment = SegmentFile(first: 1)
        let lengths = try SegmentFile.Kind.allCases.map { try site.folder.length(segment.name($0)) ?? 0 }
        try site.commit(1)
        var exporter = try site.exporter()
        exporter.interruption = { point throws(TrailFault) in
            if point == .sinks { throw TrailFault(.inaccessible, "stopped", remedy: "") }
        }
        #expect(throws: TrailFault.self) { try exporter.step() }
        let whole = try SegmentFile.Kind.allCases.map { try site.folder.read(segment.name($0)) }
        for (index, kind) in SegmentFile.Kind.allCases.enumerated() {
            for length in Int(lengths[index])..<whole[index].count {
                // What comes later in a step is not there when this is torn.
                for (other, later) in SegmentFile.Kind.allCases.enumerated() where other >= index {
                    let bytes = other == index ? whole[other].prefix(length) : whole[other].prefix(Int(lengths[other]))
                    try Data(bytes).write(to: URL(fileURLWithPath: site.folder.path(segment.name(later))))
                }
                _ = try site.exporter()
                let records = try site.folder.read(segment.name(.records))
                #expect(records.last == 0x0A && whole[0].starts(with: records), "\(kind) at \(length)")
                let leaves = try site.folder.read(segment.name(.leaves))
                #expect(leaves.count == 32 * records.count { $0 == 0x0A }, "\(kind) at \(length)")
            }
            for (other, later) in SegmentFile.Kind.allCases.enumerated() {
                try Data(whole[other]).write(to: URL(fileURLWithPath: site.folder.path(segment.name(later))))
            }
        }
        try site.exportAll()
        #expect(try site.verify().verdict == .intact)
    }

    @Test("Files that are shorter than what was exported, or say something else, are refused and left alone")
    func refused() throws {
        let site = try Site()
        try site.commit(3)
        try site.exportAll()
        let name = SegmentFile(first: 1).name(.records)
        let whole = try site.folder.read(name)
        func fault(_ bytes: [UInt8]) throws -> TrailFault.Code? {
            try Data(bytes).write(to: URL(fileURLWithPath: site.folder.path(name)))
            let error = #expect(throws: TrailFault.self) { try site.exporter() }
            #expect(try site.folder.read(name) == bytes)
            return error?.code
        }
        #expect(try fault(Array(whole.dropLast())) == .shorter)
        #expect(try fault([]) == .shorter)
        #expect(try fault(whole + Array("{\"seq\":4}\n".utf8)) == .longer)
        #expect(try fault(whole + Array("{\"se".utf8)) == .longer)
        var changed = whole
        changed[whole.count - 3] ^= 1
        #expect(try fault(changed) == .different)
        try site.commit(1)
        #expect(try fault(whole + Array("{\"seq\":5}\n".utf8)) == .different)
        try Data(whole).write(to: URL(fileURLWithPath: site.folder.path(name)))
        try site.exportAll()
        #expect(try site.verify().verdict == .intact)
    }

    @Test("A store that is older than its log is refused: the log would fork")
    func olderStore() throws {
        let site = try Site()
        try site.commit(3)
        try site.exportAll()
        let other = try Site()
        try other.commit(2)
        for name in try site.folder.names() where name != "." && name != ".." {
            try FileManager.default.copyItem(atPath: site.folder.path(name), toPath: other.folder.path(name))
        }
        #expect(throws: TrailFault.self) { try other.exporter() }
    }

    @Test("A key takes over with the signature of the one before it, and not without")
    func keys() throws {
        let site = try Site()
        try site.commit(2)
        try site.exportAll()
        let second = try ExportTests.signer(2)
        let refused = #expect(throws: TrailFault.self) { try site.exporter(second) }
        #expect(refused?.code == .otherKey)
        try site.commit(2)
        var exporter = try site.exporter(second, previous: ExportTests.signer())
        while try exporter.step().hasMore {}
        #expect(try site.verify().verdict == .intact)
        #expect(try site.verify(second.publicKey).records == 4)
        // The next start needs the earlier key no more.
        _ = try site.exporter(second)
    }

    @Test("Records that are not exported cannot be deleted, and a mark never goes back")
    func kept() throws {
        let site = try Site()
        try site.commit(3)
        var exporter = try site.exporter(step: 2)
        _ = try exporter.step()
        let database = try Database(path: site.directory.file("isthmus.db"), role: .writer)
        let error = #expect(throws: LedgerError.self) { try database.execute("DELETE FROM records WHERE last = 3") }
        #expect(error?.reason.contains("kept until they are exported") == true)
        try database.execute("DELETE FROM records WHERE last <= 2")
        #expect(throws: LedgerError.self) { try database.execute("UPDATE trail SET exported = 1") }
        #expect(throws: LedgerError.self) { try database.execute("DELETE FROM trail") }
        #expect(throws: LedgerError.self) { try database.execute("UPDATE records SET leaves = x'00'") }
        _ = try exporter.step()
        #expect(try site.verify().verdict == .intact)
        // Numbers go on although all records have left.
        try database.execute("DELETE FROM records")
        let again = try LedgerReader(path: site.directory.file("isthmus.db"))
        #expect(try again.lastSequence() == 3)
        site.writer.close()
        let writer = try openWriter(site.directory.file("isthmus.db"))
        #expect(try writer.perform([.audit(sampleEntry())]).sequences == 4..<5)
        writer.close()
    }

    @Test("A place outside that fails does not hold up the files, and is told of")
    func sinks() throws {
        let site = try Site()
        try site.commit(1)
        try FileManager.default.createDirectory(atPath: site.outside, withIntermediateDirectories: false)
        var exporter = try site.exporter()
        let progress = try exporter.step()
        #expect(progress.appended == 1)
        #expect(progress.sinkFaults.count == 1)
        let note = SignedNote("50%\n", signedBy: [try ExportTests.signer()])
        #expect(CheckpointSink.line(of: note).hasPrefix("isthmus checkpoint 50%%\\n\\n\u{2014} gw.example.net/audit "))
        #expect(!CheckpointSink.line(of: note).contains("\n"))
    }

    @Test("The service writes what is committed, says while it is too far behind, and holds up nothing")
    func service() throws {
        let site = try Site()
        let events = Mutex<[TrailService.Event]>([])
        let told = DispatchSemaphore(value: 0)
        var settings = TrailService.Settings(path: site.folder.path)
        settings.interval = 1
        settings.largestLag = 2
        let isBroken = Mutex(false)
        let service = try TrailService(settings: settings, writer: site.writer) { [site] in
            var exporter = try site.exporter()
            exporter.interruption = { _ throws(TrailFault) in
                if isBroken.withLock({ $0 }) { throw TrailFault(.inaccessible, "stopped", remedy: "") }
            }
            return exporter
        } report: { event in
            events.withLock { $0.append(event) }
            told.signal()
        }
        func wait(for condition: (TrailService.Event) -> Bool) {
            while !events.withLock({ $0.contains(where: condition) }) { told.wait() }
        }
        try site.writer.perform([.accept(sampleRow(1), audit: sampleEntry())])
        isBroken.withLock { $0 = true }
        try site.commit(3)
        wait { if case .behind(let lag) = $0 { lag >= 3 } else { false } }
        #expect(site.writer.isBehind)
        try site.writer.perform([.accept(sampleRow(2), audit: sampleEntry())])
        try site.writer.perform([.settle(id: 1, as: .delivered, audit: sampleEntry(.delivered))])
        isBroken.withLock { $0 = false }
        wait { $0 == .caughtUp }
        #expect(!site.writer.isBehind)
        service.close()
        #expect(service.statistics().exported == 6)
        #expect(service.statistics().failures > 0)
        #expect(events.withLock { $0.first } == .failed("stopped; "))
        #expect(events.withLock { $0.contains(.works) })
        #expect(try site.verify().verdict == .intact)
        site.writer.close()
    }

    @Test("A service whose log does not belong to its store does not start")
    func serviceRefused() throws {
        let site = try Site()
        try site.commit(1)
        try site.exportAll()
        try FileManager.default.removeItem(atPath: site.folder.path(SegmentFile(first: 1).name(.records)))
        #expect(throws: TrailFault.self) {
            try TrailService(settings: .init(path: site.folder.path), writer: site.writer) { [site] in
                try site.exporter()
            } report: { _ in
            }
        }
        site.writer.close()
    }
}
