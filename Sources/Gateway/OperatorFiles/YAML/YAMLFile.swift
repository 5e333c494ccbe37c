public import MappingTables

/// Reads the part of YAML that operators' files use: mappings, lists and text.
///
/// Scalars stay text: `no`, `on` and `1.10` are what they look like. Anchors, aliases, tags, merge keys, directives,
/// repeated keys and further documents are refused. Lines end with LF or CRLF; columns count Unicode scalars, and a
/// byte order mark counts for nothing.
public enum YAMLFile {
    /// Reads one file, and finds as many faults as can be told apart in one run.
    ///
    /// - Parameters:
    ///   - bytes: the file, UTF-8.
    ///   - name: the path that positions show.
    ///   - limits: its bounds.
    /// - Returns: the tree, an empty mapping for a file without content and nil when there is an error; and what was
    ///   found, in the order of the file.
    public static func read(
        _ bytes: [UInt8],
        name: String,
        limits: YAMLLimits = YAMLLimits()
    ) -> (root: MappingNode?, diagnostics: [Diagnostic]) {
        let start = SourcePosition(file: name, line: 1, column: 1)
        guard bytes.count <= limits.bytes else {
            let fault = Diagnostic.error(
                "file-too-large",
                at: start,
                "the file is too large",
                help: "at most \(limits.bytes) bytes are read; split it"
            )
            return (nil, [fault])
        }
        let (source, faults) = YAMLSource.decode(bytes, file: name)
        guard let source, faults.isEmpty else { return (nil, faults) }
        var composer = YAMLComposer(source: source)
        let root = composer.compose()
        var walk = YAMLWalk(source: source, columns: composer.columns, limits: limits)
        let node = root.map { walk.read($0) } ?? MappingNode(.mapping([]), at: start)
        let diagnostics = (composer.diagnostics + walk.diagnostics).sorted { $0.position < $1.position }
        return (diagnostics.isEmpty ? node : nil, diagnostics)
    }
}
