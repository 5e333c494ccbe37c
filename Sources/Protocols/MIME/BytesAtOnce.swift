// Bytes by the run and by the word, here for all who read and write messages: their own files need no unsafe code.

extension [UInt8] {
    /// Appends bytes in one copy, without a look at what holds them.
    @inlinable
    package mutating func append(all bytes: Span<UInt8>) {
        // They are copied before the closure returns.
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }

    /// Appends what always stands there.
    @inlinable
    package mutating func append(literal: StaticString) {
        // The bytes of a literal never move.
        literal.withUTF8Buffer { unsafe append(contentsOf: $0) }
    }
}

extension Span<UInt8> {
    /// Eight bytes as a number, the first one lowest; the compiler makes it a single load.
    @inlinable
    package func word(at index: Int) -> UInt64 {
        let bytes = extracting(index..<(index + 8))
        let low = UInt64(bytes[0]) | UInt64(bytes[1]) << 8 | UInt64(bytes[2]) << 16 | UInt64(bytes[3]) << 24
        let high = UInt64(bytes[4]) | UInt64(bytes[5]) << 8 | UInt64(bytes[6]) << 16 | UInt64(bytes[7]) << 24
        return low | high << 32
    }
}
