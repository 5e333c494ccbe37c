import COpenSSL

/// Unpredictable bytes from libcrypto's generator, which the operating system seeds.
public enum RandomBytes {
    /// Draws bytes.
    ///
    /// - Parameter count: how many; not negative.
    /// - Returns: that many bytes, fit for keys. The process stops when the system has no randomness to give, because
    ///   no identifier or key made without it could be trusted.
    public static func generate(_ count: Int) -> [UInt8] {
        guard count > 0 else { return [] }
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            // The library writes exactly `count` bytes, for which the buffer has room.
            guard let size = Int32(exactly: count), unsafe RAND_bytes(buffer.baseAddress, size) == 1 else {
                preconditionFailure("libcrypto gave no random bytes")
            }
            filled = count
        }
    }
}

/// A store of random bytes drawn in advance, so that a short identifier does not pay for a call into libcrypto.
///
/// Bytes are wiped as they are handed out. Keys are drawn with ``RandomBytes/generate(_:)``, never from here. A value
/// belongs to one thread at a time.
public struct RandomSource: Sendable {
    /// How many bytes are drawn in advance.
    public static let blockSize = 2048

    private var block: [UInt8] = []
    private var position = 0

    /// Creates an empty source; the first use fills it.
    public init() {}

    /// Draws the next byte.
    ///
    /// - Returns: one unpredictable byte.
    public mutating func next() -> UInt8 {
        if position >= block.count {
            block = RandomBytes.generate(RandomSource.blockSize)
            position = 0
        }
        let byte = block[position]
        block[position] = 0
        position += 1
        return byte
    }

    /// Draws bytes.
    ///
    /// - Parameter count: how many; not negative.
    /// - Returns: that many unpredictable bytes.
    public mutating func bytes(_ count: Int) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(max(0, count))
        draw(count) { result.append($0) }
        return result
    }

    /// Draws bytes without a place of their own.
    ///
    /// - Parameters:
    ///   - count: how many; not negative.
    ///   - take: takes them one by one.
    @inline(__always)
    mutating func draw(_ count: Int, _ take: (UInt8) -> Void) {
        guard count > 0, count <= block.count - position else {
            for _ in 0..<max(0, count) { take(next()) }
            return
        }
        let range = position..<(position + count)
        position = range.upperBound
        var span = block.mutableSpan
        for index in range {
            take(span[index])
            span[index] = 0
        }
    }
}
