import Foundation
import Testing

/// Every rule names its source, and the source exists.
@Suite("References")
struct ReferenceTests {
    private static let sections: [String: Set<String>] = {
        let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "rfc-sections.tsv")
        guard let text = try? String(contentsOf: url, encoding: .utf8) else { return [:] }
        var known: [String: Set<String>] = [:]
        for line in text.split(separator: "\n").dropFirst() {
            let columns = line.split(separator: "\t", maxSplits: 2)
            guard columns.count >= 2 else { continue }
            known["RFC \(columns[0])", default: []].insert(String(columns[1]))
        }
        return known
    }()

    @Test("RFC sections that the code cites exist")
    func citedSectionsExist() throws {
        #expect(Self.sections.count > 50)
        var cited = 0
        for file in SourceTree.sources + SourceTree.tests + SourceTree.mappings {
            for line in file.lines {
                for citation in Citation.all(in: line) {
                    guard let section = citation.section, let known = Self.sections[citation.document] else { continue }
                    cited += 1
                    let found = known.contains(section)
                    #expect(found, "\(file.path): \(citation.document) has no section \(section)")
                }
            }
        }
        #expect(cited > 100)
    }
}
