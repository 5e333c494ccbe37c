import Glibc
import Interworking
import MappingTables
import OperatorFiles

/// Facts on the command line: statements, or files that hold them.
enum FactsInput {
    /// Reads statements over what holds without them.
    ///
    /// - Parameters:
    ///   - arguments: each is the name of a file, or one statement.
    ///   - defaults: what holds without them.
    /// - Returns: the facts, and the switches that statements set.
    /// - Throws: the end of the command when a file or a statement cannot be read.
    static func read(_ arguments: [String], defaults: Facts) throws(Stop) -> FactsText {
        let given = SourcePosition(file: "--facts", line: 1, column: 1)
        var lines: [(text: String, place: SourcePosition)] = []
        for argument in arguments {
            // The path is read during the call only.
            if unsafe access(argument, F_OK) == 0 {
                lines += try file(argument)
            } else if argument.contains("=") {
                lines.append((statement(argument), given))
            } else {
                throw .unreachable(
                    "\(argument): there is no such file, and it is no statement such as now=2026-03-01T12:00:00Z"
                )
            }
        }
        do throws(FactsError) {
            return try FactsText(lines.map(\.text), defaults: defaults)
        } catch {
            let place = lines.indices.contains(error.line) ? lines[error.line].place : given
            throw Place.fault(error.reason, code: error.code.rawValue, at: place)
        }
    }

    /// A YAML list when the file's name says so, else one statement a line.
    private static func file(_ path: String) throws(Stop) -> [(text: String, place: SourcePosition)] {
        let bytes = try InputFile.contents(path)
        guard path.hasSuffix(".yaml") || path.hasSuffix(".yml") else {
            let lines = String(decoding: bytes, as: UTF8.self).split(omittingEmptySubsequences: false) { $0.isNewline }
            return lines.enumerated().compactMap { number, line in
                let text = statement(String(line))
                guard !text.isEmpty, !text.hasPrefix("#") else { return nil }
                return (text, SourcePosition(file: path, line: number + 1, column: 1))
            }
        }
        let (root, diagnostics) = YAMLFile.read(bytes, name: path)
        guard let root else { throw Configured.stop(DiagnosticReport(diagnostics, sources: [path: bytes])) }
        guard let elements = root.elements else {
            let reason = "facts are a list of statements; write - now=2026-03-01T12:00:00Z"
            throw Place.fault(reason, code: "wrong-type", at: root.position)
        }
        return elements.map { (statement($0.text ?? ""), $0.position) }
    }

    /// A statement without the word that it has in the vectors' files.
    private static func statement(_ text: String) -> String {
        var rest = Substring(text)
        if rest.hasPrefix("Context:") { rest = rest.dropFirst("Context:".count) }
        while let first = rest.first, first == " " || first == "\t" { rest = rest.dropFirst() }
        while let last = rest.last, last == " " || last == "\t" { rest = rest.dropLast() }
        return String(rest)
    }
}
