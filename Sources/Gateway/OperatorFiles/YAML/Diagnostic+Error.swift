import MappingTables

extension Diagnostic {
    /// An error, its code first.
    static func error(
        _ code: String,
        at position: SourcePosition,
        _ message: String,
        help: String? = nil,
        length: Int = 1
    ) -> Diagnostic {
        Diagnostic(
            severity: .error,
            position: position,
            message: message,
            code: code,
            help: help,
            length: max(1, length)
        )
    }
}
