import MIME

/// Names and values as lines of text, for what a leg keeps with an item.
///
/// Shape: `name=value` lines in order, with `%`, carriage return and line feed percent-encoded.
public enum OriginText {
    /// Writes pairs.
    ///
    /// - Parameters:
    ///   - pairs: names and values, in order.
    ///   - first: pairs that are written already and come before them.
    /// - Returns: the lines, which are kept for long and so in no more memory than they need.
    public static func encode(_ pairs: [(name: String, value: String)], after first: [UInt8] = []) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(pairs.reduce(first.count) { $0 + $1.name.utf8.count + $1.value.utf8.count + 2 })
        bytes.append(contentsOf: first)
        for (name, value) in pairs {
            bytes.append(all: name.utf8.span)
            bytes.append(UInt8(ascii: "="))
            escape(value.utf8.span, to: &bytes)
            bytes.append(0x0A)
        }
        return bytes
    }

    private static func escape(_ value: Span<UInt8>, to bytes: inout [UInt8]) {
        // Without an early return the compiler compares many bytes at once.
        var special: UInt8 = 0
        for index in value.indices {
            let byte = value[index]
            special |= (byte == 0x25 ? 1 : 0) | (byte == 0x0A ? 1 : 0) | (byte == 0x0D ? 1 : 0)
        }
        if special == 0 { return bytes.append(all: value) }
        for index in value.indices {
            switch value[index] {
            case 0x25: bytes.append(contentsOf: "%25".utf8)
            case 0x0A: bytes.append(contentsOf: "%0A".utf8)
            case 0x0D: bytes.append(contentsOf: "%0D".utf8)
            default: bytes.append(value[index])
            }
        }
    }

    /// Pairs that were read; a handful, so that looking one up by going through them is the fastest.
    public struct Pairs: Sendable {
        fileprivate let bytes: [UInt8]
        fileprivate var entries: [(name: Range<Int>, value: Range<Int>)] = []

        /// The value of a name; the first of equal names counts.
        ///
        /// - Parameter name: compared exactly.
        public subscript(name: String) -> String? {
            for entry in entries where isNamed(name, entry.name) { return unescaped(bytes[entry.value]) }
            return nil
        }

        private func isNamed(_ name: String, _ range: Range<Int>) -> Bool {
            let (name, bytes) = (name.utf8.span, bytes.span)
            guard name.count == range.count else { return false }
            for index in name.indices where name[index] != bytes[range.lowerBound + index] { return false }
            return true
        }

        /// The pairs by name.
        public var byName: [String: String] {
            Dictionary(
                entries.map { (String(decoding: bytes[$0.name], as: UTF8.self), unescaped(bytes[$0.value])) },
                uniquingKeysWith: { first, _ in first }
            )
        }
    }

    /// Reads pairs; what is not a pair is left out.
    public static func decode(_ bytes: [UInt8]) -> Pairs {
        var pairs = Pairs(bytes: bytes)
        pairs.entries.reserveCapacity(8)
        var start = bytes.startIndex
        while start < bytes.endIndex {
            let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.endIndex
            if let sign = bytes[start..<end].firstIndex(of: UInt8(ascii: "=")) {
                pairs.entries.append((start..<sign, (sign + 1)..<end))
            }
            start = end + 1
        }
        return pairs
    }

    private static func unescaped(_ bytes: ArraySlice<UInt8>) -> String {
        guard bytes.contains(0x25) else { return String(decoding: bytes, as: UTF8.self) }
        var result: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            if byte == 0x25, rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                result.append(value)
                rest = rest.dropFirst(2)
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
