import Foundation
import Testing

/// What the README says of documents is what the code cites.
@Suite("Support table")
struct SupportTests {
    private static let start = "<!-- support: made by Tests/HouseRulesTests from the references in the code -->\n"
    private static let end = "<!-- /support -->"

    /// Lists of names cite the documents that define a name and carry out nothing of them.
    private static let nameLists = ["SIPHeaderName.swift", "XMPPNamespace.swift", "PresenceNamespace.swift"]

    private static func titles() throws -> [String: String] {
        let url = SourceTree.root.appending(path: "Tests/HouseRulesTests/titles.tsv")
        var titles: [String: String] = [:]
        for line in try String(contentsOf: url, encoding: .utf8).split(separator: "\n").dropFirst() {
            let columns = line.split(separator: "\t")
            if columns.count == 2 { titles[String(columns[0])] = String(columns[1]) }
        }
        return titles
    }

    @Test("The README names the documents and sections that the code cites; UPDATE_GOLDENS=1 writes them")
    func readmeIsTrue() throws {
        let table = SupportTable(
            rules: SourceTree.sources.filter { file in !Self.nameLists.contains { file.path.hasSuffix("/" + $0) } }
                + SourceTree.files(under: "Mappings/00-standard", extensions: ["yaml"]),
            tests: SourceTree.tests + SourceTree.files(under: "Tests/Vectors", extensions: ["txt"]),
            titles: try Self.titles()
        )
        #expect(table.untitled == [], "Tests/HouseRulesTests/titles.tsv lacks these")
        let url = SourceTree.root.appending(path: "README.md")
        let readme = try String(contentsOf: url, encoding: .utf8)
        let start = try #require(readme.range(of: Self.start)?.upperBound)
        let end = try #require(readme.range(of: Self.end)?.lowerBound)
        let wanted = "\n" + table.text + "\n\n"
        if ProcessInfo.processInfo.environment["UPDATE_GOLDENS"] == "1" {
            let text = readme[..<start] + wanted + readme[end...]
            try String(text).write(to: url, atomically: true, encoding: .utf8)
        } else {
            let isTrue = readme[start..<end] == wanted
            #expect(isTrue, "the support table of README.md is out of date; run the tests with UPDATE_GOLDENS=1")
        }
    }

    @Test("Neighboring sections are joined, and only neighbors")
    func ranges() {
        let numbers = ["8.1", "8.2.2", "8.3.1", "10", "17.2", "17.1.2", "20", "21", "22"].compactMap(SectionNumber.init)
        #expect(SectionNumber.ranges(Set(numbers)) == "8.1–8.3, 10, 17.1, 17.2, 20–22")
    }

    @Test("A line's citations go to the document that stands before them")
    func citations() {
        let found = Citation.all(in: "RFC 3922 §4.1, §4.2; XEP-0114 §3 and RFC 2543, then §9")
        #expect(
            found == [
                Citation(document: "RFC 3922", section: "4.1"), Citation(document: "RFC 3922", section: "4.2"),
                Citation(document: "XEP-0114", section: "3"), Citation(document: "RFC 2543", section: nil),
            ]
        )
    }
}
