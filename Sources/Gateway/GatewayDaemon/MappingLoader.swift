import Digests
public import MappingTables
import OperatorFiles

/// Reads and compiles the mapping tables of a directory.
public enum MappingLoader {
    /// What a directory gave.
    public struct Loaded: Sendable {
        /// The compiled tables; nil when an error was found.
        public let generation: Generation?
        /// What was found in all files.
        public let diagnostics: [Diagnostic]
        /// The bytes of every file by the path that diagnostics show, for the report.
        public let sources: [String: [UInt8]]
        /// The files in the order in which their rows match.
        public let files: [TableFile]
    }

    /// Reads a directory; nothing else is opened.
    ///
    /// - Parameter directory: the mappings directory.
    /// - Returns: the tables, and every fault of every file.
    public static func load(directory: String) -> Loaded {
        let folder = MappingFolder(directory)
        let files = folder.documents.map { document in
            let layer: TableFile.Layer =
                switch document.layer {
                case .standard: .standard
                case .site: .site
                case .peer(let domain): .peer(domain)
                }
            return TableFile(layer: layer, root: document.root)
        }
        let result = compile(files)
        let found = folder.diagnostics + result.diagnostics
        let isFaulty = found.contains { $0.severity == .error }
        return Loaded(
            generation: isFaulty ? nil : result.generation,
            diagnostics: found,
            sources: folder.sources,
            files: files
        )
    }

    /// Compiles files that were read.
    ///
    /// - Parameter files: in the order in which their rows match.
    /// - Returns: the tables, and every fault of every file.
    public static func compile(_ files: [TableFile]) -> TableCompiler.Result {
        TableCompiler.compile(files) { SHA256.hash($0).hexadecimal }
    }
}
