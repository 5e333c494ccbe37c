import ArgumentParser
import GatewayDaemon

/// Shows messages crossing a whole gateway on loopback.
struct Try: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show messages crossing a whole gateway on loopback, without any configuration.",
        discussion: """
            A gateway with a store of its own and two small neighbors is started on loopback; a message, a reply and an \
            error cross it, each shown as it came, in the middle, and as it arrived, with the rules that fired.

            Example: isthmus try
            """
    )

    @OptionGroup var tables: MappingsOption
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let directory = try tables.directory()
        _ = try Configured.tables(directory)
        var steps: [DemonstrationStep] = []
        let isJSON = output.json
        do {
            try await Demonstration.run(mappings: directory) { step in
                if isJSON { steps.append(step) } else { Output.line(step.text) }
            }
        } catch let fault as StartFault {
            throw Stop(code: fault.kind == .files ? 1 : 3, message: fault.description)
        }
        if isJSON { Output.json(steps) }
    }
}
