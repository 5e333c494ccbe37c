import Digests
import Ledger

/// One record with everything that it says; rules, losses and ids are named also where there are none.
struct RecordDetail {
    private let row: AuditRow
    private let view: RecordView
    /// The forms of its message that were kept; nil when they are not asked for.
    private let kept: KeptView?

    init(_ row: AuditRow, kept: KeptView? = nil) throws(Stop) {
        self.row = row
        self.kept = kept
        view = try RecordView.read(row.record, row.sequence)
    }

    /// Prints the record for people, then as it was committed, then its leaf hash, and the forms of its message.
    func print() {
        for line in lines { Output.line(line) }
        kept?.print()
    }

    private var lines: [String] {
        let fields: [(String, String?)] = [
            ("record", String(row.sequence)), ("time", view.time), ("event", view.event), ("message", view.crossing),
            ("from", pair(view.sender)), ("to", pair(view.recipient)),
            ("peer", view.peer.map { name in view.proof.map { "\(name) (\($0))" } ?? name }), ("leg", view.leg),
            ("direction", view.direction), ("by", view.actor), ("generation", view.generation),
            ("rules", list(view.rules)), ("losses", list(view.losses)), ("ids", list(view.identifiers)),
            ("outcome", view.outcome.map { list($0) }), ("reason", view.reason),
            ("size", view.size.map { "\($0) bytes" }), ("digest", view.digest),
        ]
        let texts = fields.compactMap { name, value in
            value.map { name + String(repeating: " ", count: max(1, 12 - name.count)) + $0 }
        }
        return texts + [String(decoding: row.record, as: UTF8.self), "leaf \(row.leaf.hexadecimal)"]
    }

    /// Records in a JSON array; each has its own bytes as they were committed under `record`.
    static func json(_ details: [RecordDetail]) -> [UInt8] {
        var bytes = Array("[".utf8)
        for (index, detail) in details.enumerated() {
            bytes += Array((index == 0 ? "\n" : ",\n").utf8)
            var writer = JSONWriter(capacity: detail.row.record.count * 2)
            writer.beginObject()
            writer.field("sequence", detail.row.sequence)
            writer.field("leaf", detail.row.leaf.hexadecimal)
            writer.field("rules", detail.view.rules ?? [])
            writer.field("losses", detail.view.losses ?? [])
            writer.beginObject("identifiers")
            for (name, value) in (detail.view.identifiers ?? [:]).sorted(by: { $0.key < $1.key }) {
                writer.field(named: name, value)
            }
            writer.endObject()
            if let kept = detail.kept {
                writer.beginObject("content")
                for (name, text) in kept.named { writer.field(named: name, text) }
                writer.endObject()
            }
            writer.endObject()
            bytes += writer.finish().dropLast() + Array(",\"record\":".utf8) + detail.row.record + Array("}".utf8)
        }
        return bytes + Array("\n]\n".utf8)
    }

    private func pair(_ address: RecordView.Address?) -> String? {
        guard let address else { return nil }
        return address.after.map { "\(address.before) → \($0)" } ?? address.before
    }

    private func list(_ names: [String]?) -> String {
        guard let names, !names.isEmpty else { return "none" }
        return names.joined(separator: ", ")
    }

    private func list(_ pairs: [String: String]?) -> String {
        list((pairs ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
    }
}
