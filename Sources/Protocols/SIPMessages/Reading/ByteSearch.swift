// Searches that look at eight bytes at once, for most bytes of a message are none that end anything.

extension Span<UInt8> {
    /// The place of the first carriage return or line feed from a place on; the end when there is none.
    func lineEnd(from start: Int) -> Int {
        var index = start
        while count - index >= 8 {
            let word = word(at: index)
            let ends = (word ^ 0x0D0D_0D0D_0D0D_0D0D).zeroBytes | (word ^ 0x0A0A_0A0A_0A0A_0A0A).zeroBytes
            if ends != 0 { return index + ends.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < count, self[index] != 0x0D, self[index] != 0x0A { index += 1 }
        return index
    }

    /// Eight bytes as a number, the first one lowest; the compiler makes it a single load.
    @inline(__always)
    private func word(at index: Int) -> UInt64 {
        let bytes = extracting(index..<(index + 8))
        let low = UInt64(bytes[0]) | UInt64(bytes[1]) << 8 | UInt64(bytes[2]) << 16 | UInt64(bytes[3]) << 24
        let high = UInt64(bytes[4]) | UInt64(bytes[5]) << 8 | UInt64(bytes[6]) << 16 | UInt64(bytes[7]) << 24
        return low | high << 32
    }
}

extension UInt64 {
    /// A number whose lowest set bit is in the first byte that is zero; 0 when none is.
    ///
    /// Above that byte a borrow may set bits of bytes that are 1.
    @inline(__always)
    fileprivate var zeroBytes: UInt64 { (self &- 0x0101_0101_0101_0101) & ~self & 0x8080_8080_8080_8080 }
}
