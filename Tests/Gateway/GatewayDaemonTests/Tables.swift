import Foundation
import Ledger
import MappingTables
import OperatorFiles
import Synchronization
import Testing

@testable import GatewayDaemon

/// Rows of a site over the shipped tables.
struct SiteTable {
    let text: String

    /// Switches of the neighbor example.net.
    static func switches(_ set: String) -> SiteTable {
        SiteTable(
            text: "format: isthmus-mapping/1\ntable: routes\nkind: routes\nrows:\n"
                + "  - {id: site, match: {domain: example.net}, set: {\(set)}}\n"
        )
    }

    /// A row of another table.
    static func row(_ table: String, _ kind: String, _ row: String) -> SiteTable {
        SiteTable(text: "format: isthmus-mapping/1\ntable: \(table)\nkind: \(kind)\nrows:\n  - {\(row)}\n")
    }
}

/// The shipped tables, and those of a site.
enum Tables {
    static let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Mappings").path

    /// The shipped files, read once for all tests.
    private static let shipped = MappingLoader.load(directory: directory)

    /// What was compiled, by the texts of the site: many tests play under the same tables.
    private static let known = Mutex<[[String]: Candidate]>([:])

    static func candidate(_ tables: [SiteTable]) throws -> Candidate {
        let texts = tables.map(\.text)
        if let candidate = known.withLock({ $0[texts] }) { return candidate }
        var files = shipped.files
        var contents = shipped.contents
        var diagnostics = shipped.diagnostics
        for (index, text) in texts.enumerated() {
            let path = "50-site/site-\(index).yaml"
            let (root, found) = YAMLFile.read(Array(text.utf8), name: path)
            diagnostics += found
            files += root.map { [TableFile(layer: .site, root: $0)] } ?? []
            contents.append(GenerationFile(path: path, content: Array(text.utf8)))
        }
        let result = MappingLoader.compile(files)
        diagnostics += result.diagnostics
        let found = diagnostics.map { "\($0)" }.joined(separator: "\n")
        let compiled = diagnostics.contains { $0.severity == .error } ? nil : result.generation
        let generation = try #require(compiled, "\(found)")
        let candidate = Candidate(generation, files: contents, now: 0)
        known.withLock { $0[texts] = candidate }
        return candidate
    }

    static func generation(_ tables: [SiteTable]) throws -> Generation { try candidate(tables).generation }
}
