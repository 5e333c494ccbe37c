/// SHA-1, for the handshake, the announcement and the names of pictures, which are defined by it; nothing else may rest
/// on it.
///
/// Source: FIPS 180-4 section 6.1; XEP-0114 §3, XEP-0115 §5.1, XEP-0084 §4.2.
public enum SHA1 {
    /// Hashes the parts one after another.
    ///
    /// - Parameter parts: the input in order, such as the stream id and the secret of a component handshake.
    /// - Returns: 40 lower-case hexadecimal digits, as the handshake wants them.
    public static func hexadecimal(_ parts: [UInt8]...) -> String { Hexadecimal.encode(hash(parts)) }

    /// Hashes bytes for the announcement of capabilities.
    ///
    /// - Parameter bytes: the input.
    /// - Returns: 28 characters of Base64, the last of them padding.
    ///
    /// Source: XEP-0115 §5.1, RFC 4648 §4.
    public static func base64(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        var rest = hash([bytes])[...]
        while !rest.isEmpty {
            let group = rest.prefix(3)
            rest = rest.dropFirst(3)
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 {
                text.append(place > group.count ? UInt8(ascii: "=") : digits[bits >> (18 - 6 * place) & 63])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func hash(_ parts: [[UInt8]]) -> [UInt8] {
        var context = HashContext(.sha1)
        for part in parts {
            context.update(part.span)
        }
        return unsafe [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            // The library writes 20 bytes into the 32 that were reserved.
            unsafe context.finish(into: buffer)
            count = 20
        }
    }

    /// Hashes the UTF-8 bytes of the texts one after another.
    ///
    /// - Parameter parts: the input in order, such as the stream id and the secret of a component handshake.
    /// - Returns: 40 lower-case hexadecimal digits, as the handshake wants them.
    public static func hexadecimal(_ parts: String...) -> String {
        hexadecimal(parts.flatMap(\.utf8))
    }
}
