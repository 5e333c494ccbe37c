import Digests
public import Ledger
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
        /// The same files byte by byte.
        public let contents: [GenerationFile]
    }

    /// Reads a directory; nothing else is opened.
    ///
    /// - Parameter directory: the mappings directory.
    /// - Returns: the tables, and every fault of every file.
    public static func load(directory: String) -> Loaded { load(MappingFolder(directory)) }

    /// Compiles files that were read before; nothing is opened.
    ///
    /// - Parameter contents: in the order in which their rows match.
    /// - Returns: the tables, and every fault of every file.
    public static func load(contents: [GenerationFile]) -> Loaded {
        load(MappingFolder(files: contents.map { ($0.path, $0.content) }))
    }

    private static func load(_ folder: MappingFolder) -> Loaded {
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
            files: files,
            contents: folder.documents.map { GenerationFile(path: $0.path, content: $0.source) }
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
