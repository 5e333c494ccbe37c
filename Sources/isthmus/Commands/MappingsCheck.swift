import ArgumentParser
import GatewayDaemon

/// Looks for faults in mapping tables.
struct MappingsCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Look for faults in mapping tables, prove what their rows claim, and run their tests.",
        discussion: "Example: isthmus mappings check --mappings ./Mappings"
    )

    @OptionGroup var tables: MappingsOption
    @OptionGroup var output: OutputOptions

    func run() throws {
        let directory = try tables.directory()
        let loaded = MappingLoader.load(directory: directory)
        let report = Faults.report(loaded, directory: directory)
        let tests = TableTests.run(loaded, directory: directory)
        try TableReport(report: report, generation: loaded.generation, tests: tests).show(output)
    }
}
