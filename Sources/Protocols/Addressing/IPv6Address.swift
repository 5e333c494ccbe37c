/// An IPv6 address without zone.
public struct IPv6Address: Hashable, Sendable, CustomStringConvertible {
    /// The first 64 bits.
    public let high: UInt64
    /// The last 64 bits.
    public let low: UInt64

    /// Makes an address from its two halves.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads the text between the brackets of an IPv6 reference; anything that is not an address is nil.
    ///
    /// A third colon between a compressed run and an embedded IPv4 address is tolerated, since the grammar of
    /// RFC 3261 produces it (RFC 5118 §4.10).
    ///
    /// Source: RFC 3986 §3.2.2.
    public init?(bytes: ArraySlice<UInt8>) {
        self.init(span: bytes.span)
    }

    init?(span: Span<UInt8>) {
        guard span.count >= 2, span.count <= 46 else { return nil }
        let colon = UInt8(ascii: ":")
        var groups = Groups()
        var gap: Int?
        var index = 0
        if span[0] == colon {
            guard span[1] == colon else { return nil }
            gap = 0
            index = 2
        }
        while index < span.count {
            if gap == groups.count, span[index] == colon, let tail = IPv4Address(span: span.extracting((index + 1)...))
            {
                guard groups.append(tail) else { return nil }
                break
            }
            var end = index
            var value: UInt16 = 0
            while end < span.count, end - index < 4, let digit = ASCII.hexValue(span[end]) {
                value = value << 4 | UInt16(digit)
                end += 1
            }
            guard end > index else { return nil }
            if end < span.count, span[end] != colon {
                guard let tail = IPv4Address(span: span.extracting(index...)), groups.append(tail) else { return nil }
                break
            }
            guard groups.append(value) else { return nil }
            if end == span.count { break }
            index = end + 1
            guard index < span.count else { return nil }
            if span[index] == colon {
                guard gap == nil else { return nil }
                gap = groups.count
                index += 1
            }
        }
        guard let (high, low) = groups.halves(gap: gap) else { return nil }
        self.init(high: high, low: low)
    }

    private struct Groups {
        private var bits: (high: UInt64, low: UInt64) = (0, 0)
        private(set) var count = 0

        mutating func append(_ group: UInt16) -> Bool {
            guard count < 8 else { return false }
            bits.high = bits.high << 16 | bits.low >> 48
            bits.low = bits.low << 16 | UInt64(group)
            count += 1
            return true
        }

        mutating func append(_ address: IPv4Address) -> Bool {
            count <= 6 && append(UInt16(address.bits >> 16)) && append(UInt16(address.bits & 0xFFFF))
        }

        /// The address, with zeros filled in before the groups that follow the gap.
        func halves(gap: Int?) -> (UInt64, UInt64)? {
            guard let gap else { return count == 8 ? bits : nil }
            guard count < 8 else { return nil }
            let all = UInt128(bits.high) << 64 | UInt128(bits.low)
            let tailBits = UInt128((count - gap) * 16)
            let tail = all & ((1 << tailBits) - 1)
            let headBits = UInt128(gap * 16)
            let head = headBits == 0 ? 0 : (all >> tailBits) << (128 - headBits)
            let value = head | tail
            return (UInt64(truncatingIfNeeded: value >> 64), UInt64(truncatingIfNeeded: value))
        }
    }

    /// Eight groups of lower-case hexadecimal digits, the longest run of zero groups compressed.
    public var description: String {
        let value = UInt128(high) << 64 | UInt128(low)
        let groups = (0..<8).map { UInt16(truncatingIfNeeded: value >> UInt128((7 - $0) * 16)) }
        var best = 0..<0
        var start = 0
        while start < 8 {
            var end = start
            while end < 8, groups[end] == 0 { end += 1 }
            if end - start > max(best.count, 1) { best = start..<end }
            start = max(end, start + 1)
        }
        let texts = groups.map { String($0, radix: 16) }
        if best.isEmpty { return texts.joined(separator: ":") }
        return texts[..<best.lowerBound].joined(separator: ":") + "::"
            + texts[best.upperBound...].joined(separator: ":")
    }
}
