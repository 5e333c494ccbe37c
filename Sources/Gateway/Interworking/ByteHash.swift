/// A hash of bytes under a key of this process, which nobody can aim at; worthless to another process.
public enum ByteHash {
    /// Hashes bytes.
    ///
    /// - Parameter bytes: any number of them; where they end counts.
    /// - Returns: 64 bits.
    public static func of(_ bytes: [UInt8]) -> Int {
        // An array hashes its bytes one by one; eight at a time are an eighth of the work.
        var hasher = Hasher()
        hasher.combine(bytes.count)
        var word: UInt64 = 0
        for (place, byte) in bytes.enumerated() {
            word = word << 8 | UInt64(byte)
            if place & 7 == 7 { hasher.combine(word) }
        }
        hasher.combine(word)
        return hasher.finalize()
    }
}
