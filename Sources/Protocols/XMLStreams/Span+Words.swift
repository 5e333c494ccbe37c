/// Bytes that are looked at in words of eight.
extension Span<UInt8> {
    /// Eight bytes as a number, the first of them lowest.
    func word(at index: Int) -> UInt64 {
        // The bounds are checked, and all bits make a number.
        UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
    }

    /// Whether a text stands at a place; there must be room for it.
    func holds(_ text: Span<UInt8>, at place: Int) -> Bool {
        var index = 0
        while index + 8 <= text.count {
            if word(at: place + index) != text.word(at: index) { return false }
            index += 8
        }
        while index < text.count {
            if self[place + index] != text[index] { return false }
            index += 1
        }
        return true
    }
}
