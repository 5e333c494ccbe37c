import MIME

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
}

extension UInt64 {
    /// A number whose lowest set bit is in the first byte that is zero; 0 when none is.
    ///
    /// Above that byte a borrow may set bits of bytes that are 1.
    @inline(__always)
    fileprivate var zeroBytes: UInt64 { (self &- 0x0101_0101_0101_0101) & ~self & 0x8080_8080_8080_8080 }
}
