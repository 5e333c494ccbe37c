import ArgumentParser
import GatewayDaemon
import OperatorFiles

/// Runs a gateway.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a gateway until it is told to stop.",
        discussion: """
            SIGHUP reads the mapping tables and the certificates again; when they have a fault, the ones in force \
            stay. SIGTERM ends the gateway; what is stored and not delivered is sent after the next start.

            Example: isthmus serve --config gateway.yaml
            """
    )

    @OptionGroup var options: ConfigOption
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let configuration = try Configured.configuration(options.config)
        // Faults of tables and certificates are printed like those of check, before anything is opened.
        _ = try Configured.tables(configuration.mappings)
        let files = DiagnosticReport(ServerCheck.diagnostics(of: configuration), sources: [:])
        if files.hasErrors { throw Configured.stop(files) }
        do {
            try await GatewayService.run(configuration: configuration)
        } catch let fault as StartFault {
            throw Stop(code: fault.kind == .files ? 1 : 3, message: fault.description)
        }
    }
}
