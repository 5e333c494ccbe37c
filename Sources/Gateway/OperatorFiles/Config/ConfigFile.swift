public import MappingTables

/// Reads a configuration file.
public enum ConfigFile {
    /// A configuration file that was read.
    public struct Loaded: Sendable {
        /// The configuration; nil when an error was found.
        public let configuration: GatewayConfiguration?
        /// The directory of the mapping tables, also of a file with errors, so that theirs are found in the same run; nil
        /// when the file does not get that far.
        public let mappings: String?
        /// What was found, errors and warnings, in the order of the file.
        public let diagnostics: [Diagnostic]
        /// The file itself by its path, for the report; empty when it cannot be read.
        public let sources: [String: [UInt8]]
    }

    /// What was found, without the warnings that no component stands for domains to which one of another domain leads.
    ///
    /// A configuration alone does not say that: addresses are the tables' to say.
    ///
    /// - Parameters:
    ///   - loaded: the configuration.
    ///   - isAddressed: whether users of a domain of the CPIM shore have addresses at a domain of the XMPP shore's form;
    ///     asked of each domain, with the domains of all components.
    /// - Returns: errors and warnings, in the order of the file.
    public static func findings(
        of loaded: Loaded,
        isAddressed: (_ domain: String, _ components: Set<String>) -> Bool
    ) -> [Diagnostic] {
        guard let configuration = loaded.configuration else { return loaded.diagnostics }
        let components = Set(configuration.components.map(\.domain))
        let needless = configuration.cpimDomains.filter { isAddressed($0.name, components) }
            .map { ConfigCheck.noComponent.message($0.name) }
        return loaded.diagnostics.filter {
            $0.code != ConfigCheck.noComponent.code || !needless.contains($0.message)
        }
    }

    /// Reads a file from disk.
    ///
    /// - Parameter path: where it is; relative paths in it start from its directory.
    /// - Returns: the configuration and what was found.
    public static func load(path: String) -> Loaded {
        switch OperatorFile.read(path, shown: path) {
        case .failure(let fault):
            var diagnostic = fault.diagnostic
            diagnostic.help = "with --config, name a configuration that the user of the gateway can read"
            return Loaded(configuration: nil, mappings: nil, diagnostics: [diagnostic], sources: [:])
        case .success(let bytes):
            let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
            let (root, diagnostics) = YAMLFile.read(bytes, name: path)
            guard let root else {
                return Loaded(configuration: nil, mappings: nil, diagnostics: diagnostics, sources: [path: bytes])
            }
            let read = parse(root, directory: directory)
            return Loaded(
                configuration: read.configuration,
                mappings: read.mappings,
                diagnostics: read.diagnostics,
                sources: [path: bytes]
            )
        }
    }

    /// Turns the tree of a file into a configuration, with every fault of it.
    ///
    /// - Parameters:
    ///   - root: the parsed file.
    ///   - directory: the directory that relative paths start from.
    /// - Returns: the configuration, nil when an error was found; and what was found, in the order of the file.
    public static func read(
        _ root: MappingNode,
        directory: String
    ) -> (configuration: GatewayConfiguration?, diagnostics: [Diagnostic]) {
        let read = parse(root, directory: directory)
        return (read.configuration, read.diagnostics)
    }

    private static func parse(
        _ root: MappingNode,
        directory: String
    ) -> (configuration: GatewayConfiguration?, mappings: String?, diagnostics: [Diagnostic]) {
        var reader = ConfigReader()
        let value = reader.read(root, as: ConfigKeys.file)
        var builder = ConfigBuilder(directory: directory)
        // What keys mean together is looked at even where some of them are at fault.
        let configuration = value.map { builder.build($0, of: root) }
        let diagnostics = (reader.diagnostics + builder.diagnostics).sorted { $0.position < $1.position }
        let isFaulty = diagnostics.contains { $0.severity == .error }
        let mappings = value?["gateway"]?["mappings"]?.text.map { builder.path($0) }
        return (isFaulty ? nil : configuration, mappings, diagnostics)
    }
}
