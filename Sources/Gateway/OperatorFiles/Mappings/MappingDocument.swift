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
