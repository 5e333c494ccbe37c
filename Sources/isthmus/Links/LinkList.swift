/// The links of a running gateway, as rows of its answer.
struct LinkList {
    /// A link as an object of JSON output; what is not known is left out.
    struct View: Encodable {
        private let fields: [String: String]

        /// Columns that count something.
        private static let numbers: Set<String> = ["queued", "unconfirmed", "received", "sent"]

        init(_ fields: [String: String]) { self.fields = fields }

        private struct Key: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            for (name, value) in fields {
                let key = Key(stringValue: name)
                if Self.numbers.contains(name), let number = UInt64(value) {
                    try container.encode(number, forKey: key)
                } else {
                    try container.encode(value, forKey: key)
                }
            }
        }
    }

    private let rows: [[String: String]]

    init(_ rows: [[String: String]]) { self.rows = rows }

    var views: [View] { rows.map { View($0) } }

    private static let columns = [
        "link", "direction", "state", "proof", "tls", "certificate-ends", "since", "queued", "unconfirmed", "received",
        "sent",
    ]

    private static let notes = [("reason", ""), ("remedy", "→ "), ("weakened", "weakened: ")]

    /// A table, and under it what does not fit.
    func print() {
        guard !rows.isEmpty else { return Output.line("there are no links") }
        Output.table(Self.columns.map { $0.uppercased() }, rows.map { row in Self.columns.map { row[$0] ?? "-" } })
        for row in rows {
            let notes = Self.notes.compactMap { name, start in row[name].map { "  " + start + $0 } }
            guard !notes.isEmpty else { continue }
            Output.line("")
            Output.line(row["link"] ?? "")
            for note in notes { Output.line(note) }
        }
    }
}
