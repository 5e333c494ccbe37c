import ArgumentParser
import Ledger
import MappingTables

/// Searches records.
struct AuditSearch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Print the records that match all filters, the oldest first.",
        discussion: """
            A gateway may run or not; with --dir the files of a log are enough. A list that reaches --limit says with \
            which --after it goes on. All filters but --containing and --text are answered by the search database at once. With \
            --json the records are printed as they were committed, byte by byte, so that their hashes can be computed \
            again. That somebody searched the log of a gateway, for what, and how many records were found, is a record \
            itself; where it cannot be made nothing is shown.

            Example: isthmus audit search --person juliet@example.com --outcome 404 --newest --config gateway.yaml
            """
    )

    @OptionGroup var source: LogSourceOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var filters: RecordFilters

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Only messages of --person since --since whose kept text contains this one; each is opened for it.",
            valueName: "text"
        )
    )
    var text: String?

    @Flag(name: .long, help: "The newest first.")
    var newest = false

    @Option(name: .long, help: ArgumentHelp("Go on behind this record, in the order of the list.", valueName: "seq"))
    var after: Int64?

    @Option(name: .long, help: "At most so many; 0 prints all.")
    var limit = 100

    func validate() throws {
        guard limit >= 0 else { throw ValidationError("--limit is 0 or more") }
        if let text {
            guard !text.isEmpty else { throw ValidationError("--text is empty; leave it out to find all") }
            guard filters.person != nil, filters.period.since != nil, source.place.config != nil else {
                throw ValidationError("--text goes with --person, --since and --config: texts of one person are opened")
            }
        }
        guard after ?? 0 >= 0 else { throw ValidationError("--after is the number of a record, 0 or more") }
    }

    func run() async throws {
        let log = try source.open(output)
        var filter = try filters.filter(log.records)
        let isFound = try findText(&filter)
        let wanted = limit == 0 ? Int.max : limit
        var rows: [AuditRow] = []
        do throws(LedgerError) {
            // One more tells whether the list goes on.
            if isFound {
                rows = try log.records.records(
                    in: range,
                    matching: filter,
                    newest ? .newestFirst : .oldestFirst,
                    limit: wanted == .max ? .max : wanted + 1
                )
            }
        } catch {
            throw Stop(error)
        }
        let goesOn = rows.count > wanted
        if goesOn { rows.removeLast() }
        try await source.note("audit search", question, records: rows.count)
        if output.json {
            Audit.json(rows)
        } else {
            Output.table(
                ["SEQ", "TIME", "EVENT", "MESSAGE", "WHAT"],
                try RecordView.read(rows).map { [String($0.seq), $0.time, $0.event, $0.crossing ?? "-", $0.summary] }
            )
        }
        log.records.noteFault()
        if rows.isEmpty, let outcome = filters.outcome, RecordFilters.events.contains(outcome) {
            Output.error("note: no record has the outcome \"\(outcome)\", which is an event; see --event \(outcome)")
        }
        if goesOn, let last = rows.last { Output.error("note: there are more; go on with --after \(last.sequence)") }
    }

    /// Narrows a filter to the messages that have the text; whether there are any, or no text is looked for.
    private func findText(_ filter: inout AuditFilter) throws -> Bool {
        guard let text, let person = filters.person, let config = source.place.config else { return true }
        let search = TextFilter(text: text, person: person, period: filters.period)
        filter.crossings = try search.crossings(in: OpenStore(config: config), output)
        // They are messages of that person; not each record of one names both ends.
        filter.person = []
        return !filter.crossings.isEmpty
    }

    /// What is asked, by option, for the record of the search.
    private var question: [String: String] {
        var asked = filters.question
        // Not the text itself: records stay when texts are erased.
        if text != nil { asked["text"] = "yes" }
        if newest { asked["newest"] = "yes" }
        asked["after"] = after.map { String($0) }
        asked["limit"] = String(limit)
        return asked
    }

    /// The numbers that lie behind the record of --after in the order of the list.
    private var range: ClosedRange<Int64> {
        guard let after else { return 1...Int64.max }
        // No record has the number 0.
        if newest { return after > 1 ? 1...after - 1 : 0...0 }
        return (after == .max ? after : after + 1)...Int64.max
    }
}
