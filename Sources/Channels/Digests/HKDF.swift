/// HKDF over SHA-256: keys for several purposes out of one secret.
///
/// Source: RFC 5869 section 2.
public enum HKDF {
    /// The most bytes that one secret gives for one purpose.
    public static let mostBytes = 255 * Digest.byteCount

    /// Makes a key out of a secret that need not be uniformly random.
    ///
    /// - Parameters:
    ///   - secret: the input keying material.
    ///   - salt: a value that need not be secret; empty for none.
    /// - Returns: the 32 bytes of the pseudorandom key.
    ///
    /// Source: RFC 5869 section 2.2.
    public static func extract(_ secret: [UInt8], salt: [UInt8] = []) -> [UInt8] {
        // An empty key is filled up with zeros, as 32 zeros would be.
        HMAC.sha256(key: salt, message: secret).bytes
    }

    /// Makes a key for one purpose out of a key that is uniformly random.
    ///
    /// - Parameters:
    ///   - key: at least 32 bytes that nobody can guess.
    ///   - purpose: what the result is for; results for different purposes tell nothing about each other.
    ///   - count: how many bytes, at most ``mostBytes``.
    /// - Returns: that many bytes; the process stops when more are asked for.
    ///
    /// Source: RFC 5869 section 2.3.
    public static func expand(_ key: [UInt8], purpose: [UInt8], count: Int = Digest.byteCount) -> [UInt8] {
        precondition((0...mostBytes).contains(count), "HKDF gives at most \(mostBytes) bytes")
        let code = HMAC(key: key)
        var bytes: [UInt8] = []
        var block: [UInt8] = []
        var number: UInt8 = 0
        while bytes.count < count {
            // At most 255 blocks, as the precondition says.
            number += 1
            block = code.code(for: block + purpose + [number]).bytes
            bytes += block
        }
        return Array(bytes.prefix(count))
    }
}
