import ArgumentParser
import MappingTables
import OperatorFiles

/// Says what the code of a finding means.
struct DescribeFinding: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "finding",
        abstract: "Say what the code in brackets behind a finding means, what makes it, and how to mend it.",
        discussion: """
            Without a code all of them are listed, with a sentence each. Codes stand behind findings of `check`, \
            `mappings check` and all other commands that read files: FILE:LINE:COLUMN: error: what is wrong [code].

            Example: isthmus describe finding unknown-override
            """
    )

    @Argument(help: ArgumentHelp("The code, as it stands in brackets; all without it.", valueName: "code"))
    var code: String?

    @OptionGroup var output: OutputOptions

    private struct View: Encodable {
        let code: String
        let about: String
        let meaning: String
        let example: String?
        let remedy: String

        init(_ entry: FindingGuide.Entry, _ chapter: FindingGuide.Chapter) {
            code = entry.code
            about = chapter.title
            meaning = entry.meaning
            example = entry.example
            remedy = entry.remedy
        }
    }

    func run() throws {
        guard let code else {
            if output.json {
                return Output.json(FindingGuide.chapters.flatMap { part in part.entries.map { View($0, part) } })
            }
            return Output.text(FindingGuide.list)
        }
        // A code is often copied with its brackets.
        let word = code.hasPrefix("[") && code.hasSuffix("]") ? String(code.dropFirst().dropLast()) : code
        guard let entry = FindingGuide.entry(word), let chapter = FindingGuide.chapter(of: word) else {
            let nearest = Spelling.nearest(to: word, among: FindingGuide.codes).map { "did you mean \"\($0)\"? " } ?? ""
            throw Stop.usage(
                "there is no code \"\(word.prefix(64))\"; \(nearest)isthmus describe finding lists all of them"
            )
        }
        if output.json { Output.json(View(entry, chapter)) } else { Output.text(FindingGuide.text(entry)) }
    }
}
