import Digests
import Foundation
import MappingTables
import OperatorFiles
import Testing

/// The tables as they are shipped.
enum ShippedTables {
    private static let compiled = Result { try compile() }

    static func generation() throws -> Generation { try compiled.get() }

    private static func compile() throws -> Generation {
        let top = (0..<4).reduce(URL(filePath: #filePath)) { path, _ in path.deletingLastPathComponent() }
        let folder = MappingFolder(top.appending(path: "Mappings").path)
        let files = folder.documents.map { TableFile(layer: .standard, root: $0.root) }
        let result = TableCompiler.compile(files) { SHA256.hash($0).hexadecimal }
        return try #require(result.generation, "\(result.diagnostics.map { "\($0)" }.joined(separator: "\n"))")
    }
}
