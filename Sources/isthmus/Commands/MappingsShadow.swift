import ArgumentParser
import GatewayDaemon
import Ledger
import OperatorFiles

/// Shows what other tables would do to real traffic.
struct MappingsShadow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shadow",
        abstract: "Replay recorded crossings under the mapping files, and show what would change, by row.",
        discussion: """
            Nothing is put in force. Crossings that are still open are translated as a whole; of others, addresses, \
            routes, errors and the rows that fired are compared, since their texts are not kept.

            Example: isthmus mappings shadow --last 1000 --config gateway.yaml
            """
    )

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions

    @Option(name: .long, help: ArgumentHelp("So many crossings, the latest ones.", valueName: "number"))
    var last = 1_000

    @Argument(
        help: ArgumentHelp("An earlier generation in place of the files, by its first digits.", valueName: "generation")
    )
    var generation: String?

    func validate() throws {
        guard (1...ReasonOptions.mostCrossings).contains(last) else {
            throw ValidationError("--last is 1 to \(ReasonOptions.mostCrossings)")
        }
    }

    func run() throws {
        let store = try OpenStore(config: options.config)
        let isKept = generation != nil && generation != NamedTables.onDisk
        let kept = isKept ? try generation.map { word throws(Stop) in try NamedTables.identifier(word, store) } : nil
        let order = ActivationOrder(isKept ? .rollback : .apply, actor: "", generation: kept, shadow: last)
        let preparation = ActivationPreparation(store.configuration, store.reader, now: { StoreChange.now })
        let view = ActivationView(report: preparation.prepare(order).report, directory: store.configuration.mappings)
        try view.show(output, hasFiles: !isKept)
    }
}
