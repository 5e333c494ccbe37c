/// The parameters after a header value, in order, over the bytes of the message.
///
/// Names compare without regard to case; the first of a name counts.
///
/// Source: RFC 3261 §7.3.1, §25.1.
public struct SIPParameters: Sendable, Sequence {
    /// One parameter.
    public struct Parameter: Sendable {
        let bytes: [UInt8]
        let nameRange: Range<Int>
        let valueRange: Range<Int>?

        /// The name as received.
        public var name: ArraySlice<UInt8> { bytes[nameRange] }

        /// The value as received, with its quotation marks; nil when there is none.
        public var rawValue: ArraySlice<UInt8>? { valueRange.map { bytes[$0] } }

        /// The value as text, without quotation marks and their escapes; nil when there is none.
        public var value: String? { valueRange.map { QuotedText.decoded(bytes[$0]) } }
    }

    let bytes: [UInt8]
    /// Checked before: `*( SEMI generic-param )`.
    let range: Range<Int>

    /// Whether there is none.
    public var isEmpty: Bool { range.isEmpty }

    /// The parameter of a name, given in lower case.
    public subscript(name: String) -> Parameter? {
        first { $0.name.count == name.utf8.count && $0.name.equalsIgnoringCase(name.utf8) }
    }

    /// Whether a parameter occurs, with or without value; the name is given in lower case.
    public func has(_ name: String) -> Bool { self[name] != nil }

    /// Goes through the parameters in order.
    public func makeIterator() -> Iterator { Iterator(cursor: HeaderCursor(bytes, range, of: .other)) }

    /// Goes through parameters.
    public struct Iterator: IteratorProtocol, Sendable {
        var cursor: HeaderCursor

        /// The next parameter.
        public mutating func next() -> Parameter? {
            guard cursor.takeSeparator(UInt8(ascii: ";")) else { return nil }
            let name = cursor.token()
            guard cursor.takeSeparator(UInt8(ascii: "=")) else {
                return Parameter(bytes: cursor.bytes, nameRange: name, valueRange: nil)
            }
            let start = cursor.index
            do throws(SIPError) {
                try cursor.skipParameterValue()
            } catch {
                return nil
            }
            let value = start..<cursor.index
            return Parameter(bytes: cursor.bytes, nameRange: name, valueRange: value.isEmpty ? nil : value)
        }
    }
}

/// Text that may stand in quotation marks.
enum QuotedText {
    /// The text meant: quotation marks and escapes undone, folds as one space, what is not UTF-8 repaired.
    static func decoded(_ bytes: ArraySlice<UInt8>) -> String {
        guard bytes.count >= 2, bytes.first == UInt8(ascii: "\""), bytes.last == UInt8(ascii: "\"") else {
            return bytes.contains(0x0D) ? unfolded(bytes).repairedText : bytes.repairedText
        }
        let inner = bytes.dropFirst().dropLast()
        guard inner.contains(where: { $0 == UInt8(ascii: "\\") || $0 == 0x0D }) else { return inner.repairedText }
        var result: [UInt8] = []
        var isEscaped = false
        for byte in unfolded(inner) {
            if !isEscaped, byte == UInt8(ascii: "\\") {
                isEscaped = true
                continue
            }
            isEscaped = false
            result.append(byte)
        }
        return result.repairedText
    }

    private static func unfolded(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        Folding.append(bytes, to: &result)
        return result
    }

    /// The text in quotation marks, as it is written; controls become spaces.
    ///
    /// Source: RFC 3261 §25.1.
    static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
            bytes.append(byte.isControl && byte != 0x09 ? 0x20 : byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
