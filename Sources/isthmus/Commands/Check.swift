import ArgumentParser
import GatewayDaemon
import MappingTables
import OperatorFiles

/// Looks for faults in a configuration and its tables.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look for faults in a configuration, its mapping tables and certificates; nothing is bound.",
        discussion: """
            Every fault of every file is shown in one run, in the order of files and lines, as \
            FILE:LINE:COLUMN: error: what is wrong [code], with the line and what to do. A certificate that has \
            expired, or is for none of the served domains, is among them. What was proved about the tables and how \
            many of their tests pass is printed at the end.

            Example: isthmus check --config gateway.yaml
            """
    )

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions

    func run() throws {
        let config = ConfigFile.load(path: options.config)
        guard let directory = config.configuration?.mappings ?? Self.directory(config, path: options.config) else {
            let report = DiagnosticReport(config.diagnostics, sources: config.sources)
            return try TableReport(report: report, generation: nil, tests: .none).show(output)
        }
        let loaded = MappingLoader.load(directory: directory)
        let files = config.configuration.map { ServerCheck.diagnostics(of: $0) } ?? []
        let report = Faults.report(
            loaded,
            directory: directory,
            with: config.diagnostics + files,
            sources: config.sources
        )
        let tests = TableTests.run(loaded, directory: directory)
        try TableReport(report: report, generation: loaded.generation, tests: tests).show(output)
    }

    /// The tables that a faulty configuration names, so that their faults are found in the same run.
    private static func directory(_ config: ConfigFile.Loaded, path: String) -> String? {
        guard let bytes = config.sources[path],
            let name = YAMLFile.read(bytes, name: path).root?["gateway"]?["mappings"]?.text, !name.isEmpty
        else { return nil }
        if name.hasPrefix("/") { return name }
        return (path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ".") + "/" + name
    }
}
