public import MappingTables

/// One mapping file that was read.
public struct MappingDocument: Sendable {
    /// The path from the mappings directory, as its diagnostics show it: `50-site/presence.yaml`.
    public let path: String
    /// Whose file it is.
    public let layer: MappingLayer
    /// Its content.
    public let root: MappingNode
    /// Its bytes.
    public let source: [UInt8]
}

/// Whose mapping file it is; later layers override rows of earlier ones.
public enum MappingLayer: Sendable, Hashable {
    /// Shipped, in `00-standard`.
    case standard
    /// The operator's, in `50-site`.
    case site
    /// For one domain, in `90-peers/DOMAIN`.
    case peer(String)
}

extension MappingLayer {
    /// The layer of a file by its path from the mappings directory; nil when no tables are read from there.
    init?(path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        switch (parts.first, parts.count) {
        case ("00-standard", 2): self = .standard
        case ("50-site", 2): self = .site
        case ("90-peers", 3): self = .peer(String(parts[1]))
        default: return nil
        }
    }
}
