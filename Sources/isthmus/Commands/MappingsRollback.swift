import ArgumentParser
import GatewayDaemon
import Ledger
import OperatorFiles

/// Goes back to an earlier generation.
struct MappingsRollback: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Put an earlier generation in force again, whatever the files on disk say.",
        discussion: """
            Without a name it is the generation that was in force before. Its kept files are checked and tested like \
            others. The files on disk stay as they are: put them right before the next apply or SIGHUP. A start does \
            not take them up as long as they are those from which was gone back.

            Example: isthmus mappings rollback --reason "ticket 4712" --config gateway.yaml
            """
    )

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions
    @OptionGroup var why: ReasonOptions

    @Argument(
        help: ArgumentHelp("First digits of an identifier; without it, the generation before.", valueName: "generation")
    )
    var generation: String?

    func run() async throws {
        let store = try OpenStore(config: options.config)
        let report = try await ActivationChange.perform(
            store.configuration,
            .rollback,
            reason: why.reason,
            generation: try target(store),
            shadow: why.shadow
        )
        try ActivationView(report: report, directory: store.configuration.mappings).show(output, hasFiles: false)
    }

    private func target(_ store: OpenStore) throws(Stop) -> String {
        if let generation {
            guard generation != NamedTables.onDisk else {
                throw .usage("isthmus mappings apply puts the files in force")
            }
            return try NamedTables.identifier(generation, store)
        }
        let last = try store.read { reader throws(LedgerError) in try reader.activations(limit: 1).first }
        guard let before = last?.before else {
            throw .fault("no earlier generation was in force; isthmus mappings log lists those that were")
        }
        return before
    }
}
