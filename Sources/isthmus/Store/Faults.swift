import GatewayDaemon
import MappingTables
import OperatorFiles

/// Findings in files, as commands show them.
enum Faults {
    /// A finding as an object of JSON output.
    struct View: Encodable {
        let file: String
        let line: Int
        let column: Int
        let endLine: Int
        /// The first column behind the marked text.
        let endColumn: Int
        let severity: String
        let code: String
        let message: String
        let help: String?

        init(_ diagnostic: Diagnostic) {
            file = diagnostic.position.file
            line = diagnostic.position.line
            column = diagnostic.position.column
            endLine = diagnostic.position.line
            endColumn = diagnostic.position.column + diagnostic.length
            severity = diagnostic.severity.rawValue
            code = diagnostic.code
            message = diagnostic.message
            help = diagnostic.help
        }
    }

    /// The findings of a mappings directory with paths that lead to the files.
    static func report(
        _ loaded: MappingLoader.Loaded,
        directory: String,
        with others: [Diagnostic] = [],
        sources: [String: [UInt8]] = [:]
    ) -> DiagnosticReport {
        var all = others
        for var diagnostic in loaded.diagnostics {
            diagnostic.position.file = path(diagnostic.position.file, in: directory)
            all.append(diagnostic)
        }
        var bytes = sources
        for (file, content) in loaded.sources { bytes[path(file, in: directory)] = content }
        return DiagnosticReport(all, sources: bytes)
    }

    /// The exit code that findings ask for: 3 when something could not be read, 1 for any other error.
    static func code(_ report: DiagnosticReport) -> Int32 {
        guard report.hasErrors else { return 0 }
        return report.diagnostics.contains { $0.code == "unreadable" } ? 3 : 1
    }

    /// A path of a mapping file as the operator reaches it.
    static func path(_ file: String, in directory: String) -> String {
        // A row that is tried stands on the command line, a file that is tried outside the directory.
        if file.hasPrefix("--") || file.hasPrefix("./") || file.hasPrefix("/") { return file }
        let whole = file == directory ? file : directory + "/" + file
        // Relative paths of a configuration begin with its own directory: `././Mappings` is `Mappings`.
        let parts = whole.split(separator: "/", omittingEmptySubsequences: true).filter { $0 != "." }
        return (whole.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }
}
