/// Comparison whose duration tells nothing about where two secrets differ.
public enum ConstantTime {
    /// Compares two byte strings.
    ///
    /// - Parameters:
    ///   - left: one byte string.
    ///   - right: the other byte string.
    /// - Returns: true when both have the same length and bytes. Unequal lengths return early: a length is no secret.
    public static func equal(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for (one, other) in zip(left, right) {
            difference |= one ^ other
        }
        return difference == 0
    }

    /// Compares two digests.
    ///
    /// - Parameters:
    ///   - left: one digest.
    ///   - right: the other digest.
    /// - Returns: true when all 32 bytes agree.
    public static func equal(_ left: Digest, _ right: Digest) -> Bool {
        let first = (left.words.0 ^ right.words.0) | (left.words.1 ^ right.words.1)
        let second = (left.words.2 ^ right.words.2) | (left.words.3 ^ right.words.3)
        return first | second == 0
    }
}
