/// What each code of a finding means, what makes it, and how to mend it.
///
/// The article on findings is made of it, and the program prints it where there is no network.
public enum FindingGuide {
    /// One code.
    public struct Entry: Sendable {
        /// The code, as it stands in brackets behind a finding.
        public let code: String
        /// What it means, in Markdown on one line.
        public let meaning: String
        /// A finding with its line, as the program prints it; nil where that depends on the machine.
        public let example: String?
        /// What to do, in Markdown on one line.
        public let remedy: String

        init(_ code: String, _ meaning: String, example: String? = nil, mend remedy: String) {
            self.code = code
            self.meaning = meaning
            self.example = example
            self.remedy = remedy
        }
    }

    /// Codes that belong together.
    public struct Chapter: Sendable {
        /// Its heading.
        public let title: String
        /// What holds for all of its codes; empty where that is nothing.
        public let about: String
        /// The codes in the order of the article.
        public let entries: [Entry]
    }

    /// All codes by what they are about.
    public static let chapters = [reading, folders, tables, configuration, certificates]

    /// The codes in the order of the article.
    public static let codes = chapters.flatMap { $0.entries.map(\.code) }

    /// What a code means.
    ///
    /// - Parameter code: as it stands in brackets.
    /// - Returns: nil for a code that no finding has.
    public static func entry(_ code: String) -> Entry? {
        chapter(of: code)?.entries.first { $0.code == code }
    }

    /// Where a code belongs.
    ///
    /// - Parameter code: as it stands in brackets.
    /// - Returns: nil for a code that no finding has.
    public static func chapter(of code: String) -> Chapter? {
        chapters.first { $0.entries.contains { $0.code == code } }
    }

    /// The article behind its introduction.
    public static var markdown: String {
        chapters.map { chapter in
            let about = chapter.about.isEmpty ? "" : "\n\(chapter.about)\n"
            return "## \(chapter.title)\n\(about)\n" + chapter.entries.map(markdown).joined(separator: "\n")
        }.joined(separator: "\n")
    }

    private static func markdown(_ entry: Entry) -> String {
        let example = entry.example.map { "```\n\($0)\n```\n\n" } ?? ""
        return "### `\(entry.code)`\n\n\(entry.meaning)\n\n\(example)To mend it: \(entry.remedy)\n"
    }

    /// A code in lines, for a terminal.
    ///
    /// - Parameter entry: the code.
    /// - Returns: lines with a line end each.
    public static func text(_ entry: Entry) -> String {
        let example = entry.example.map { "\n\($0)\n" } ?? ""
        return "\(entry.code)\n\n\(plain(entry.meaning))\n\(example)\nTo mend it: \(plain(entry.remedy))\n"
    }

    /// All codes, a line each with the first sentence of what it means.
    public static var list: String {
        let width = codes.map(\.count).max() ?? 0
        return chapters.map { chapter in
            "\(chapter.title)\n"
                + chapter.entries.map { entry in
                    let sentence = plain(entry.meaning).firstSentence
                    return "  \(entry.code)\(String(repeating: " ", count: width - entry.code.count))  \(sentence)\n"
                }.joined()
        }.joined(separator: "\n")
    }

    private static func plain(_ text: String) -> String { text.filter { $0 != "`" } }
}

extension String {
    /// The text up to the end of its first sentence.
    fileprivate var firstSentence: String {
        var previous: Character?
        for index in indices {
            if self[index] == " ", previous == "." { return String(self[..<index]) }
            previous = self[index]
        }
        return self
    }
}
