import ArgumentParser
import Ledger

/// Shows records with everything that they say.
struct AuditShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print one record, or those of one message, with rules, losses and ids, and their leaf hashes.",
        discussion: """
            A number names a record, any other word an id of a protocol, such as a Call-ID or a stanza's id: then all \
            records of its message are shown. With --crossing the number is that of a message. Each record stands there \
            as it was committed as well, with escapes for characters that act on a terminal; --json has it byte by \
            byte as `record`. That they were shown of the log of a gateway is a record itself; where it cannot be made \
            nothing is shown.

            Example: isthmus audit show 42 --config gateway.yaml
            """
    )

    @OptionGroup var source: LogSourceOptions
    @OptionGroup var output: OutputOptions

    @Flag(name: .long, help: "The number is that of a message, as `messages list` shows it.")
    var crossing = false

    @Flag(name: .long, help: "Also the message as received, as Message/CPIM and as sent, where its text is kept.")
    var content = false

    @Argument(help: ArgumentHelp("The number of a record, or an id of a protocol.", valueName: "seq|id"))
    var name: String

    func validate() throws {
        guard !name.isEmpty else { throw ValidationError("name a record by its number, or an id of a protocol") }
        if content, source.place.config == nil {
            throw ValidationError("--content goes with --config: a folder of files has no texts")
        }
        if crossing, Int64(name) ?? 0 < 1 {
            throw ValidationError("\"\(name)\" is no number of a message; isthmus messages list shows them")
        }
    }

    func run() async throws {
        let log = try source.open(output)
        let rows = try rows(log.records)
        log.records.noteFault()
        var question = [crossing ? "crossing" : "record": name]
        if content { question["content"] = "yes" }
        try await source.note("audit show", question, records: rows.count)
        let views = try details(rows)
        if output.json { return Output.bytes(RecordDetail.json(views)) }
        for (index, view) in views.enumerated() {
            if index > 0 { Output.line("") }
            view.print()
        }
    }

    /// The records, the first of each message with the forms that were kept of it.
    private func details(_ rows: [AuditRow]) throws(Stop) -> [RecordDetail] {
        guard content, let config = source.place.config else {
            return try rows.map { row throws(Stop) in try RecordDetail(row) }
        }
        let store = try OpenStore(config: config)
        var shown: Set<String> = []
        return try rows.map { row throws(Stop) in
            let crossing = try RecordView.read(row.record, row.sequence).crossing
            guard let crossing, shown.insert(crossing).inserted else { return try RecordDetail(row) }
            return try RecordDetail(row, kept: KeptView(of: crossing, store))
        }
    }

    private func rows(_ records: RecordReader) throws(Stop) -> [AuditRow] {
        var filter = AuditFilter()
        if crossing {
            filter.crossing = name
        } else if let sequence = Int64(name) {
            do throws(LedgerError) {
                if let row = try records.record(sequence) { return [row] }
            } catch {
                throw Stop(error)
            }
            throw .fault("there is no record \(name); isthmus audit search lists them")
        } else {
            filter.identifier = name
            let named = try read(records, filter)
            let crossings = try Set(RecordView.read(named).compactMap(\.crossing))
            guard !crossings.isEmpty else { return named }
            filter = AuditFilter()
            filter.crossings = Array(crossings)
        }
        return try read(records, filter)
    }

    private func read(_ records: RecordReader, _ filter: AuditFilter) throws(Stop) -> [AuditRow] {
        let rows: [AuditRow]
        do throws(LedgerError) { rows = try records.records(matching: filter, limit: 1_000) } catch {
            throw Stop(error)
        }
        guard !rows.isEmpty else {
            throw .fault(
                crossing
                    ? "there is no record of a message \(name); isthmus messages list shows the messages"
                    : "no record has the id \"\(name)\"; isthmus audit search --containing looks for parts of one"
            )
        }
        return rows
    }
}
