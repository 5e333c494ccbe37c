import AuditTrail
import Glibc
import Ledger

/// The records of an export in one of its forms.
struct ExportedRecords {
    /// How many there are.
    private(set) var count: Int64 = 0

    private let form: AuditExportCommand.Form
    private let folder: String
    private let origin: String
    /// The one file; nil for a journal, which has one a record.
    private let file: OutputFile?
    private var messages: [ExportManifest.File] = []

    private static let columns = [
        "seq", "time", "node", "event", "crossing", "leg", "direction", "peer", "proof", "actor", "sender",
        "sender-after", "recipient", "recipient-after", "identifiers", "generation", "rules", "losses", "outcome",
        "reason", "size", "digest",
    ]

    init(form: AuditExportCommand.Form, folder: String, origin: String) throws {
        self.form = form
        self.folder = folder
        self.origin = origin
        switch form {
        case .ndjson: file = try OutputFile(folder: folder, name: "records.ndjson")
        case .csv:
            let table = try OutputFile(folder: folder, name: "records.csv")
            var head: [UInt8] = []
            CSV.append(Self.columns, to: &head)
            try table.append(head)
            file = table
        case .rfc822:
            file = nil
            // The path is read during the call only.
            guard unsafe mkdir(folder + "/journal", 0o700) == 0 else {
                throw Stop.unreachable("\(folder)/journal cannot be made")
            }
        }
    }

    mutating func append(_ sequence: Int64, _ record: [UInt8]) throws {
        count += 1
        switch form {
        case .ndjson: try file?.append(record + [0x0A])
        case .csv:
            var line: [UInt8] = []
            CSV.append(Self.fields(try RecordView.read(record, sequence)), to: &line)
            try file?.append(line)
        case .rfc822:
            let view = try RecordView.read(record, sequence)
            let message = JournalMessage(
                origin: origin,
                sequence: sequence,
                time: view.time,
                sender: view.sender?.before,
                recipient: view.recipient?.before,
                event: view.event,
                record: record
            )
            guard let bytes = message.bytes else { throw Stop.fault("record \(sequence) has no time") }
            messages.append(try OutputFile.write(bytes, folder: folder, name: "journal/\(sequence).eml"))
        }
    }

    /// Ends the files.
    func finish() throws -> [ExportManifest.File] {
        guard let file else { return messages }
        return [try file.finish()]
    }

    private static func fields(_ view: RecordView) -> [String] {
        func joined(_ pairs: [String: String]?) -> String {
            (pairs ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        }
        let fields: [String?] = [
            String(view.seq), view.time, view.node, view.event, view.crossing, view.leg, view.direction, view.peer,
            view.proof, view.actor, view.sender?.before, view.sender?.after, view.recipient?.before,
            view.recipient?.after, joined(view.identifiers), view.generation, view.rules?.joined(separator: " "),
            view.losses?.joined(separator: " "), joined(view.outcome), view.reason, view.size.map { String($0) },
            view.digest,
        ]
        return fields.map { safe($0 ?? "") }
    }

    /// A spreadsheet takes what begins with these characters for a formula; an apostrophe keeps it a text.
    private static func safe(_ field: String) -> String {
        guard let first = field.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first) else { return field }
        return "'" + field
    }
}
