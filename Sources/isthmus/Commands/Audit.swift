import ArgumentParser
import Digests
import Ledger
import MappingTables

/// The records.
struct Audit: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Search, verify and prove the records of crossings and of operators' acts.",
        discussion: "Example: isthmus audit search --address juliet@example.com --since 2d --config gateway.yaml",
        subcommands: [
            AuditSearch.self, AuditShow.self, AuditVerify.self, AuditProve.self, AuditExportCommand.self,
            AuditKeyCommand.self,
        ]
    )

    /// Records as they were committed, byte by byte, in a JSON array.
    static func json(_ rows: [AuditRow]) {
        var bytes = Array("[".utf8)
        for (index, row) in rows.enumerated() {
            bytes += index == 0 ? [0x0A] : [0x2C, 0x0A]
            bytes += row.record
        }
        Output.bytes(bytes + (rows.isEmpty ? Array("]\n".utf8) : Array("\n]\n".utf8)))
    }
}

/// Searches records.
struct AuditSearch: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Print the records that match all filters, the oldest first.",
        discussion: """
            With --json the records are printed as they were committed, byte by byte, so that their hashes can be \
            computed again. A list that reaches --limit says from which record to go on.

            Example: isthmus audit search --containing a84b4c76e66710 --event delivered --config gateway.yaml
            """
    )

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions
    @OptionGroup var period: PeriodOptions

    @Option(name: .long, help: ArgumentHelp("Only records of this message.", valueName: "id"))
    var crossing: String?

    @Option(name: .long, help: ArgumentHelp("Only records that name this address.", valueName: "jid|uri"))
    var address: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Only records of this event, such as accepted, delivered or refused; may be given several times.",
            valueName: "event"
        )
    )
    var event: [String] = []

    @Option(name: .long, help: ArgumentHelp("Only records that contain this text, such as an id.", valueName: "text"))
    var containing: String?

    @Option(name: .long, help: ArgumentHelp("Only records from this sequence number on.", valueName: "seq"))
    var from: Int64 = 1

    @Option(name: .long, help: "At most so many; 0 prints all.")
    var limit = 100

    /// The events that gateways and commands of this version write.
    private static let events =
        [
            AuditEvent.accepted, .delivered, .failed, .failedUntold, .expired, .refused, .duplicate, .held,
            .reprocessed, .dropped, .reopened, .told, .activated, .activationRefused, .retired,
        ].map(\.rawValue) + [
            "address-added", "address-removed", "addresses-imported", "audit-exported", "audit-key-renewed",
            "ledger-restored",
        ]

    func validate() throws {
        guard limit >= 0 else { throw ValidationError("--limit is 0 or more") }
    }

    func run() throws {
        let store = try OpenStore(config: options.config)
        let filter = AuditFilter(
            crossing: crossing,
            address: address,
            containing: containing,
            events: event.isEmpty ? nil : event.map { AuditEvent(rawValue: $0) },
            since: period.since?.milliseconds,
            until: period.until?.milliseconds
        )
        let rows = try store.read { reader throws(LedgerError) in
            try reader.auditRecords(from: from, matching: filter, limit: limit == 0 ? .max : limit)
        }
        if output.json {
            Audit.json(rows)
        } else {
            Output.table(
                ["SEQ", "TIME", "EVENT", "MESSAGE", "WHAT"],
                try RecordView.read(rows).map { [String($0.seq), $0.time, $0.event, $0.crossing ?? "-", $0.summary] }
            )
        }
        for word in event where !Self.events.contains(word) {
            let nearest = Spelling.nearest(to: word, among: Self.events).map { "did you mean \"\($0)\"? " } ?? ""
            Output.error(
                "note: the gateway writes no event \"\(word)\"; \(nearest)known: \(Self.events.joined(separator: ", "))"
            )
        }
        if limit > 0, rows.count == limit, let last = rows.last {
            Output.error("note: there may be more; go on with --from \(last.sequence + 1)")
        }
    }
}

/// Shows one record.
struct AuditShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print one record as it was committed, with its leaf hash.",
        discussion: "Example: isthmus audit show 42 --config gateway.yaml"
    )

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions

    @Argument(help: ArgumentHelp("The sequence number of the record.", valueName: "seq"))
    var sequence: Int64

    func run() throws {
        let store = try OpenStore(config: options.config)
        let rows = try store.read { reader throws(LedgerError) in try reader.auditRecords(from: sequence, limit: 1) }
        guard let row = rows.first, row.sequence == sequence else {
            throw Stop.fault("there is no record \(sequence); isthmus audit search lists them")
        }
        if output.json { return Audit.json([row]) }
        Output.bytes(row.record + [0x0A])
        Output.line("leaf \(row.leaf.hexadecimal)")
    }
}
