public import Digests

/// A whole hash tree in memory, for many proofs at once: 64 bytes a leaf.
///
/// Each level holds the hashes of pairs of the level below; a hash without a neighbor goes up as it is, which gives the
/// tree of the definition.
///
/// Source: RFC 9162 §2.1.1.
public struct TreeLevels: Sendable {
    private let levels: [[Digest]]

    /// Computes the tree.
    ///
    /// - Parameter leaves: the hashes of its leaves.
    public init(_ leaves: [Digest]) {
        var levels = [leaves]
        while let below = levels.last, below.count > 1 {
            var level: [Digest] = []
            level.reserveCapacity(below.count / 2 + 1)
            for index in stride(from: 0, to: below.count - 1, by: 2) {
                level.append(TreeEdge.node(below[index], below[index + 1]))
            }
            if below.count % 2 == 1, let last = below.last { level.append(last) }
            levels.append(level)
        }
        self.levels = levels
    }

    /// The hash of the whole tree.
    public var root: Digest {
        levels.last?.first ?? TreeEdge.empty
    }

    /// The proof that a leaf stands at its place.
    ///
    /// - Parameter index: the place, counted from 0.
    /// - Returns: the proof; nil for a place outside the tree.
    ///
    /// Source: RFC 9162 §2.1.3.1.
    public func proof(of index: Int) -> InclusionProof? {
        guard levels[0].indices.contains(index) else { return nil }
        var place = index
        var path: [Digest] = []
        for level in levels.dropLast() {
            let neighbor = place ^ 1
            if neighbor < level.count { path.append(level[neighbor]) }
            place >>= 1
        }
        return InclusionProof(index: Int64(index), size: Int64(levels[0].count), path: path)
    }
}
