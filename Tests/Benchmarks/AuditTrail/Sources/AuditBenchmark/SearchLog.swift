import AuditTrail
import Digests
import Foundation
import Ledger

/// A log of made-up traffic, written straight into files: two records a message, what is asked of it in known places.
enum SearchLog {
    private static let segment = 64 << 20
    private static let users: UInt64 = 100_000
    private static let rules = (0..<40).map { "message.fields.row-\($0)" }

    /// Writes records.
    ///
    /// - Returns: how many bytes they have.
    static func write(_ count: Int64, into folder: String) throws -> Int64 {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var total: Int64 = 0
        var length = 0
        var file: FileHandle?
        var lines: [UInt8] = []
        var random = Generator()
        var sender = (name: "", peer: "")
        func flush() throws {
            try file?.write(contentsOf: Data(lines))
            lines.removeAll(keepingCapacity: true)
        }
        for sequence in 1...count {
            if file == nil || length >= segment {
                try flush()
                let path = folder + "/" + SegmentFile(first: sequence).name(.records)
                guard FileManager.default.createFile(atPath: path, contents: nil) else {
                    throw CocoaError(.fileWriteUnknown)
                }
                file = FileHandle(forWritingAtPath: path)
                length = 0
            }
            let message = (sequence + 1) / 2
            let body = (sequence % 2 == 1 ? accepted(message, &random, &sender) : ended(message, sender)).entry().body
            let start = lines.count
            lines += Array("{\"seq\":\(sequence),".utf8)
            lines += body.dropFirst()
            lines.append(0x0A)
            length += lines.count - start
            total += Int64(lines.count - start)
            if lines.count >= 1 << 20 { try flush() }
        }
        try flush()
        return total
    }

    /// Finds one page of 100 records, as `isthmus audit search` does, and says how long that took from opening on.
    ///
    /// - Parameter arguments: the folder, the search database, and filters such as `rule=message.fields.common`.
    static func find(_ arguments: [String]) throws {
        let (start, before) = (ContinuousClock.now, Main.processorTime())
        var filter = AuditFilter()
        var order = RecordOrder.oldestFirst
        let reader = RecordReader(ledger: nil, folder: arguments[0], search: arguments[1])
        for argument in arguments.dropFirst(2) {
            let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
            let value = parts.last ?? ""
            switch parts[0] {
            case "person": filter.person = try reader.forms(of: value)
            case "peer": filter.peer = value
            case "rule": filter.rule = value
            case "loss": filter.loss = value
            case "outcome": filter.outcome = value
            case "id": filter.identifier = value
            case "crossing": filter.crossing = value
            case "event": filter.events = [AuditEvent(rawValue: value)]
            case "since": filter.since = Timestamp.milliseconds(value)
            case "until": filter.until = Timestamp.milliseconds(value)
            default: order = .newestFirst
            }
        }
        let rows = try reader.records(matching: filter, order, limit: 100)
        let time = (ContinuousClock.now - start) / .milliseconds(1)
        let words = arguments.dropFirst(2).joined(separator: " ")
        let work = (Main.processorTime() - before) * 1_000
        print(
            String(
                format: "%-58@ %4d records %8.1f ms, %6.1f ms of processor",
                words as NSString,
                rows.count,
                time,
                work
            )
        )
        if let fault = reader.searchFault { print("  " + fault) }
    }

    private static func accepted(
        _ message: Int64,
        _ random: inout Generator,
        _ sender: inout (name: String, peer: String)
    ) -> AuditRecord {
        var record = AuditRecord(.accepted, time: time(message), node: "gw.example.net", crossing: String(message))
        record.leg = "xmpp"
        record.direction = "to-cpim"
        // Half of the traffic is that of a thousandth of the users.
        let bits = random.next()
        let user = bits & 1 == 0 ? bits >> 8 % (users / 1_000) : bits >> 8 % users
        let name = message % 1_000_000 == 77 ? "rare@example.com" : "user\(user)@example.com"
        // Two common words that meet in one message of a hundred thousand: the peer with a 7, the row with a 3.
        let meets = message % 100_000 == 1
        sender = (name, message % 10 == 7 || meets ? "common.example" : "peer\(message % 211).example")
        record.peer = sender.peer
        record.proof = "component"
        record.sender = AuditAddress(before: name + "/client-\(bits >> 40)", after: "sip:" + name)
        let other = random.next() % users
        record.recipient = AuditAddress(before: "contact\(other)@example.net", after: "sip:contact\(other)@example.net")
        record.identifiers = [
            AuditField("stanza.id", random.identifier), AuditField("origin.id", random.identifier),
            AuditField("sip.callID", random.identifier + "@gw.example.net"),
            AuditField("imdn.messageID", random.identifier),
        ]
        record.generation = SHA256.hash([UInt8]()).hexadecimal
        record.rules = (0..<5).map { rules[Int(random.next() >> 8 % UInt64(rules.count)) / ($0 + 1)] }
        if message % 10 == 3 || meets { record.rules.append("message.fields.common") }
        if message % 500 == 11 { record.losses = ["message.html"] }
        record.size = Int64(bits >> 50)
        record.digest = .made(SHA256.hash(Array("\(message)".utf8)))
        return record
    }

    private static func ended(_ message: Int64, _ sender: (name: String, peer: String)) -> AuditRecord {
        let isRare = message % 2_000_000 == 1_234
        var record = AuditRecord(
            message % 100 == 50 ? .failed : .delivered,
            time: time(message) + 120,
            node: "gw.example.net",
            crossing: String(message)
        )
        record.direction = "to-cpim"
        record.peer = "tcp:192.0.2.\(message % 7):5060"
        record.sender = AuditAddress(before: sender.name)
        record.recipient = AuditAddress(before: "contact\(message % 977)@example.net")
        record.outcome = [
            AuditField("code", isRare ? "488" : message % 100 == 50 ? "404" : "202"), AuditField("attempts", "1"),
        ]
        return record
    }

    /// Ten messages a second.
    private static func time(_ message: Int64) -> Int64 { 1_777_885_687_006 + message * 100 }

    /// Numbers that look like chance and are the same each time.
    private struct Generator {
        private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }

        var identifier: String {
            mutating get {
                let (high, low) = (next(), next())
                return String(high, radix: 16) + "-" + String(low, radix: 16)
            }
        }
    }
}
