/// Names and values as lines of text, for what a leg keeps with an item.
///
/// Shape: `name=value` lines in order, with `%`, carriage return and line feed percent-encoded.
public enum OriginText {
    /// Writes pairs.
    public static func encode(_ pairs: [(name: String, value: String)]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(pairs.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 2 })
        for (name, value) in pairs {
            bytes.append(contentsOf: name.utf8)
            bytes.append(UInt8(ascii: "="))
            for byte in value.utf8 {
                switch byte {
                case 0x25: bytes.append(contentsOf: "%25".utf8)
                case 0x0A: bytes.append(contentsOf: "%0A".utf8)
                case 0x0D: bytes.append(contentsOf: "%0D".utf8)
                default: bytes.append(byte)
                }
            }
            bytes.append(0x0A)
        }
        return bytes
    }

    /// Reads pairs; what is not a pair is left out.
    ///
    /// The first of equal names counts.
    public static func decode(_ bytes: [UInt8]) -> [String: String] {
        var pairs: [String: String] = [:]
        for line in bytes.split(separator: 0x0A) {
            guard let sign = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = String(decoding: line[..<sign], as: UTF8.self)
            guard pairs[name] == nil else { continue }
            pairs[name] = unescaped(line[(sign + 1)...])
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
