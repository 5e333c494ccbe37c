/// A mapping file as a reader hands it over.
public struct TableFile: Sendable {
    /// The folder that it lies in, which decides where its rows stand and for whom they hold.
    public enum Layer: Sendable, Hashable {
        /// `00-standard`: what is shipped.
        case standard
        /// `50-site`: the operator's own.
        case site
        /// `90-peers/DOMAIN`: for one neighbor.
        case peer(String)
    }

    /// The folder.
    public let layer: Layer
    /// The content.
    public let root: MappingNode

    /// Makes a file.
    ///
    /// - Parameters:
    ///   - layer: the folder.
    ///   - root: the content.
    public init(layer: Layer, root: MappingNode) {
        self.layer = layer
        self.root = root
    }
}
