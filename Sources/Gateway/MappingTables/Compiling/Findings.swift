/// Collects what a compilation finds.
final class Findings {
    private(set) var all: [Diagnostic] = []
    private(set) var hasErrors = false
    private var seen: Set<Diagnostic> = []
    /// How many words are still compared with misspelled ones; a guess is worth no more.
    private var comparisons = Findings.mostComparisons

    /// The most words that are compared with misspelled ones in one run.
    static let mostComparisons = 100_000

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
            message: Self.shortened(message),
            code: code,
            help: help.map { Self.shortened($0) },
            length: length
        )
        guard seen.insert(found).inserted else { return }
        all.append(found)
        hasErrors = hasErrors || severity == .error
    }

    /// The longest message and the longest help, in Unicode scalars; names in files can be of any length.
    static let longestText = 2_000

    private static func shortened(_ text: String) -> String {
        guard text.utf8.count > longestText else { return text }
        let scalars = text.unicodeScalars
        return scalars.count <= longestText ? text : String(scalars.prefix(longestText - 1)) + "…"
    }

    /// The question for the nearest word; empty when none is near.
    func guess(_ word: String, among words: [String]) -> String {
        guard words.count <= comparisons else { return "" }
        comparisons -= words.count
        return Spelling.nearest(to: word, among: words).map { "did you mean \"\($0)\"? " } ?? ""
    }

    /// A word that is none of those that could stand there.
    func unknown(_ node: MappingNode, _ code: String, _ what: String, among words: [String], source: String? = nil) {
        let word = node.text ?? "this"
        let nearest = guess(word, among: words)
        let help = nearest + "expected one of " + Spelling.listed(words) + (source.map { " (\($0))" } ?? "")
        add(node, code, "\"\(word.prefix(64))\" is not \(what)", help: help)
    }
}
