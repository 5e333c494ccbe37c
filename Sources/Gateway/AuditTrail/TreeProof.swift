public import Digests

/// The proof that a record stands at a place of a tree.
///
/// Source: RFC 9162 §2.1.3.
public struct InclusionProof: Sendable, Equatable {
    /// The place of the leaf, counted from 0.
    public var index: Int64
    /// How many leaves the tree has.
    public var size: Int64
    /// The hashes of the subtrees beside the way from the leaf to the root.
    public var path: [Digest]

    /// Holds a proof.
    ///
    /// - Parameters:
    ///   - index: the place of the leaf, counted from 0.
    ///   - size: how many leaves the tree has.
    ///   - path: the hashes beside the way, from the leaf up.
    public init(index: Int64, size: Int64, path: [Digest]) {
        self.index = index
        self.size = size
        self.path = path
    }

    /// Whether the proof leads from a leaf to a root.
    ///
    /// - Parameters:
    ///   - leaf: the hash of the leaf.
    ///   - root: the hash of the tree.
    /// - Returns: true when it does.
    ///
    /// Source: RFC 9162 §2.1.3.2.
    public func leads(from leaf: Digest, to root: Digest) -> Bool {
        guard index >= 0, index < size else { return false }
        var first = index
        var second = size - 1
        var hash = leaf
        for other in path {
            if second == 0 { return false }
            if first & 1 == 1 || first == second {
                hash = TreeEdge.node(other, hash)
                while first & 1 == 0, first != 0 {
                    first >>= 1
                    second >>= 1
                }
            } else {
                hash = TreeEdge.node(hash, other)
            }
            first >>= 1
            second >>= 1
        }
        return second == 0 && hash == root
    }
}

/// The proof that a tree began as a smaller one.
///
/// Source: RFC 9162 §2.1.4.
public struct ConsistencyProof: Sendable, Equatable {
    /// How many leaves the smaller tree has.
    public var first: Int64
    /// How many leaves the larger tree has.
    public var second: Int64
    /// The hashes of subtrees from which both roots follow.
    public var path: [Digest]

    /// Holds a proof.
    ///
    /// - Parameters:
    ///   - first: how many leaves the smaller tree has.
    ///   - second: how many leaves the larger tree has.
    ///   - path: the hashes of subtrees.
    public init(first: Int64, second: Int64, path: [Digest]) {
        self.first = first
        self.second = second
        self.path = path
    }

    /// Whether the proof leads to both roots.
    ///
    /// Trees of the same size are consistent when their roots are the same and the path is empty; every tree began as
    /// the empty one.
    ///
    /// - Parameters:
    ///   - firstRoot: the hash of the smaller tree.
    ///   - secondRoot: the hash of the larger tree.
    /// - Returns: true when it does.
    ///
    /// Source: RFC 9162 §2.1.4.2.
    public func joins(_ firstRoot: Digest, _ secondRoot: Digest) -> Bool {
        guard first >= 0, first <= second else { return false }
        if first == second { return path.isEmpty && firstRoot == secondRoot }
        if first == 0 { return path.isEmpty && firstRoot == TreeEdge.empty }
        guard !path.isEmpty else { return false }
        let hashes = first.nonzeroBitCount == 1 ? [firstRoot] + path : path
        var one = first - 1
        var other = second - 1
        while one & 1 == 1 {
            one >>= 1
            other >>= 1
        }
        var hash = (hashes[0], hashes[0])
        for next in hashes.dropFirst() {
            if other == 0 { return false }
            if one & 1 == 1 || one == other {
                hash = (TreeEdge.node(next, hash.0), TreeEdge.node(next, hash.1))
                while one & 1 == 0, one != 0 {
                    one >>= 1
                    other >>= 1
                }
            } else {
                hash.1 = TreeEdge.node(hash.1, next)
            }
            one >>= 1
            other >>= 1
        }
        return hash.0 == firstRoot && hash.1 == secondRoot && other == 0
    }
}
