/// Escaping of characters that a localpart may not hold.
///
/// It applies to localparts only, and to the enforced form: after PRECIS on the way from XMPP, before it on the way
/// to XMPP. Only the listed sequences, in lower case, are escapes; everything else is literal text.
///
/// Source: XEP-0106 §3.2, §3.3, §4; RFC 3922 §3.2, §3.3.
public enum JIDEscaping {
    /// The spelling of escapes.
    public enum Form: Sendable, Hashable, CaseIterable {
        /// `\20 \22 \26 \27 \2f \3a \3c \3e \40` and, where the text would read as an escape, `\5c`.
        case xep0106
        /// `#26; #27; #2f;` for `&`, `'` and `/`.
        case hash
    }

    /// Undoes the escapes of a localpart in a single pass from left to right.
    public static func unescape(_ local: String, form: Form) -> String {
        let mark = form == .xep0106 ? UInt8(ascii: "\\") : UInt8(ascii: "#")
        guard local.utf8.contains(mark) else { return local }
        let bytes = Array(local.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if bytes[index] == mark, let (byte, length) = escape(in: bytes, at: index, form) {
                result.append(byte)
                index += length
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Escapes a text for use as a localpart; `unescape` of the result gives the text again.
    ///
    /// - Parameters:
    ///   - text: what stands before the `@` of a foreign address, with percent-encoding undone.
    ///   - form: the spelling of escapes.
    /// - Returns: the escaped text, still to be enforced; nil when no escaped form stands for the text: in form
    ///   `xep0106` when it starts or ends with a space, in form `hash` when it holds one of the sequences itself.
    public static func escape(_ text: String, form: Form) -> String? {
        let bytes = Array(text.utf8)
        switch form {
        case .xep0106:
            guard bytes.first != 0x20, bytes.last != 0x20 else { return nil }
            return escapedByBackslash(bytes)
        case .hash:
            return escapedByHash(bytes)
        }
    }

    /// Whether a localpart is the escaped form of some text, so that `escape` of its unescaped text gives it again.
    public static func isReversible(_ local: String, form: Form) -> Bool {
        escape(unescape(local, form: form), form: form) == local
    }

    private static func escapedByBackslash(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + 8)
        for (index, byte) in bytes.enumerated() {
            let isBackslash = byte == UInt8(ascii: "\\")
            let mustEscape = isBackslash ? escape(in: bytes, at: index, .xep0106) != nil : isEscaped(byte)
            if mustEscape {
                result.append(UInt8(ascii: "\\"))
                result.append(ASCII.lowercased(ASCII.upperHexDigit(byte >> 4)))
                result.append(ASCII.lowercased(ASCII.upperHexDigit(byte & 15)))
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func escapedByHash(_ bytes: [UInt8]) -> String? {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + 8)
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case UInt8(ascii: "&"): result.append(contentsOf: "#26;".utf8)
            case UInt8(ascii: "'"): result.append(contentsOf: "#27;".utf8)
            case UInt8(ascii: "/"): result.append(contentsOf: "#2f;".utf8)
            case UInt8(ascii: "#"):
                if escape(in: bytes, at: index, .hash) != nil { return nil }
                result.append(byte)
            default: result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Whether the byte, other than a backslash, is always escaped in form `xep0106`.
    private static func isEscaped(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x20, 0x22, 0x26, 0x27, 0x2F, 0x3A, 0x3C, 0x3E, 0x40: true
        default: false
        }
    }

    /// The byte that the escape at `index` stands for, and the length of the escape.
    private static func escape(in bytes: [UInt8], at index: Int, _ form: Form) -> (UInt8, Int)? {
        guard index + 2 < bytes.count, let high = lowerHexValue(bytes[index + 1]),
            let low = lowerHexValue(bytes[index + 2])
        else { return nil }
        let byte = high << 4 | low
        switch form {
        case .xep0106:
            return isEscaped(byte) || byte == UInt8(ascii: "\\") ? (byte, 3) : nil
        case .hash:
            guard index + 3 < bytes.count, bytes[index + 3] == UInt8(ascii: ";") else { return nil }
            return byte == 0x26 || byte == 0x27 || byte == 0x2F ? (byte, 4) : nil
        }
    }

    private static func lowerHexValue(_ byte: UInt8) -> UInt8? {
        ASCII.isUppercase(byte) ? nil : ASCII.hexValue(byte)
    }
}
