import AuditTrail
import Digests
import Foundation

@testable import Ledger

/// A log of made-up traffic in its files, without a store.
struct SearchSamples {
    let directory: TemporaryDirectory
    let folder: TrailFolder
    var index: String { directory.file("search.db") }
    private(set) var records: [[UInt8]] = []
    private var segment = SegmentFile(first: 1)
    private var length = 0

    init() throws {
        directory = try TemporaryDirectory()
        folder = try TrailFolder(directory.file("audit"))
    }

    /// Appends records, of which a segment holds about so many bytes.
    mutating func append(_ count: Int, segment bytes: Int = 1 << 20) throws {
        var lines: [UInt8] = []
        for _ in 0..<count {
            let sequence = Int64(records.count) + 1
            if length >= bytes {
                try folder.append(lines, to: segment.name(.records))
                lines.removeAll()
                segment = SegmentFile(first: sequence)
                length = 0
            }
            var record: [UInt8] = []
            Self.entry(sequence).append(sequence: sequence, to: &record)
            records.append(record)
            lines += record + [0x0A]
            length += record.count + 1
        }
        try folder.append(lines, to: segment.name(.records))
    }

    /// The time of a record: a tenth of a second apart, every seventh two seconds early.
    static func time(_ sequence: Int64) -> Int64 { sampleTime + sequence * 100 - (sequence % 7 == 3 ? 2_000 : 0) }

    /// Three records a crossing; people, peers, rules, losses and codes recur with different periods.
    static func entry(_ sequence: Int64) -> AuditEntry {
        let crossing = sequence / 3
        let user = crossing % 101
        let sender = "user\(user)@example.com"
        let event: AuditEvent = sequence % 3 == 0 ? .accepted : sequence % 3 == 1 ? .delivered : .told
        var record = AuditRecord(event, time: time(sequence), node: "gw", crossing: String(crossing))
        record.peer = crossing % 5 == 0 ? "peer\(crossing % 25).example" : "example.com"
        record.recipient = AuditAddress(before: "romeo@example.net", after: "sip:romeo@example.net;transport=tcp")
        record.sender = AuditAddress(before: sender + "/a \"b\"", after: "sip:" + sender)
        if event == .accepted {
            record.identifiers = [AuditField("stanza.id", "m\(crossing)"), AuditField("sip.callID", "\(crossing)@gw")]
            record.rules = ["msg.body", "msg.subject", crossing % 2 == 0 ? "even" : "odd"]
            record.losses = crossing % 997 == 5 ? ["message.html"] : []
        } else {
            record.sender?.after = nil
            record.recipient?.after = nil
            record.outcome = [AuditField("code", crossing % 1_009 == 7 ? "404" : "200")]
        }
        return record.entry()
    }

    /// Fills the search database to the end of the log, with steps of some sizes.
    @discardableResult
    func fill(_ steps: [Int] = [1_000]) throws -> SearchFiller {
        var filler = try SearchFiller(path: index, folder: folder.path)
        var turn = 0
        while try filler.step(through: Int64(records.count), limit: steps[turn % steps.count]) { turn += 1 }
        return filler
    }

    /// All rows of all tables of a search database.
    static func rows(_ path: String) throws -> [String: [[String]]] {
        let database = try Database(path: path, role: .reader)
        try SearchSchema.prepareForReading(database)
        var tables: [String: [[String]]] = [:]
        for name in SearchSchema.names {
            let columns = try database.integer("SELECT count(*) FROM pragma_table_info('\(name)')") ?? 0
            let statement = try database.prepare("SELECT * FROM \(name) ORDER BY 1, 2")
            var rows: [[String]] = []
            while try statement.step() {
                rows.append(
                    (0..<Int32(columns)).map { column in
                        statement.bytes(column).map { String($0, radix: 16) }.joined(separator: " ")
                    }
                )
            }
            tables[name] = rows
        }
        return tables
    }

    /// The numbers of the records that pass, told by the records alone.
    func expected(_ filter: AuditFilter, _ range: ClosedRange<Int64> = 1...Int64.max) -> [Int64] {
        let matcher = AuditMatcher(filter)
        var numbers: [Int64] = []
        for (index, record) in records.enumerated() where range.contains(Int64(index) + 1) {
            if matcher.matches(record.span) { numbers.append(Int64(index) + 1) }
        }
        return numbers
    }
}
