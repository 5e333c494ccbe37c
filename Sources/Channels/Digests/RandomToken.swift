import Synchronization

/// Unpredictable identifiers in lower-case base32, five bits a character.
///
/// The alphabet `a-z2-7` is legal in a SIP branch, tag and Call-ID, in an XMPP id and in a MIME boundary, and loses
/// nothing where a comparison ignores case.
///
/// Source: RFC 4648 §6 (alphabet), RFC 3261 §25.1 (token).
public enum RandomToken {
    private static let shared = Mutex(RandomSource())

    /// Makes an identifier from the source that the process shares.
    ///
    /// - Parameter bits: how many unpredictable bits it carries at least; 128 gives 26 characters.
    /// - Returns: the identifier.
    public static func text(bits: Int) -> String {
        shared.withLock { text(bits: bits, from: &$0) }
    }

    /// Makes an identifier from a source of the caller's own, which spares the lock.
    ///
    /// - Parameters:
    ///   - bits: how many unpredictable bits it carries at least; 128 gives 26 characters.
    ///   - source: where the bytes come from.
    /// - Returns: the identifier.
    public static func text(bits: Int, from source: inout RandomSource) -> String {
        let count = length(bits)
        return unsafe String(unsafeUninitializedCapacity: count) { buffer in
            // The buffer has room for the characters that are asked for.
            var place = 0
            source.draw(count) {
                unsafe buffer[place] = character($0)
                place += 1
            }
            return count
        }
    }

    /// Appends an identifier from the source that the process shares.
    ///
    /// - Parameters:
    ///   - bits: how many unpredictable bits it carries at least.
    ///   - buffer: where the ASCII characters go.
    public static func append(bits: Int, to buffer: inout [UInt8]) {
        shared.withLock { append(bits: bits, to: &buffer, from: &$0) }
    }

    /// Appends an identifier from a source of the caller's own.
    ///
    /// - Parameters:
    ///   - bits: how many unpredictable bits it carries at least.
    ///   - buffer: where the ASCII characters go.
    ///   - source: where the bytes come from.
    public static func append(bits: Int, to buffer: inout [UInt8], from source: inout RandomSource) {
        let count = length(bits)
        buffer.reserveCapacity(buffer.count + count)
        source.draw(count) { buffer.append(character($0)) }
    }

    private static func length(_ bits: Int) -> Int { (max(0, bits) + 4) / 5 }

    /// The character of five bits of a byte: dropping three costs less than carrying them over.
    @inline(__always)
    private static func character(_ byte: UInt8) -> UInt8 {
        let value = byte & 31
        return value < 26 ? UInt8(ascii: "a") + value : UInt8(ascii: "2") + (value - 26)
    }
}
