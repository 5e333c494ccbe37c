/// Collects what a compilation finds.
final class Findings {
    private(set) var all: [Diagnostic] = []

    var hasErrors: Bool { all.contains { $0.severity == .error } }

    func add(
        _ node: MappingNode,
        _ code: String,
        _ message: String,
        help: String? = nil,
        severity: Diagnostic.Severity = .error
    ) {
        let length = max(1, node.text?.unicodeScalars.count ?? 1)
        add(node.position, code, message, help: help, severity: severity, length: length)
    }

    func add(
        _ position: SourcePosition,
        _ code: String,
        _ message: String,
        help: String? = nil,
        severity: Diagnostic.Severity = .error,
        length: Int = 1
    ) {
        let found = Diagnostic(
            severity: severity,
            position: position,
            message: message,
            code: code,
            help: help,
            length: length
        )
        if !all.contains(found) { all.append(found) }
    }

    /// A word that is none of those that could stand there.
    func unknown(_ node: MappingNode, _ code: String, _ what: String, among words: [String], source: String? = nil) {
        let word = node.text ?? "this"
        let nearest = Spelling.nearest(to: word, among: words).map { "did you mean \"\($0)\"? " } ?? ""
        let listed = words.count > 24 ? words.prefix(24).joined(separator: ", ") + " …" : words.joined(separator: ", ")
        let help = nearest + "expected one of " + listed + (source.map { " (\($0))" } ?? "")
        add(node, code, "\"\(word.prefix(64))\" is not \(what)", help: help)
    }
}
