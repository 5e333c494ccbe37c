/// A value of an operator's file with its place: what a YAML reader hands over.
///
/// Scalars stay text: `no`, `on` and `1.10` are what they look like.
public struct MappingNode: Sendable {
    /// How a scalar was written.
    public enum ScalarStyle: Sendable {
        /// Without quotes.
        case plain
        /// In quotes or as a block.
        case quoted
    }

    /// A scalar, a list, or keys with values in the order of the file.
    public indirect enum Value: Sendable {
        /// A single text.
        case scalar(String, ScalarStyle)
        /// A list.
        case sequence([MappingNode])
        /// Keys and values; the reader has refused duplicates.
        case mapping([(key: MappingNode, value: MappingNode)])
    }

    /// What it is.
    public var value: Value
    /// Where it begins.
    public var position: SourcePosition

    /// Makes a node.
    ///
    /// - Parameters:
    ///   - value: what it is.
    ///   - position: where it begins.
    public init(_ value: Value, at position: SourcePosition) {
        self.value = value
        self.position = position
    }

    /// The text of a scalar; nil for a list or keys.
    public var text: String? {
        guard case .scalar(let text, _) = value else { return nil }
        return text
    }

    /// The elements of a list; nil when it is none.
    public var elements: [MappingNode]? {
        guard case .sequence(let nodes) = value else { return nil }
        return nodes
    }

    /// Keys and values; nil when it has none.
    public var pairs: [(key: MappingNode, value: MappingNode)]? {
        guard case .mapping(let pairs) = value else { return nil }
        return pairs
    }

    /// The value of a key; nil when this is no mapping or has no such key.
    ///
    /// - Parameter key: compared exactly.
    public subscript(key: String) -> MappingNode? {
        pairs?.first { $0.key.text == key }?.value
    }
}
