public import MappingTables

/// Why a gateway does not start.
public struct StartFault: Error, Sendable, CustomStringConvertible {
    /// The kind of fault, by which a command chooses its exit code.
    public enum Kind: Sendable {
        /// A file has faults.
        case files
        /// Something could not be opened, bound or locked.
        case unreachable
    }

    /// The kind of fault.
    public let kind: Kind
    /// What is wrong and what to do.
    public let description: String
    /// The faults of files; empty for another kind.
    public let diagnostics: [Diagnostic]

    static func unreachable(_ text: String) -> StartFault {
        StartFault(kind: .unreachable, description: text, diagnostics: [])
    }

    static func certificates(_ diagnostics: [Diagnostic]) -> StartFault {
        let text = diagnostics.map { $0.rendered(line: nil) }.joined(separator: "\n")
        return StartFault(kind: .files, description: text, diagnostics: diagnostics)
    }

    /// Neither the files nor an earlier generation can be started with.
    static func tables(_ report: ActivationReport) -> StartFault {
        let text = report.failure.map { "the mapping tables cannot be put in force: \($0.text)" }
        let diagnostics = report.faults.map { fault in
            Diagnostic(
                severity: Diagnostic.Severity(rawValue: fault.severity) ?? .error,
                position: SourcePosition(file: fault.file, line: fault.line, column: fault.column),
                message: fault.message,
                code: fault.code,
                help: fault.help
            )
        }
        return StartFault(
            kind: report.code == 3 ? .unreachable : .files,
            description: text ?? "the mapping tables have faults",
            diagnostics: diagnostics
        )
    }

    static func files(_ diagnostics: [Diagnostic]) -> StartFault {
        StartFault(kind: .files, description: "the mapping tables have faults", diagnostics: diagnostics)
    }
}
