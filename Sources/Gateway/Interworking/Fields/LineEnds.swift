/// The line ends of both shores.
///
/// Source: RFC 3862 §2.3.
enum LineEnds {
    /// Every line end becomes CR LF.
    static func carriageReturns(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D }) else { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 16)
        forEach(text) { piece, isLineEnd in
            if isLineEnd { bytes += [0x0D, 0x0A] } else { bytes.append(piece) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Every line end becomes LF.
    static func lineFeeds(_ text: String) -> String {
        guard text.utf8.contains(0x0D) else { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        forEach(text) { piece, isLineEnd in bytes.append(isLineEnd ? 0x0A : piece) }
        return String(decoding: bytes, as: UTF8.self)
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
