import AuditTrail
import Digests
import Foundation
import Ledger

@main
struct Main {
    static func main() throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments.first == "generate", arguments.count == 3, let count = Int64(arguments[1]) {
            let start = ContinuousClock.now
            let bytes = try SearchLog.write(count, into: arguments[2])
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            print(String(format: "%lld records of %.0f bytes in %.1f s", count, Double(bytes) / Double(count), seconds))
            return
        }
        if arguments.first == "index", arguments.count == 3 {
            var made: SearchIndex.Summary?
            let time = try measure { made = try SearchIndex.rebuild(arguments[2], from: arguments[1]) }
            guard let made else { return }
            say("making the search database", time, Int(made.records))
            return print(String(format: "%.1f bytes a record", Double(made.bytes) / Double(made.records)))
        }
        if arguments.first == "find", arguments.count >= 3 { return try SearchLog.find(Array(arguments.dropFirst())) }
        let count = arguments.first.flatMap { Int($0) } ?? 1_000_000
        let folder = FileManager.default.temporaryDirectory.appending(path: "audit-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        let database = folder.path + "/isthmus.db"
        let trail = folder.path + "/audit"

        let writer = try LedgerWriter(path: database) { $0.run() }
        let commit = measure {
            var left = count
            while left > 0 {
                let size = min(left, 1_000)
                let first = count - left
                _ = try? writer.perform((first..<first + size).map { .audit(record($0)) })
                left -= size
            }
        }
        say("commit of records, 1000 a group", commit, count)

        guard let signer = NoteSigner(name: "gw.example.net/audit", key: SigningKey()) else { return }
        let reader = try LedgerReader(path: database)
        var exporter = try TrailExporter(path: trail, reader: reader, signer: signer) { mark throws(LedgerError) in
            try writer.perform([.exported(mark)])
        }
        let export = try measure { while try exporter.step().hasMore {} }
        say("export into signed files", export, count)
        try index(database, trail, writer, reader, signer, count)
        writer.close()

        let sizes = try FileManager.default.contentsOfDirectory(atPath: trail).reduce(into: [String: Int]()) {
            let attributes = try FileManager.default.attributesOfItem(atPath: trail + "/" + $1)
            let kind = $1.split(separator: ".").last.map(String.init) ?? ""
            $0[kind, default: 0] += (attributes[.size] as? Int) ?? 0
        }
        for (kind, bytes) in sizes.sorted(by: { $0.key < $1.key }) {
            print(String(format: "%-34@ %10.1f bytes a record", kind as NSString, Double(bytes) / Double(count)))
        }

        let files = TrailFiles(trail)
        var report: TrailReport?
        let verify = try measure { report = try files.verify(keys: [signer.publicKey]) }
        say("verification", verify, count)
        print("  said: \(report?.verdict.rawValue ?? "-"), \(report?.records ?? 0) records")
        let prove = try measure { _ = try files.prove(Int64(count / 2), in: Int64(count)) }
        say("one proof", prove, 1)
    }

    /// Fills the search database as a gateway does, lets records leave the store beside commits, and fills anew.
    static func index(
        _ database: String,
        _ trail: String,
        _ writer: LedgerWriter,
        _ reader: LedgerReader,
        _ signer: NoteSigner,
        _ count: Int
    ) throws {
        var filler = try SearchFiller(path: trail + ".search", folder: trail)
        let fill = try measure { while try filler.step(through: Int64(count), limit: 4_096) {} }
        say("filling of the search database", fill, count)
        let rebuild = try measure { _ = try SearchIndex.rebuild(trail + ".again", from: trail) }
        say("making it anew", rebuild, count)
        let length = try FileManager.default.attributesOfItem(atPath: trail + ".again")[.size] as? Int ?? 0
        print(String(format: "%-34@ %10.1f bytes a record", "search" as NSString, Double(length) / Double(count)))

        for isTrimming in [false, true] {
            var settings = TrailService.Settings(path: trail)
            if isTrimming { settings.search = trail + ".search" }
            let service = try TrailService(settings: settings, writer: writer) {
                try TrailExporter(path: trail, reader: reader, signer: signer) { mark throws(LedgerError) in
                    try writer.perform([.exported(mark)])
                }
            } report: { _ in
            }
            let start = ContinuousClock.now
            var times: [Double] = []
            // As long as records leave, one commit after the other; without trimming as many.
            for number in 0..<10_000 {
                times.append(try measure { try writer.perform([.audit(record(count + number))]) }.wall)
            }
            let trimmed = service.statistics().trimmed
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            service.close()
            times.sort()
            print(
                String(
                    format:
                        "one commit, %@: median %.2f ms, 99 of 100 %.2f ms, longest %.1f ms; %.0f records a second leave",
                    (isTrimming ? "trimming" : "not trimming") as NSString,
                    times[times.count / 2] * 1e3,
                    times[times.count * 99 / 100] * 1e3,
                    (times.last ?? 0) * 1e3,
                    Double(trimmed) / seconds
                )
            )
        }
    }

    /// A record of a message as the gateway writes it.
    static func record(_ number: Int) -> AuditEntry {
        var record = AuditRecord(
            .accepted,
            time: 1_777_885_687_006 + Int64(number),
            node: "gw.example.net",
            crossing: String(number)
        )
        record.leg = "xmpp"
        record.direction = "to-cpim"
        record.peer = "example.com"
        record.proof = "component"
        let sender = "juliet\(number % 997)@example.com"
        record.sender = AuditAddress(before: sender + "/balcony", after: "sip:" + sender)
        record.recipient = AuditAddress(before: "romeo@example.net", after: "sip:romeo@example.net")
        record.identifiers = [
            AuditField("stanza.id", "m\(number)"), AuditField("sip.callID", "\(number)@gw.example.net"),
        ]
        record.generation = "5f0c3c1b4e7d"
        record.rules = ["msg.body", "msg.subject", "msg.thread", "addr.default", "carrier.cpim"]
        record.size = 64
        record.digest = .made(SHA256.hash(Array("\(number)".utf8)))
        return record.entry()
    }

    static func measure(_ body: () throws -> Void) rethrows -> (wall: Double, cpu: Double) {
        let clock = ContinuousClock()
        let start = processorTime()
        let wall = try clock.measure(body)
        return (wall / .seconds(1), processorTime() - start)
    }

    static func processorTime() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    static func say(_ what: String, _ time: (wall: Double, cpu: Double), _ count: Int) {
        print(
            String(
                format: "%-34@ %8.2f s, %8.2f s of processor; %9.0f a second, %6.2f us of processor each",
                what as NSString,
                time.wall,
                time.cpu,
                Double(count) / time.wall,
                time.cpu / Double(count) * 1e6
            )
        )
    }
}
