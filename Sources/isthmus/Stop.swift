import MappingTables
import OperatorFiles

/// The end of a command that did not do what it was asked.
struct Stop: Error {
    /// 1 found a fault, 2 wrong usage, 3 could not reach or open something.
    let code: Int32
    /// What stands on standard error; empty when all is said.
    let message: String
    /// Whether the message has lines of its own.
    var hasLines = false
    /// The findings in files that are the reason, or part of it.
    var findings: DiagnosticReport?

    static func fault(_ message: String = "") -> Stop { Stop(code: 1, message: message) }
    static func usage(_ message: String) -> Stop { Stop(code: 2, message: message) }
    static func unreachable(_ message: String) -> Stop { Stop(code: 3, message: message) }

    /// The error as an object of JSON output.
    private struct View: Encodable {
        let code: Int32
        let error: String
        let faults: [Faults.View]
    }

    /// Whether the command line asks for JSON; also one that cannot be understood may.
    private static var isJSON: Bool { CommandLine.arguments.prefix { $0 != "--" }.contains("--json") }

    /// Says it on standard error.
    func print() {
        guard !message.isEmpty || findings != nil else { return }
        if Self.isJSON {
            let faults = findings?.diagnostics ?? []
            return Output.jsonError(
                View(
                    code: code,
                    error: message.isEmpty ? faults.first?.message ?? "" : message,
                    faults: faults.map { Faults.View($0) }
                )
            )
        }
        if let findings { Output.errorText(findings.text) }
        guard !message.isEmpty else { return }
        if hasLines { Output.errorText("error: " + message + "\n") } else { Output.error("error: " + message) }
    }
}
