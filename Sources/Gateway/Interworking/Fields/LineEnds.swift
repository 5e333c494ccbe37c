/// The line ends of both shores.
///
/// Source: RFC 3862 §2.3.
enum LineEnds {
    /// Every line end becomes CR LF.
    static func carriageReturns(_ text: String) -> String {
        guard has(0x0A, or: 0x0D, text) else { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 16)
        forEach(text) { piece, isLineEnd in
            if isLineEnd { bytes += [0x0D, 0x0A] } else { bytes.append(piece) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Every line end becomes LF.
    static func lineFeeds(_ text: String) -> String {
        guard has(0x0D, or: 0x0D, text) else { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        forEach(text) { piece, isLineEnd in bytes.append(isLineEnd ? 0x0A : piece) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether a text has one of two octets.
    private static func has(_ one: UInt8, or other: UInt8, _ text: String) -> Bool {
        let span = text.utf8.span
        // Without an early return the compiler compares many bytes at once.
        var found: UInt8 = 0
        for index in span.indices { found |= (span[index] == one ? 1 : 0) | (span[index] == other ? 1 : 0) }
        return found != 0
    }

    /// Gives every octet, and CR LF, CR or LF as one line end.
    private static func forEach(_ text: String, _ body: (UInt8, Bool) -> Void) {
        var isAfterReturn = false
        for byte in text.utf8 {
            switch byte {
            case 0x0D: body(byte, true)
            case 0x0A: if !isAfterReturn { body(byte, true) }
            default: body(byte, false)
            }
            isAfterReturn = byte == 0x0D
        }
    }
}
