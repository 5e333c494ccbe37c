import MappingTables

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
        let position = of(offset, in: bytes, file: file)
        let message = reason.hasSuffix(".") ? String(reason.dropLast()) : reason
        Output.error("\(position): error: \(message) [\(code)]")
        return .fault()
    }
}
