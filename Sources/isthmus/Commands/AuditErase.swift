import ArgumentParser
import GatewayDaemon
import Ledger

/// Erases what is kept of texts.
struct AuditErase: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Erase the keys of a person's or a conversation's texts; the records stay and verify.",
        discussion: """
            With a key go the texts of one conversation and UTC day and the meaning of their digests, in backups too. The \
            days are those that the period touches, all up to today without one. Refused where a legal hold covers a day, or \
            an item is not settled. Who did it and why stands in the records.

            Example: isthmus audit erase --person juliet@example.com --reason "request 7" --config gateway.yaml
            """
    )

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions
    @OptionGroup var who: BodyScopeOptions
    @OptionGroup var period: PeriodOptions

    @Option(name: .long, help: ArgumentHelp("Why, for the record.", valueName: "text"))
    var reason: String

    private struct View: Encodable {
        let keys: Int
        let texts: Int
        let trimmed: Bool
    }

    func validate() throws {
        if reason.isEmpty { throw ValidationError("--reason says why, and is not empty") }
        if who.scope == nil { throw ValidationError("name either --person or the two of a --conversation") }
        if let first = period.firstDay, let last = period.lastDay, first > last {
            throw ValidationError("--since is not before --until")
        }
    }

    func run() async throws {
        guard let scope = who.scope else { throw Stop.usage("name whose texts are erased") }
        let store = try OpenStore(config: options.config)
        let first = period.firstDay ?? 0
        let last = max(first, period.lastDay ?? BodyKeyEntry.day(of: StoreChange.now))
        let act = BodyAct(.erase(scope, days: first...last), reason: reason)
        let row = try await StoreChange.perform(store.configuration, requests: [act.request]).first ?? [:]
        let view = View(
            keys: Int(row["keys"] ?? "") ?? 0,
            texts: Int(row["bodies"] ?? "") ?? 0,
            trimmed: row["trimmed"] == "yes"
        )
        if output.json {
            Output.json(view)
        } else {
            Output.line("\(view.keys) keys are erased, and with them \(view.texts) forms of texts")
        }
        if !view.trimmed {
            Output.error(
                "note: somebody reads the store, so that its log still has old pages; they go once that has ended and the "
                    + "gateway stores something"
            )
        }
    }
}
