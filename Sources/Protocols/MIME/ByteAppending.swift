/// Writing of bytes that lie somewhere already.
///
/// It is here for all who write messages, so that their own files need no unsafe code.
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
