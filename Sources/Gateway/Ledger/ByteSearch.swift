extension Span<UInt8> {
    /// The first place from another one on where one of two bytes stands; nil when there is none.
    ///
    /// Eight bytes are compared at a time. Where a byte is the wanted one, the difference of both is zero, and only a zero
    /// has its upper bit set by taking one away from it; the lowest bit that is set this way is never that of a stranger.
    @inline(__always)
    func place(of byte: UInt8, or other: UInt8, from start: Int) -> Int? {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var rest = extracting(droppingFirst: start)
        while rest.count >= 8 {
            let word = rest.firstWord
            let (left, right) = (word ^ ones &* UInt64(byte), word ^ ones &* UInt64(other))
            let found = ((left &- ones) & ~left | (right &- ones) & ~right) & ones << 7
            if found != 0 { return count - rest.count + found.trailingZeroBitCount / 8 }
            rest = rest.extracting(droppingFirst: 8)
        }
        for index in rest.indices where rest[index] == byte || rest[index] == other {
            return count - rest.count + index
        }
        return nil
    }

    /// The first place from another one on where a byte stands; nil when there is none.
    @inline(__always)
    func place(of byte: UInt8, from start: Int) -> Int? { place(of: byte, or: byte, from: start) }

    /// Whether a control character, a quotation mark or a backslash stands anywhere (RFC 8259 §7).
    ///
    /// Eight bytes at a time as in ``place(of:or:from:)``; the last eight may overlap those before.
    @inline(__always)
    var needsEscape: Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        guard count >= 8 else {
            var found = false
            for index in indices { found = found || self[index] < 0x20 || self[index] == 0x22 || self[index] == 0x5C }
            return found
        }
        var found: UInt64 = 0
        var place = 0
        while true {
            let word = extracting(droppingFirst: place).firstWord
            let (quote, backslash) = (word ^ ones &* 0x22, word ^ ones &* 0x5C)
            found |= (word &- ones &* 0x20) & ~word | (quote &- ones) & ~quote | (backslash &- ones) & ~backslash
            if place == count - 8 { return found & ones << 7 != 0 }
            place = Swift.min(place + 8, count - 8)
        }
    }

    /// Whether other bytes stand at a place, all of them.
    @inline(__always)
    func holds(_ bytes: Span<UInt8>, at place: Int) -> Bool {
        guard place <= count - bytes.count else { return false }
        var (rest, wanted) = (extracting(place..<place + bytes.count), bytes)
        while wanted.count >= 8 {
            guard rest.firstWord == wanted.firstWord else { return false }
            rest = rest.extracting(droppingFirst: 8)
            wanted = wanted.extracting(droppingFirst: 8)
        }
        for index in wanted.indices where rest[index] != wanted[index] { return false }
        return true
    }

    /// The first eight bytes, the first one lowest; the compiler makes one access of them.
    @inline(__always)
    private var firstWord: UInt64 {
        let bytes = extracting(first: 8)
        var word: UInt64 = 0
        for index in 0..<8 { word |= UInt64(bytes[index]) << UInt64(8 * index) }
        return word
    }
}
