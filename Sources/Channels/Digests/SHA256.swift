/// SHA-256, at once over bytes at hand or in parts as they come.
///
/// A hash over parts: create one, call `update` for each part in order, and take the value with ``finalize()``.
///
/// Source: FIPS 180-4 section 6.2.
public struct SHA256: ~Copyable {
    private var context: HashContext

    /// Starts a hash over no bytes.
    public init() {
        context = HashContext(.sha256)
    }

    /// Adds bytes to the hash.
    ///
    /// - Parameter bytes: the next bytes; may be empty.
    public mutating func update(_ bytes: Span<UInt8>) {
        context.update(bytes)
    }

    /// Adds the bytes of an array to the hash.
    ///
    /// - Parameter bytes: the next bytes; may be empty.
    public mutating func update(_ bytes: [UInt8]) {
        context.update(bytes.span)
    }

    /// Adds the bytes of a slice to the hash.
    ///
    /// - Parameter bytes: the next bytes; may be empty.
    public mutating func update(_ bytes: ArraySlice<UInt8>) {
        context.update(bytes.span)
    }

    /// Adds the bytes of another digest to the hash.
    ///
    /// - Parameter digest: the next 32 bytes.
    public mutating func update(_ digest: Digest) {
        let words = digest.words
        let bytes = (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian)
        // The tuple is 32 contiguous bytes, lent for the call.
        unsafe withUnsafeBytes(of: bytes) { raw in
            unsafe context.update(raw.bindMemory(to: UInt8.self).span)
        }
    }

    /// Adds one byte to the hash.
    ///
    /// - Parameter byte: the next byte.
    public mutating func update(_ byte: UInt8) {
        context.update(CollectionOfOne(byte).span)
    }

    /// Ends the hash.
    ///
    /// - Returns: the digest of all bytes in the order in which they were added.
    public consuming func finalize() -> Digest {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        // The tuple is 32 contiguous bytes that the library fills; nothing keeps the pointer.
        unsafe withUnsafeMutableBytes(of: &words) { raw in
            unsafe context.finish(into: raw.bindMemory(to: UInt8.self))
        }
        return Digest(words: (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian))
    }

    /// Hashes bytes at hand.
    ///
    /// - Parameter bytes: the whole input.
    /// - Returns: its digest.
    public static func hash(_ bytes: Span<UInt8>) -> Digest {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finalize()
    }

    /// Hashes the bytes of an array.
    ///
    /// - Parameter bytes: the whole input.
    /// - Returns: its digest.
    public static func hash(_ bytes: [UInt8]) -> Digest {
        hash(bytes.span)
    }

    /// Hashes the bytes of a slice.
    ///
    /// - Parameter bytes: the whole input.
    /// - Returns: its digest.
    public static func hash(_ bytes: ArraySlice<UInt8>) -> Digest {
        hash(bytes.span)
    }

    /// Hashes one byte and what follows it, as the leaves and nodes of a hash tree need it.
    ///
    /// - Parameters:
    ///   - prefix: the byte that goes first: 0 for a leaf, 1 for a node (RFC 9162 §2.1).
    ///   - bytes: the bytes that follow.
    /// - Returns: the digest of both.
    public static func hash(prefix: UInt8, _ bytes: Span<UInt8>) -> Digest {
        var hash = SHA256()
        hash.update(prefix)
        hash.update(bytes)
        return hash.finalize()
    }

    /// Hashes one byte and two digests that follow it, as the nodes of a hash tree need it.
    ///
    /// - Parameters:
    ///   - prefix: the byte that goes first: 1 for a node (RFC 9162 §2.1).
    ///   - left: the digest that follows.
    ///   - right: the digest behind it.
    /// - Returns: the digest of all 65 bytes.
    public static func hash(prefix: UInt8, _ left: Digest, _ right: Digest) -> Digest {
        var hash = SHA256()
        hash.update(prefix)
        let words = (
            left.words.0.bigEndian, left.words.1.bigEndian, left.words.2.bigEndian, left.words.3.bigEndian,
            right.words.0.bigEndian, right.words.1.bigEndian, right.words.2.bigEndian, right.words.3.bigEndian
        )
        // The tuple is 64 contiguous bytes that are read before the closure returns.
        unsafe withUnsafeBytes(of: words) { unsafe hash.context.update($0) }
        return hash.finalize()
    }

    /// Hashes one byte and an array that follows it.
    ///
    /// - Parameters:
    ///   - prefix: the byte that goes first: 0 for a leaf, 1 for a node (RFC 9162 §2.1).
    ///   - bytes: the bytes that follow.
    /// - Returns: the digest of both.
    public static func hash(prefix: UInt8, _ bytes: [UInt8]) -> Digest {
        hash(prefix: prefix, bytes.span)
    }
}
