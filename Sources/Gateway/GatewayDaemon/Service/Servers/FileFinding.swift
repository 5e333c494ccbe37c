import MappingTables

extension Diagnostic {
    /// A finding about a whole file that is no text of the operator's.
    ///
    /// - Parameters:
    ///   - severity: how bad it is.
    ///   - code: the stable code.
    ///   - file: the path as the operator knows it.
    ///   - message: what is wrong.
    ///   - help: what to do.
    /// - Returns: the finding, at the begin of the file.
    static func finding(
        _ severity: Severity,
        _ code: String,
        in file: String,
        _ message: String,
        help: String?
    ) -> Diagnostic {
        Diagnostic(
            severity: severity,
            position: SourcePosition(file: file, line: 1, column: 1),
            message: message,
            code: code,
            help: help
        )
    }
}
