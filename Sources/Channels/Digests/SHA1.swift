/// SHA-1, for the one handshake that is defined by it; nothing else may rest on it.
///
/// Source: FIPS 180-4 section 6.1; XEP-0114 §3.
public enum SHA1 {
    /// Hashes the parts one after another.
    ///
    /// - Parameter parts: the input in order, such as the stream id and the secret of a component handshake.
    /// - Returns: 40 lower-case hexadecimal digits, as the handshake wants them.
    public static func hexadecimal(_ parts: [UInt8]...) -> String {
        var context = HashContext(.sha1)
        for part in parts {
            context.update(part.span)
        }
        let value = unsafe [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            // The library writes 20 bytes into the 32 that were reserved.
            unsafe context.finish(into: buffer)
            count = 20
        }
        return Hexadecimal.encode(value)
    }

    /// Hashes the UTF-8 bytes of the texts one after another.
    ///
    /// - Parameter parts: the input in order, such as the stream id and the secret of a component handshake.
    /// - Returns: 40 lower-case hexadecimal digits, as the handshake wants them.
    public static func hexadecimal(_ parts: String...) -> String {
        hexadecimal(parts.flatMap(\.utf8))
    }
}
