public import Digests

/// Makes one proof while the leaves of a tree go by once, in order; it keeps no more than the proof and an edge.
///
/// Source: RFC 9162 §2.1.3.1, §2.1.4.1.
public struct TreeProver: Sendable {
    /// The leaves whose subtree's hash stands in the proof, in the order of the proof.
    private let ranges: [Range<Int64>]
    /// The places of the ranges in `ranges`, in the order of the leaves.
    private let order: [Int]
    private var hashes: [Int: Digest] = [:]
    private var current = 0
    private var subtree = TreeEdge()
    private var tree = TreeEdge()

    /// Makes the proof that a leaf stands at a place.
    ///
    /// - Parameters:
    ///   - index: the place, counted from 0; below `size`.
    ///   - size: how many leaves the tree has.
    public init(inclusionOf index: Int64, in size: Int64) {
        self.init(TreeProver.path(index, 0..<size))
    }

    /// Makes the proof that a tree began as a smaller one.
    ///
    /// - Parameters:
    ///   - first: how many leaves the smaller tree has; from 1 to `second`.
    ///   - second: how many leaves the larger tree has.
    public init(consistencyOf first: Int64, with second: Int64) {
        self.init(TreeProver.subproof(first, 0..<second, isWhole: true))
    }

    private init(_ ranges: [Range<Int64>]) {
        self.ranges = ranges
        order = ranges.indices.sorted { ranges[$0].lowerBound < ranges[$1].lowerBound }
    }

    /// Takes the next leaf.
    ///
    /// - Parameter leaf: its hash.
    public mutating func append(_ leaf: Digest) {
        let index = tree.size
        tree.append(leaf)
        guard current < order.count else { return }
        let place = order[current]
        guard ranges[place].contains(index) else { return }
        subtree.append(leaf)
        guard index == ranges[place].upperBound - 1 else { return }
        hashes[place] = subtree.root
        subtree = TreeEdge()
        current += 1
    }

    /// The tree of the leaves taken.
    public var edge: TreeEdge { tree }

    /// The hashes of the proof; nil while leaves are missing.
    public var path: [Digest]? {
        let found = ranges.indices.compactMap { hashes[$0] }
        return found.count == ranges.count ? found : nil
    }

    /// The largest power of two below a size of at least 2.
    private static func split(_ size: Int64) -> Int64 {
        1 << (Int64(Int64.bitWidth - 1) - Int64((size - 1).leadingZeroBitCount))
    }

    /// PATH(m, D[n]), from the leaf up.
    private static func path(_ index: Int64, _ leaves: Range<Int64>) -> [Range<Int64>] {
        var (index, leaves) = (index, leaves)
        var found: [Range<Int64>] = []
        while leaves.count > 1 {
            let middle = leaves.lowerBound + split(Int64(leaves.count))
            let (left, right) = (leaves.lowerBound..<middle, middle..<leaves.upperBound)
            if left.contains(leaves.lowerBound + index) {
                found.append(right)
                leaves = left
            } else {
                found.append(left)
                index -= Int64(left.count)
                leaves = right
            }
        }
        return found.reversed()
    }

    /// SUBPROOF(m, D[n], b).
    private static func subproof(_ count: Int64, _ leaves: Range<Int64>, isWhole: Bool) -> [Range<Int64>] {
        var (count, leaves, isWhole) = (count, leaves, isWhole)
        var found: [Range<Int64>] = []
        while count < Int64(leaves.count) {
            let split = split(Int64(leaves.count))
            let middle = leaves.lowerBound + split
            if count <= split {
                found.append(middle..<leaves.upperBound)
                leaves = leaves.lowerBound..<middle
            } else {
                found.append(leaves.lowerBound..<middle)
                leaves = middle..<leaves.upperBound
                count -= split
                isWhole = false
            }
        }
        if !isWhole { found.append(leaves) }
        return found.reversed()
    }
}
