import ArgumentParser
import Ledger

/// Lists generations.
struct MappingsLog: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "List the generations of tables that were put in force, the newest first.",
        discussion: """
            active: in force. closing: out of force, with messages that still go by it. retired: no message needs it. \
            What was refused stands in the records: isthmus audit search --event activation-refused.

            Example: isthmus mappings log --config gateway.yaml
            """
    )

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions

    @Option(name: .long, help: "At most so many; 0 lists all.")
    var limit = 100

    private struct View: Encodable {
        let number: Int64
        let generation: String
        let state: String
        let cause: String
        let actor: String
        let reason: String?
        let before: String?
        let onDisk: String?
        let checked: String
        let tested: String
        let shadowed: String?
        let activated: String
        let retired: String?
    }

    func validate() throws {
        guard limit >= 0 else { throw ValidationError("--limit is 0 or more") }
    }

    func run() throws {
        let store = try OpenStore(config: options.config)
        let rows = try store.read { reader throws(LedgerError) in
            try reader.activations(limit: limit == 0 ? .max : limit)
        }
        let views = rows.enumerated().map { index, row in
            View(
                number: row.number,
                generation: row.generation,
                state: index == 0 ? "active" : row.retired == nil ? "closing" : "retired",
                cause: row.cause.rawValue,
                actor: row.actor,
                reason: row.reason,
                before: row.before,
                onDisk: row.onDisk,
                checked: Timestamp.text(milliseconds: row.checked),
                tested: Timestamp.text(milliseconds: row.tested),
                shadowed: row.shadowed.map { Timestamp.text(milliseconds: $0) },
                activated: Timestamp.text(milliseconds: row.activated),
                retired: row.retired.map { Timestamp.text(milliseconds: $0) }
            )
        }
        if output.json { return Output.json(views) }
        Output.table(
            ["GENERATION", "STATE", "ACTIVATED", "BY", "CAUSE", "SHADOW", "WHY"],
            views.map { view in
                [
                    String(view.generation.prefix(12)), view.state, view.activated, view.actor, view.cause,
                    view.shadowed == nil ? "-" : "yes", view.reason ?? "",
                ]
            }
        )
    }
}
