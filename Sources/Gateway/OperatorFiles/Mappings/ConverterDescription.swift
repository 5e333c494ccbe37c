public import MappingTables

/// The converters of field rows in words, made of their declarations.
public enum ConverterDescription {
    /// The table in the documentation of mappings.
    public static var markdown: String {
        let rows = Converter.allCases.map { converter in
            let declaration = converter.declaration
            let switches = declaration.switches.map { "`\($0.name)`" }.joined(separator: ", ")
            return "| `\(converter.rawValue)` | \(declaration.does) | \(declaration.takes) "
                + "| \(declaration.canFail ? "yes" : "") | \(switches) | \(declaration.source) |"
        }
        return (["| converter | does | takes | can fail | reads | source |", "|---|---|---|---|---|---|"] + rows)
            .joined(separator: "\n") + "\n"
    }

    /// What one converter is, in lines.
    ///
    /// - Parameter converter: the converter.
    /// - Returns: lines with a line end each.
    public static func text(_ converter: Converter) -> String {
        let declaration = converter.declaration
        var lines = ["\(converter.rawValue): \(plain(declaration.does))"]
        lines.append("  takes      \(plain(declaration.takes))")
        lines.append("  inward     \(plain(declaration.inward))")
        lines.append("  outward    \(plain(declaration.outward))")
        lines.append("  can fail   \(declaration.canFail ? "yes: the row says on-error" : "no")")
        if let needs = declaration.needs { lines.append("  needs      \(needs)") }
        if !declaration.switches.isEmpty {
            lines.append("  reads      \(declaration.switches.map(\.name).joined(separator: ", "))")
        }
        for example in declaration.examples {
            let gives = example.gives.map(quoted) ?? "nothing"
            lines.append("  example    \(example.way.rawValue): \(quoted(example.given)) gives \(gives)")
        }
        lines.append("  source     \(declaration.source)")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func plain(_ text: String) -> String { text.filter { $0 != "`" } }

    private static func quoted(_ text: String) -> String {
        "\"" + text.map { $0 == "\r\n" ? "\\r\\n" : $0 == "\n" ? "\\n" : String($0) }.joined() + "\""
    }
}
