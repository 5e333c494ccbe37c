import ArgumentParser
import GatewayDaemon
import MappingTables
import OperatorFiles

/// Runs a gateway.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a gateway until it is told to stop.",
        discussion: """
            The start and SIGHUP check and test the mapping tables and put them in force; when they have a fault, the \
            ones that were in force stay. SIGHUP reads the certificates and the level of the log again too. SIGTERM ends the gateway; what is stored and not delivered is sent after the next start.

            Example: isthmus serve --config gateway.yaml
            """
    )

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions

    func run() async throws {
        AllocatorCache.enlarge()
        let config = ConfigFile.load(path: options.config)
        guard let configuration = config.configuration else { throw Configured.stop(Self.faults(of: config)) }
        // Faults of tables and certificates are printed like those of check, before anything is opened. Faulty tables
        // stop a gateway only if it has no earlier ones.
        let loaded = MappingLoader.load(directory: configuration.mappings)
        let faults = Faults.report(loaded, directory: configuration.mappings)
        if loaded.generation == nil { Configured.stop(faults).print() }
        let files = DiagnosticReport(ServerCheck.diagnostics(of: configuration), sources: [:])
        if files.hasErrors { throw Configured.stop(files) }
        do {
            try await GatewayService.run(configuration: configuration, file: options.config)
        } catch let fault as StartFault {
            let failed = fault.diagnostics.filter { $0.code == "test-failed" }.map { diagnostic in
                var diagnostic = diagnostic
                diagnostic.position.file = Faults.path(diagnostic.position.file, in: configuration.mappings)
                return diagnostic
            }
            var stop = Stop(code: fault.kind == .files ? 1 : 3, message: fault.description, hasLines: true)
            if !failed.isEmpty { stop.findings = DiagnosticReport(failed, sources: [:]) }
            throw stop
        }
    }

    /// The faults of a configuration, with those of the tables that it names.
    private static func faults(of config: ConfigFile.Loaded) -> DiagnosticReport {
        guard let directory = config.mappings else {
            return DiagnosticReport(config.diagnostics, sources: config.sources)
        }
        let loaded = MappingLoader.load(directory: directory)
        return Faults.report(loaded, directory: directory, with: config.diagnostics, sources: config.sources)
    }
}
