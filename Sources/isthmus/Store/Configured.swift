import GatewayDaemon
import MappingTables
import OperatorFiles

/// Reads what the operator's files say, for commands that cannot go on without.
enum Configured {
    /// The configuration of a file; its faults end the command.
    static func configuration(_ path: String) throws(Stop) -> GatewayConfiguration {
        let loaded = ConfigFile.load(path: path)
        guard let configuration = loaded.configuration else {
            throw stop(DiagnosticReport(loaded.diagnostics, sources: loaded.sources))
        }
        return configuration
    }

    /// The tables of a directory; their faults end the command.
    static func tables(_ directory: String) throws(Stop) -> (generation: Generation, loaded: MappingLoader.Loaded) {
        let loaded = MappingLoader.load(directory: directory)
        guard let generation = loaded.generation else {
            throw stop(Faults.report(loaded, directory: directory))
        }
        return (generation, loaded)
    }

    /// How a command ends by faults of files.
    static func stop(_ report: DiagnosticReport) -> Stop {
        Stop(code: Faults.code(report), message: "", findings: report)
    }
}
