import MIME

/// A header field that is to be written.
public struct SIPHeaderLine: Sendable, Equatable {
    /// The name as it is written.
    public let name: String
    /// The value; what would end the line becomes a space when it is written.
    public let value: String
    /// The name among those that are known.
    let known: SIPHeaderName

    /// Makes a field of a known name; ``SIPHeaderName/other`` has no name and is never written.
    public init(_ name: SIPHeaderName, _ value: String) {
        self.name = name.rawValue
        self.value = value
        known = name
    }

    /// Makes a field of any name; nil when the name is no token.
    public init?(named name: String, _ value: String) {
        guard !name.isEmpty, name.utf8.allSatisfy(\.isToken) else { return nil }
        self.name = name
        self.value = value
        known = SIPHeaderName(name)
    }
}

/// Appends parts of messages so that no value can end its line.
///
/// Source: RFC 3261 §7.3.1, §25.1.
enum WireText {
    static func endLine(_ bytes: inout [UInt8]) {
        bytes.append(0x0D)
        bytes.append(0x0A)
    }

    static func append(_ line: SIPHeaderLine, to bytes: inout [UInt8]) {
        guard !line.name.isEmpty else { return }
        bytes.append(all: line.name.utf8.span)
        bytes.append(literal: ": ")
        value(line.value.utf8.span, to: &bytes)
        endLine(&bytes)
    }

    /// A value: carriage return, line feed and NUL become spaces.
    static func value(_ value: Span<UInt8>, to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes.append(all: value)
        for index in start..<bytes.count where bytes[index] == 0x0D || bytes[index] == 0x0A || bytes[index] == 0 {
            bytes[index] = 0x20
        }
    }

    /// A part without white space, such as a branch or a tag: all bytes that could end it are left out.
    static func word(_ text: Span<UInt8>, to bytes: inout [UInt8]) {
        if isPlain(text, endsAtSeparators: true) { return bytes.append(all: text) }
        for index in text.indices where text[index] > 0x20 && text[index] < 0x7F {
            switch text[index] {
            case UInt8(ascii: ";"), UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"):
                continue
            default: bytes.append(text[index])
            }
        }
    }

    /// A URI: bytes that no URI may hold are escaped.
    static func uri(_ text: Span<UInt8>, to bytes: inout [UInt8]) {
        if isPlain(text, endsAtSeparators: false) { return bytes.append(all: text) }
        for index in text.indices {
            let byte = text[index]
            switch byte {
            case 0...0x20, 0x7F...0xFF, UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""):
                bytes.append(UInt8(ascii: "%"))
                bytes.append(digit(byte >> 4))
                bytes.append(digit(byte & 15))
            default: bytes.append(byte)
            }
        }
    }

    /// Whether a text can be written as it is.
    private static func isPlain(_ text: Span<UInt8>, endsAtSeparators: Bool) -> Bool {
        // Without an early return the compiler compares many bytes at once.
        let separator: UInt8 = endsAtSeparators ? 1 : 0
        var found: UInt8 = 0
        for index in text.indices {
            let byte = text[index]
            found |= (byte <= 0x20 ? 1 : 0) | (byte >= 0x7F ? 1 : 0) | (byte == 0x22 ? 1 : 0)
            found |= (byte == 0x3C ? 1 : 0) | (byte == 0x3E ? 1 : 0)
            found |= (byte == 0x3B ? separator : 0) | (byte == 0x2C ? separator : 0)
        }
        return found == 0
    }

    static func number(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
        // From the last digit to the first, and turned around.
        var low = bytes.count
        var rest = number.magnitude
        repeat {
            bytes.append(UInt8(truncatingIfNeeded: 0x30 + rest % 10))
            rest /= 10
        } while rest > 0
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        var high = bytes.count - 1
        while low < high {
            bytes.swapAt(low, high)
            low += 1
            high -= 1
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 + value }
}
