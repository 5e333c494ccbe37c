import GatewayDaemon
import MappingTables
import OperatorFiles

/// An activation as commands show it.
struct ActivationView {
    let report: ActivationReport
    /// The mappings directory, through which paths lead to files.
    let directory: String

    /// Prints the findings, the stages and what would change.
    ///
    /// - Parameters:
    ///   - output: how it is printed.
    ///   - hasFiles: whether the findings are in the files on disk.
    /// - Throws: the end of the command when a stage failed.
    func show(_ output: OutputOptions, hasFiles: Bool = true) throws(Stop) {
        if output.json {
            Output.json(report)
        } else {
            if !report.faults.isEmpty { Output.errorText(findings(hasFiles).text) }
            for stage in report.stages {
                let name = stage.name + String(repeating: " ", count: max(0, 6 - stage.name.count))
                let mark = stage.mark.rawValue + String(repeating: " ", count: max(0, 4 - stage.mark.rawValue.count))
                Output.line("\(mark)  \(name)  \(stage.text)")
            }
            if let shadow = report.shadow { show(shadow) }
            Output.line(ending)
        }
        if report.code != 0 { throw Stop(code: Int32(clamping: report.code), message: "") }
    }

    private var ending: String {
        let generation = report.generation ?? "none"
        switch report.result {
        case .inForce: return "generation \(generation) is in force; before it \(report.before ?? "none")"
        case .alreadyInForce: return "generation \(generation) is in force already"
        case .refused: return "nothing is changed: \(report.before.map { "generation \($0) stays in force" } ?? "")"
        case .shown: return "nothing is changed: the tables are generation \(generation)"
        }
    }

    private func show(_ shadow: ShadowReport) {
        for group in shadow.groups {
            Output.line("\(group.row)" + (group.place.map { "  \($0)" } ?? ""))
            Output.line("  \(group.sentence)")
            Output.line("  such as \(group.examples.joined(separator: ", "))")
        }
        if shadow.leftOut > 0 { Output.line("and \(shadow.leftOut) more differences that are rarer") }
    }

    private func findings(_ hasFiles: Bool) -> DiagnosticReport {
        let diagnostics = report.faults.map { fault in
            Diagnostic(
                severity: Diagnostic.Severity(rawValue: fault.severity) ?? .error,
                position: SourcePosition(
                    file: hasFiles ? Faults.path(fault.file, in: directory) : fault.file,
                    line: fault.line,
                    column: fault.column
                ),
                message: fault.message,
                code: fault.code,
                help: fault.help
            )
        }
        var sources: [String: [UInt8]] = [:]
        if hasFiles {
            for (file, bytes) in MappingFolder(directory).sources { sources[Faults.path(file, in: directory)] = bytes }
        }
        return DiagnosticReport(diagnostics, sources: sources)
    }
}
