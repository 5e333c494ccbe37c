public import Ledger

/// Acts of reading.
extension OperatorActs {
    /// The record of records that are shown: what was asked, and how many answered it; never what they say.
    ///
    /// - Parameters:
    ///   - command: the command that shows them, such as `audit search`.
    ///   - question: what it was asked, by option; the names `command`, `read` and `records` are taken.
    ///   - records: how many records it shows.
    /// - Returns: the record.
    public func read(_ command: String, asking question: [String: String], records: Int) -> AuditEntry {
        // Under names of their own, so that a search for what was asked does not find who asked.
        let asked = question.sorted { $0.key < $1.key }.map { AuditField("read.\($0.key)", $0.value) }
        return record(
            "audit-read",
            [AuditField("read.command", command)] + asked + [AuditField("read.records", String(records))]
        )
    }
}

extension ControlRequest {
    /// Records that somebody reads records of the log; takes `read`, which is the command, `records`, and what the command
    /// was asked, by option.
    public static let readAudit = "audit.read"
    /// The longest question of a reader that is recorded, in bytes of names and values.
    static let longestQuestion = 16 * 1024

    /// Asks for the record of a read.
    ///
    /// - Parameters:
    ///   - command: the command that shows records.
    ///   - question: what it was asked, by option; the names `read` and `records` are taken.
    ///   - records: how many records it shows.
    /// - Returns: the request.
    public static func read(_ command: String, asking question: [String: String], records: Int) -> ControlRequest {
        let told = ["read": command, "records": String(records)]
        return ControlRequest(command: readAudit, arguments: question.merging(told) { $1 })
    }

    /// The parts of such a request; nil when it lacks one, or is too long to be recorded.
    var reading: (command: String, question: [String: String], records: Int)? {
        let length = arguments.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        guard length <= Self.longestQuestion, let command = arguments["read"], !command.isEmpty,
            let records = arguments["records"].flatMap({ Int($0) }), records >= 0
        else { return nil }
        return (command, arguments.filter { $0.key != "read" && $0.key != "records" && $0.key != "command" }, records)
    }
}
