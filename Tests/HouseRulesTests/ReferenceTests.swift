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
            known[String(columns[0]), default: []].insert(String(columns[1]))
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
                    guard let known = Self.sections[citation.rfc] else { continue }
                    cited += 1
                    let found = known.contains(citation.section)
                    #expect(found, "\(file.path): RFC \(citation.rfc) has no section \(citation.section)")
                }
            }
        }
        #expect(cited > 100)
    }
}

/// One `RFC n §s`.
struct Citation: Hashable {
    let rfc: String
    let section: String

    /// The citations of a line, where `RFC 3922 §4.1, §4.2` is two of RFC 3922.
    static func all(in line: Substring) -> [Citation] {
        var found: [Citation] = []
        for part in line.components(separatedBy: "RFC ").dropFirst() {
            let number = part.prefix { $0.isASCII && $0.isNumber }
            guard !number.isEmpty else { continue }
            var rest = part.dropFirst(number.count)
            while let sign = rest.range(of: "§") {
                let between = rest[..<sign.lowerBound]
                guard
                    between.allSatisfy({
                        ", and-;".contains($0) || $0.isNumber || $0 == "." || $0 == "§" || $0.isLetter && $0.isUppercase
                    })
                else { break }
                rest = rest[sign.upperBound...]
                let section = rest.prefix { $0.isASCII && ($0.isNumber || $0.isLetter || $0 == ".") }
                rest = rest.dropFirst(section.count)
                let trimmed = section.hasSuffix(".") ? section.dropLast() : section
                guard let first = trimmed.first, first.isNumber else { continue }
                found.append(Citation(rfc: String(number), section: String(trimmed)))
            }
        }
        return found
    }
}
