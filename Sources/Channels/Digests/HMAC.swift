/// HMAC over SHA-256.
///
/// A value holds one key, prepared; it can be used for any number of messages and from any thread.
///
/// Source: RFC 2104 section 2.
public struct HMAC: Sendable {
    private let inner: [UInt8]
    private let outer: [UInt8]

    /// Prepares a key.
    ///
    /// - Parameter key: the key; keys longer than 64 bytes are hashed first. Use at least 32 random bytes.
    public init(key: [UInt8]) {
        var block: [UInt8] = []
        block.reserveCapacity(64)
        block.append(contentsOf: key.count > 64 ? SHA256.hash(key).bytes : key)
        block.append(contentsOf: repeatElement(0, count: 64 - block.count))
        inner = block.map { $0 ^ 0x36 }
        outer = block.map { $0 ^ 0x5C }
    }

    /// Computes the code of a message.
    ///
    /// - Parameter message: the bytes to authenticate.
    /// - Returns: the 32 bytes of the code; compare a received one with ``ConstantTime/equal(_:_:)-(Digest,_)``.
    public func code(for message: Span<UInt8>) -> Digest {
        var first = SHA256()
        first.update(inner)
        first.update(message)
        var second = SHA256()
        second.update(outer)
        second.update(first.finalize())
        return second.finalize()
    }

    /// Computes the code of the bytes of an array.
    ///
    /// - Parameter message: the bytes to authenticate.
    /// - Returns: the 32 bytes of the code.
    public func code(for message: [UInt8]) -> Digest {
        code(for: message.span)
    }

    /// Computes the code of the bytes of a slice.
    ///
    /// - Parameter message: the bytes to authenticate.
    /// - Returns: the 32 bytes of the code.
    public func code(for message: ArraySlice<UInt8>) -> Digest {
        code(for: message.span)
    }

    /// Computes one code with a key that is not used again.
    ///
    /// - Parameters:
    ///   - key: the key.
    ///   - message: the bytes to authenticate.
    /// - Returns: the 32 bytes of the code.
    public static func sha256(key: [UInt8], message: [UInt8]) -> Digest {
        HMAC(key: key).code(for: message)
    }
}
