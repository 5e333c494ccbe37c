import Digests
import Foundation
import MappingTables
import OperatorFiles
import Testing

/// The tables as they are shipped.
enum ShippedTables {
    private static let compiled = Result { try compile() }

    static func generation() throws -> Generation { try compiled.get() }

    /// The tables with switches of every route set.
    static func generation(_ switches: String) throws -> Generation {
        let text =
            "format: isthmus-mapping/1\ntable: routes\nkind: routes\nrows:\n"
            + "  - {id: site, match: {domain: sip.example.com}, set: {\(switches)}}\n"
        let root = try #require(YAMLFile.read(Array(text.utf8), name: "site.yaml").root)
        return try compile([TableFile(layer: .site, root: root)])
    }

    private static func compile(_ site: [TableFile] = []) throws -> Generation {
        let top = (0..<4).reduce(URL(filePath: #filePath)) { path, _ in path.deletingLastPathComponent() }
        let folder = MappingFolder(top.appending(path: "Mappings").path)
        let files = folder.documents.map { TableFile(layer: .standard, root: $0.root) } + site
        let result = TableCompiler.compile(files) { SHA256.hash($0).hexadecimal }
        return try #require(result.generation, "\(result.diagnostics.map { "\($0)" }.joined(separator: "\n"))")
    }
}
