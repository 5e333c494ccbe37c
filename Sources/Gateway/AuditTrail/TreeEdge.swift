public import Digests

/// A hash tree that only grows, of which the right edge is kept: at most one hash for each bit of its size.
///
/// Appending costs two hashes on average; the leaves themselves are not kept.
///
/// Source: RFC 9162 §2.1.1, §2.1.2.
public struct TreeEdge: Sendable, Equatable {
    /// How many leaves the tree has.
    public private(set) var size: Int64 = 0
    /// The roots of the full trees from the largest, at the left, to the smallest.
    public private(set) var stack: [Digest] = []

    /// An empty tree.
    public init() {}

    /// A tree that was kept.
    ///
    /// The result is nil unless the stack has one hash for each bit that is set in the size.
    ///
    /// - Parameters:
    ///   - size: how many leaves it has.
    ///   - stack: the roots of its full trees, from the largest to the smallest.
    public init?(size: Int64, stack: [Digest]) {
        guard size >= 0, stack.count == size.nonzeroBitCount else { return nil }
        self.size = size
        self.stack = stack
    }

    /// Appends a leaf.
    ///
    /// - Parameter leaf: its hash.
    ///
    /// Source: RFC 9162 §2.1.2.
    public mutating func append(_ leaf: Digest) {
        var node = leaf
        for _ in 0..<(~size).trailingZeroBitCount {
            node = TreeEdge.node(stack.removeLast(), node)
        }
        stack.append(node)
        size += 1
    }

    /// The hash of the whole tree.
    public var root: Digest {
        guard var node = stack.last else { return TreeEdge.empty }
        for left in stack.dropLast().reversed() {
            node = TreeEdge.node(left, node)
        }
        return node
    }

    /// The hash of a tree without leaves: that of no bytes.
    public static let empty = SHA256.hash([UInt8]())

    /// The hash of a leaf.
    ///
    /// - Parameter record: the bytes of the record.
    /// - Returns: SHA-256 of a zero byte and the record.
    ///
    /// Source: RFC 9162 §2.1.1.
    public static func leaf(_ record: ArraySlice<UInt8>) -> Digest {
        SHA256.hash(prefix: 0, record.span)
    }

    /// The hash of two subtrees side by side.
    ///
    /// - Parameters:
    ///   - left: the hash of the left one.
    ///   - right: the hash of the right one.
    /// - Returns: SHA-256 of a byte of value 1 and both.
    ///
    /// Source: RFC 9162 §2.1.1.
    public static func node(_ left: Digest, _ right: Digest) -> Digest {
        SHA256.hash(prefix: 1, left, right)
    }
}
