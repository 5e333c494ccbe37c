import FoundationEssentials
import Ledger

/// An audit record as commands read it.
struct RecordView: Codable, Sendable {
    /// An address before and after translation.
    struct Address: Codable, Sendable {
        var before: String
        var after: String?

        /// The same with what a later translation made of it.
        func translated(_ later: Address?) -> Address { Address(before: before, after: later?.after ?? after) }
    }

    var seq: Int64
    var time: String
    var node: String?
    var event: String
    var crossing: String?
    var leg: String?
    var direction: String?
    var peer: String?
    var proof: String?
    var actor: String?
    var sender: Address?
    var recipient: Address?
    var identifiers: [String: String]?
    var generation: String?
    var rules: [String]?
    var losses: [String]?
    var outcome: [String: String]?
    var reason: String?
    var size: Int64?
    var digest: String?

    /// Reads stored records.
    static func read(_ rows: [AuditRow]) throws(Stop) -> [RecordView] {
        var views: [RecordView] = []
        views.reserveCapacity(rows.count)
        for row in rows { views.append(try read(row.record, row.sequence)) }
        return views
    }

    /// Reads one record.
    static func read(_ record: [UInt8], _ sequence: Int64) throws(Stop) -> RecordView {
        guard let view = try? JSONDecoder().decode(RecordView.self, from: Data(record)) else {
            throw .fault("the audit record \(sequence) cannot be read")
        }
        return view
    }

    /// What happened, for a line of a table.
    var summary: String {
        var parts: [String] = []
        if let sender { parts.append("\(sender.before) → \(recipient?.before ?? "?")") }
        if let code = outcome?["code"], !code.isEmpty { parts.append(code) }
        if sender == nil, let generation { parts.append("generation \(generation.prefix(12))") }
        if let reason { parts.append(reason) }
        if let actor { parts.append("by \(actor)") }
        if sender == nil, let identifiers {
            parts += identifiers.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        }
        return parts.joined(separator: "; ")
    }
}
