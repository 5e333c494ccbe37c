import Foundation
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

    private static let shipped = MappingLoader.load(directory: directory).files

    static func generation(_ tables: [SiteTable]) throws -> Generation {
        var files = shipped
        for (index, table) in tables.enumerated() {
            let root = try #require(YAMLFile.read(Array(table.text.utf8), name: "site-\(index).yaml").root)
            files.append(TableFile(layer: .site, root: root))
        }
        let result = MappingLoader.compile(files)
        return try #require(result.generation, "\(result.diagnostics.map { "\($0)" }.joined(separator: "\n"))")
    }
}
