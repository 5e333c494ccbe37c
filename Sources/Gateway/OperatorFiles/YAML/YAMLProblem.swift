import MappingTables

/// A complaint of the parser in an operator's words.
struct YAMLProblem {
    private let problem: String
    private let context: String?
    private let source: YAMLSource

    init(_ problem: String, context: String?, in source: YAMLSource) {
        self.problem = problem
        self.context = context
        self.source = source
    }

    func diagnostic(at place: SourcePosition) -> Diagnostic {
        if problem.contains("undefined alias") {
            return .error("yaml-alias", at: place, "aliases are not used in this file", help: Self.quotes("*"))
        }
        if problem.contains("undefined tag handle") {
            return .error("yaml-tag", at: place, "tags are not used in this file", help: Self.quotes("!"))
        }
        if problem.contains("Maximum nesting level") {
            return .error("too-deep", at: place, "lists and mappings are nested too deeply")
        }
        let message = context.map { "\(problem) \($0)" } ?? problem
        return .error("yaml-syntax", at: place, message, help: help(at: place))
    }

    /// What a text that begins with an indicator of YAML needs.
    static func quotes(_ indicator: String) -> String {
        "text that begins with \(indicator) stands in quotes"
    }

    private func help(at place: SourcePosition) -> String? {
        let here = source.scalar(line: place.line, column: place.column)
        let before = source.scalar(line: place.line, column: place.column - 1)
        if here == "\t" { return "indent with spaces" }
        if context?.contains("alias") == true { return Self.quotes("*") }
        if context?.contains("anchor") == true { return Self.quotes("&") }
        if context?.contains("quoted scalar") == true { return "close the quotes" }
        if problem.contains("mapping values are not allowed") {
            return "text with \": \" in it stands in quotes; keys of one mapping begin in one column"
        }
        if problem.contains("expected node content") { return "write a value; close lists with ] and mappings with }" }
        if problem.contains("',' or ']'") { return "close the list with ]" }
        if problem.contains("',' or '}'") { return "close the mapping with }" }
        for scalar in [here, before] {
            if let scalar, "*&!%@`|>".unicodeScalars.contains(scalar) { return Self.quotes(String(scalar)) }
        }
        if problem.contains("expected ':'") { return "write KEY: VALUE" }
        if problem.contains("expected key") || problem.contains("block end") {
            return "keys of one mapping, and dashes of one list, begin in one column"
        }
        return nil
    }
}
