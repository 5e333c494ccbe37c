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
        guard let directory = config.mappings else {
            let report = DiagnosticReport(config.diagnostics, sources: config.sources)
            return try TableReport(report: report, generation: nil, tests: .none).show(output)
        }
        let loaded = MappingLoader.load(directory: directory)
        let files = config.configuration.map { ServerCheck.diagnostics(of: $0) } ?? []
        let report = Faults.report(
            loaded,
            directory: directory,
            with: Self.findings(config, loaded.generation) + files,
            sources: config.sources
        )
        let tests = TableTests.run(loaded, directory: directory)
        try TableReport(report: report, generation: loaded.generation, tests: tests).show(output)
    }

    /// What was found in a configuration, under the tables: users of a domain may have addresses at the component of
    /// another one.
    private static func findings(_ config: ConfigFile.Loaded, _ generation: Generation?) -> [Diagnostic] {
        guard let addresses = generation?.addresses else { return config.diagnostics }
        return ConfigFile.findings(of: config) { domain, components in
            [addresses.rule(forURIDomain: domain), addresses.rule(forPhoneAt: domain)].contains { rule in
                rule.map { components.contains($0.xmppDomain ?? domain) } ?? false
            }
        }
    }
}
