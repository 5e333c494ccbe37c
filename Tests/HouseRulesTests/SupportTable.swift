import Foundation

/// The support table of the README, made of what the code cites.
struct SupportTable {
    /// A document with what cites it.
    private struct Row {
        var sections: Set<SectionNumber> = []
        var tests = 0
    }

    private var rows: [String: Row] = [:]
    private let titles: [String: String]

    /// Documents that are cited and have no title.
    private(set) var untitled: [String] = []

    /// - Parameters:
    ///   - rules: the files that carry out rules.
    ///   - tests: the files whose tests cite the rules that they prove.
    ///   - titles: titles by document.
    init(rules: [SourceTree.File], tests: [SourceTree.File], titles: [String: String]) {
        self.titles = titles
        for line in rules.lazy.flatMap(\.lines) where !line.contains("todo ") {
            for citation in Citation.all(in: line) {
                guard let section = citation.section.flatMap(SectionNumber.init) else { continue }
                rows[citation.document, default: Row()].sections.insert(section)
            }
        }
        for file in tests { count(file) }
        untitled = rows.keys.filter { titles[$0] == nil }.sorted()
    }

    /// Counts tests that cite a document: in Swift from one `@Test` to the next, elsewhere the whole file.
    private mutating func count(_ file: SourceTree.File) {
        var cited: Set<String> = []
        func end(_ rows: inout [String: Row]) {
            for document in cited { rows[document]?.tests += 1 }
            cited = []
        }
        let isSwift = file.path.hasSuffix(".swift")
        for line in file.lines {
            if isSwift, line.contains("@Test") { end(&rows) }
            cited.formUnion(Citation.all(in: line).map(\.document))
        }
        end(&rows)
    }

    /// The table in Markdown, a line each document.
    var text: String {
        var lines = ["| document | title | sections | tests |", "|---|---|---|---:|"]
        let documents = rows.keys.sorted { ($0.prefix(3), $0.count, $0) < ($1.prefix(3), $1.count, $1) }
        for document in documents {
            guard let row = rows[document] else { continue }
            let sections = SectionNumber.ranges(row.sections)
            lines.append("| \(document) | \(titles[document] ?? "") | \(sections) | \(row.tests) |")
        }
        return lines.joined(separator: "\n")
    }
}

/// The first two parts of a section's number: `8.2` of `8.2.2.3`.
struct SectionNumber: Hashable, Comparable {
    let chapter: Int
    let section: Int?

    init?(_ text: String) {
        let parts = text.split(separator: ".")
        guard let first = parts.first, let chapter = Int(first) else { return nil }
        self.chapter = chapter
        section = parts.dropFirst().first.flatMap { Int($0) }
    }

    static func < (one: Self, other: Self) -> Bool {
        (one.chapter, one.section ?? 0) < (other.chapter, other.section ?? 0)
    }

    private var text: String { section.map { "\(chapter).\($0)" } ?? "\(chapter)" }

    private func isFollowed(by next: Self) -> Bool {
        switch (section, next.section) {
        case (let one?, let other?): chapter == next.chapter && one + 1 == other
        case (nil, nil): chapter + 1 == next.chapter
        default: false
        }
    }

    /// Numbers in order, neighbors joined: `8.1–8.3, 10, 17.2`.
    static func ranges(_ numbers: Set<SectionNumber>) -> String {
        var runs: [[SectionNumber]] = []
        for number in numbers.sorted() {
            if let last = runs.last?.last, last.isFollowed(by: number) {
                runs[runs.count - 1].append(number)
            } else {
                runs.append([number])
            }
        }
        return runs.map { run in
            run.count > 2 ? "\(run[0].text)–\(run[run.count - 1].text)" : run.map(\.text).joined(separator: ", ")
        }.joined(separator: ", ")
    }
}
