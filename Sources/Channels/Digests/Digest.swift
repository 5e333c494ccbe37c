/// The 32 bytes of a SHA-256 value, kept without a heap allocation.
///
/// Equality stops at the first difference; compare secrets with ``ConstantTime/equal(_:_:)-(Digest,_)``.
public struct Digest: Hashable, Sendable {
    /// How many bytes a digest has.
    public static let byteCount = 32

    /// The bytes, eight in each word, the first byte in the highest place.
    let words: (UInt64, UInt64, UInt64, UInt64)

    init(words: (UInt64, UInt64, UInt64, UInt64)) {
        self.words = words
    }

    /// Takes 32 bytes that were computed elsewhere.
    ///
    /// The result is nil unless there are exactly 32 bytes.
    ///
    /// - Parameter bytes: the digest's bytes, first byte first.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Digest.byteCount else { return nil }
        var words: [UInt64] = [0, 0, 0, 0]
        for (index, byte) in bytes.enumerated() {
            words[index / 8] = words[index / 8] << 8 | UInt64(byte)
        }
        self.words = (words[0], words[1], words[2], words[3])
    }

    /// Takes the 32 bytes of an array.
    ///
    /// The result is nil unless there are exactly 32 bytes.
    ///
    /// - Parameter bytes: the digest's bytes, first byte first.
    public init?(bytes: [UInt8]) {
        self.init(bytes: bytes[...])
    }

    /// Takes 32 bytes of an array, without the cost of a collection of any kind.
    ///
    /// The result is nil unless there are exactly 32 bytes.
    ///
    /// - Parameter bytes: the digest's bytes, first byte first.
    public init?(bytes: ArraySlice<UInt8>) {
        guard bytes.count == Digest.byteCount else { return nil }
        func word(_ start: Int) -> UInt64 {
            var word: UInt64 = 0
            for index in start..<start + 8 { word = word << 8 | UInt64(bytes[index]) }
            return word
        }
        let start = bytes.startIndex
        words = (word(start), word(start + 8), word(start + 16), word(start + 24))
    }

    /// The first eight bytes as a number, the first byte in the highest place.
    public var leadingWord: UInt64 { words.0 }

    /// The digest as 32 bytes, first byte first.
    public var bytes: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(Digest.byteCount)
        append(to: &result)
        return result
    }

    /// The digest as 64 lower-case hexadecimal digits.
    public var hexadecimal: String {
        var digits: [UInt8] = []
        digits.reserveCapacity(2 * Digest.byteCount)
        appendHexadecimal(to: &digits)
        return String(decoding: digits, as: UTF8.self)
    }

    /// Appends the 64 digits of the hexadecimal form.
    public func appendHexadecimal(to buffer: inout [UInt8]) {
        appendDigits(of: words.0, to: &buffer)
        appendDigits(of: words.1, to: &buffer)
        appendDigits(of: words.2, to: &buffer)
        appendDigits(of: words.3, to: &buffer)
    }

    private func appendDigits(of word: UInt64, to buffer: inout [UInt8]) {
        append(Hexadecimal.digits(of: UInt32(truncatingIfNeeded: word >> 32)), to: &buffer)
        append(Hexadecimal.digits(of: UInt32(truncatingIfNeeded: word)), to: &buffer)
    }

    /// Appends the 32 bytes to a buffer.
    ///
    /// - Parameter buffer: where the bytes go.
    public func append(to buffer: inout [UInt8]) {
        append(words.0, to: &buffer)
        append(words.1, to: &buffer)
        append(words.2, to: &buffer)
        append(words.3, to: &buffer)
    }

    private func append(_ word: UInt64, to buffer: inout [UInt8]) {
        // The eight bytes are copied before the closure returns.
        unsafe withUnsafeBytes(of: word.bigEndian) { unsafe buffer.append(contentsOf: $0) }
    }

    /// Whether two digests are the same.
    ///
    /// - Parameters:
    ///   - left: one digest.
    ///   - right: the other digest.
    /// - Returns: true when all 32 bytes agree.
    public static func == (left: Digest, right: Digest) -> Bool {
        left.words == right.words
    }

    /// Feeds the digest to a hasher.
    ///
    /// - Parameter hasher: the hasher to feed.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }
}
