import Foundation
import Ledger
import MappingTables
import OperatorFiles
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

    private static let shipped = MappingLoader.load(directory: directory).contents

    static func candidate(_ tables: [SiteTable]) throws -> Candidate {
        var files = shipped
        for (index, table) in tables.enumerated() {
            files.append(GenerationFile(path: "50-site/site-\(index).yaml", content: Array(table.text.utf8)))
        }
        let result = MappingLoader.load(contents: files)
        let found = result.diagnostics.map { "\($0)" }.joined(separator: "\n")
        let compiled = result.generation
        let generation = try #require(compiled, "\(found)")
        return Candidate(generation, files: files, now: 0)
    }

    static func generation(_ tables: [SiteTable]) throws -> Generation { try candidate(tables).generation }
}
