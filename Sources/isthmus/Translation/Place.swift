import MappingTables
import OperatorFiles

/// Line and column of a byte in an input.
enum Place {
    /// The place of an offset; columns count Unicode scalars.
    static func of(_ offset: Int, in bytes: [UInt8], file: String) -> SourcePosition {
        let before = bytes.prefix(max(0, offset))
        let line = before.count { $0 == 0x0A } + 1
        let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let column = String(decoding: before[start...], as: UTF8.self).unicodeScalars.count + 1
        return SourcePosition(file: file, line: line, column: column)
    }

    /// A fault in an input, shown like those of operators' files.
    static func fault(_ reason: String, code: String, at offset: Int, in bytes: [UInt8], file: String) -> Stop {
        fault(reason, code: code, at: of(offset, in: bytes, file: file))
    }

    /// The same at a place that is known.
    static func fault(_ reason: String, code: String, at position: SourcePosition) -> Stop {
        let message = reason.hasSuffix(".") ? String(reason.dropLast()) : reason
        let diagnostic = Diagnostic(severity: .error, position: position, message: message, code: code)
        return Stop(code: 1, message: "", findings: DiagnosticReport([diagnostic], sources: [:]))
    }
}
