import ArgumentParser
import GatewayDaemon
import MappingTables
import OperatorFiles

/// An edit of the tables that is tried before any file is changed.
struct CandidateOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("One more row, as it would stand in a file of --table.", valueName: "yaml"))
    var row: String?

    @Option(name: .long, help: ArgumentHelp("A mapping file that is laid over the folder.", valueName: "file"))
    var with: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Where the file would lie: 50-site, or 90-peers/DOMAIN.", valueName: "folder")
    )
    var `as`: String = "50-site"

    func validate() throws {
        guard (row == nil) != (with == nil) else {
            throw ValidationError("name the edit: --row with --table, or --with and a file")
        }
    }

    /// The tables with the edit.
    func edited(_ setup: TranslationSetup, table: String?) throws(Stop) -> TranslationSetup {
        let (file, name, source) = try file(setup, table)
        var files = setup.loaded.files
        // A file of the same name in the same folder is the one that is edited.
        let own = name.split(separator: "/").last.map { String($0) } ?? name
        let place = with == nil ? nil : "\(self.as)/\(own)"
        if let index = files.firstIndex(where: { $0.layer == file.layer && $0.root.position.file == place }) {
            files[index] = file
        } else {
            let index = files.firstIndex { Self.isBehind($0, file.layer, place) } ?? files.endIndex
            files.insert(file, at: index)
        }
        let compiled = MappingLoader.compile(files)
        guard let generation = compiled.generation else {
            var sources = setup.loaded.sources
            sources[name] = source
            let shown = sources.map { (Faults.path($0.key, in: setup.directory), $0.value) }
            let diagnostics = compiled.diagnostics.map { diagnostic in
                var diagnostic = diagnostic
                diagnostic.position.file = Faults.path(diagnostic.position.file, in: setup.directory)
                return diagnostic
            }
            throw Configured.stop(
                DiagnosticReport(diagnostics, sources: Dictionary(shown, uniquingKeysWith: { first, _ in first }))
            )
        }
        return try setup.with(generation, files: files)
    }

    /// Whether a file comes behind one of a folder, by folder and then by name; a row has no name and comes last.
    private static func isBehind(_ other: TableFile, _ layer: TableFile.Layer, _ place: String?) -> Bool {
        func rank(_ layer: TableFile.Layer) -> (Int, String) {
            switch layer {
            case .standard: (0, "")
            case .site: (1, "")
            case .peer(let domain): (2, domain)
            }
        }
        if other.layer == layer { return place.map { other.root.position.file > $0 } ?? false }
        return rank(other.layer) > rank(layer)
    }

    private func file(
        _ setup: TranslationSetup,
        _ table: String?
    ) throws(Stop) -> (file: TableFile, name: String, source: [UInt8]) {
        let layer = try layer()
        if let row {
            guard let table else { throw .usage("--row needs the table that it belongs to: --table NAME") }
            let source = Array(row.utf8)
            let (node, diagnostics) = YAMLFile.read(source, name: "--row")
            guard let node else { throw Configured.stop(DiagnosticReport(diagnostics, sources: ["--row": source])) }
            let kind = try QuestionOptions.kind(of: table, setup.generation)
            func scalar(_ text: String) -> MappingNode { MappingNode(.scalar(text, .plain), at: node.position) }
            let head = [
                "format": "isthmus-mapping/1", "table": table, "kind": kind.rawValue, "about": "A row that is tried.",
            ]
            var pairs = head.map { (key: scalar($0.key), value: scalar($0.value)) }
            pairs.append((key: scalar("rows"), value: MappingNode(.sequence([node]), at: node.position)))
            let root = MappingNode(.mapping(pairs), at: node.position)
            return (TableFile(layer: layer, root: root), "--row", source)
        }
        let path = with ?? ""
        let source = try InputFile.contents(path)
        let name = path.hasPrefix("/") || path.hasPrefix("./") ? path : "./" + path
        let (root, diagnostics) = YAMLFile.read(source, name: name)
        guard let root else { throw Configured.stop(DiagnosticReport(diagnostics, sources: [name: source])) }
        return (TableFile(layer: layer, root: root), name, source)
    }

    private func layer() throws(Stop) -> TableFile.Layer {
        if self.as == "50-site" { return .site }
        let parts = self.as.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count == 2, parts[0] == "90-peers", !parts[1].isEmpty { return .peer(parts[1].lowercased()) }
        throw .usage(
            "\"\(self.as)\" is no folder for a candidate; \(Words.known(["50-site", "90-peers/DOMAIN"], near: self.as))"
        )
    }
}
