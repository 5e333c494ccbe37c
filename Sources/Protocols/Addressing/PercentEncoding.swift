/// Percent-encoding of URIs over bytes and UTF-8 text.
///
/// Source: RFC 3986 §2.1, RFC 3261 §19.1.2.
public enum PercentEncoding {
    /// Escapes every byte that is not in `kept` as `%HH`, upper-case.
    ///
    /// - Returns: ASCII text, provided that `kept` holds ASCII bytes only; other kept bytes are escaped all the same.
    public static func encode(_ bytes: some Collection<UInt8>, keeping kept: ByteSet) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + bytes.count / 2)
        for byte in bytes {
            if byte < 128 && kept.contains(byte) {
                result.append(byte)
            } else {
                result.append(UInt8(ascii: "%"))
                result.append(ASCII.upperHexDigit(byte >> 4))
                result.append(ASCII.upperHexDigit(byte & 15))
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Escapes the UTF-8 bytes of a text that are not in `kept`.
    public static func encode(_ text: String, keeping kept: ByteSet) -> String {
        var text = text
        text.makeContiguousUTF8()
        let plain = text.utf8.allSatisfy { $0 < 128 && kept.contains($0) }
        return plain ? text : encode(text.utf8, keeping: kept)
    }

    /// Undoes percent-encoding once.
    ///
    /// - Parameters:
    ///   - bytes: escaped text; bytes outside escapes are taken as they are.
    ///   - lenient: keeps a `%` that does not start an escape instead of refusing it.
    /// - Returns: the bytes, at most as many as were given.
    /// - Throws: ``AddressError`` with `.malformedPercent`.
    public static func decode(_ bytes: some Collection<UInt8>, lenient: Bool = false) throws(AddressError) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        var offset = 0
        while index < bytes.endIndex {
            let byte = bytes[index]
            bytes.formIndex(after: &index)
            if byte == UInt8(ascii: "%") {
                if let (value, next) = escape(in: bytes, at: index) {
                    result.append(value)
                    index = next
                    offset += 3
                    continue
                }
                guard lenient else {
                    throw AddressError(
                        .malformedPercent,
                        "A percent sign is not followed by two hexadecimal digits.",
                        at: offset
                    )
                }
            }
            result.append(byte)
            offset += 1
        }
        return result
    }

    private static func escape<Bytes: Collection<UInt8>>(
        in bytes: Bytes,
        at start: Bytes.Index
    ) -> (UInt8, Bytes.Index)? {
        guard start < bytes.endIndex, let high = ASCII.hexValue(bytes[start]) else { return nil }
        let second = bytes.index(after: start)
        guard second < bytes.endIndex, let low = ASCII.hexValue(bytes[second]) else { return nil }
        return (high << 4 | low, bytes.index(after: second))
    }

    /// Undoes percent-encoding once and reads the bytes as UTF-8.
    ///
    /// - Throws: ``AddressError`` with `.malformedPercent` (offset in `text`), or `.malformedUTF8` for ill-formed
    ///   sequences, among them overlong forms and surrogates (offset in the decoded bytes).
    public static func decodeUTF8(_ text: String, lenient: Bool = false) throws(AddressError) -> String {
        var text = text
        text.makeContiguousUTF8()
        if !text.utf8.contains(UInt8(ascii: "%")) { return text }
        return try UTF8Text.validated(decode(text.utf8, lenient: lenient))
    }

    /// The spelling in which escapes of unreserved characters are undone and the other escapes are upper-case.
    ///
    /// Source: RFC 3261 §19.1.4, RFC 3986 §6.2.2.
    static func canonical(_ text: String, lowercased: Bool = false) -> String {
        var changes = false
        for byte in text.utf8 where byte == UInt8(ascii: "%") || (lowercased && ASCII.isUppercase(byte)) {
            changes = true
            break
        }
        if !changes { return text }
        let kept = ByteSet.sipUnreserved
        var result: [UInt8] = []
        let bytes = Array(text.utf8)
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "%"), let (value, next) = escape(in: bytes, at: index + 1) {
                if kept.contains(value) {
                    result.append(lowercased ? ASCII.lowercased(value) : value)
                } else {
                    result.append(byte)
                    result.append(ASCII.upperHexDigit(value >> 4))
                    result.append(ASCII.upperHexDigit(value & 15))
                }
                index = next
            } else {
                result.append(lowercased ? ASCII.lowercased(byte) : byte)
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
