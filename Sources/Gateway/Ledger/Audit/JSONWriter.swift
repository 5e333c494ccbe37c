/// Writes one JSON object into bytes, without spaces and in the order of the calls.
///
/// The output for the same calls is always the same bytes, so that a hash over them means something. Strings escape
/// only what must be escaped; keys that are literals are written as they stand and need no escape. The caller pairs each `begin…` with its `end…`; a debug build checks that.
///
/// Source: RFC 8259 section 7.
public struct JSONWriter: Sendable {
    /// What has been written.
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false
    private var depth = 0

    /// Creates a writer.
    ///
    /// - Parameter capacity: how many bytes the output probably has.
    public init(capacity: Int = 512) {
        bytes.reserveCapacity(capacity)
    }

    /// Creates a writer whose output comes behind bytes that are there.
    ///
    /// - Parameter bytes: what comes before; ``finish()`` gives it back with the output.
    init(continuing bytes: consuming [UInt8]) {
        self.bytes = bytes
    }

    /// Opens an object, as the whole output or as an element of an array.
    public mutating func beginObject() {
        separate()
        open(UInt8(ascii: "{"))
    }

    /// Opens an object as the value of a key.
    ///
    /// - Parameter key: the key.
    public mutating func beginObject(_ key: StaticString) {
        self.key(key)
        open(UInt8(ascii: "{"))
    }

    /// Closes the innermost object.
    public mutating func endObject() {
        close(UInt8(ascii: "}"))
    }

    /// Opens an array as the value of a key.
    ///
    /// - Parameter key: the key.
    public mutating func beginArray(_ key: StaticString) {
        self.key(key)
        open(UInt8(ascii: "["))
    }

    /// Closes the innermost array.
    public mutating func endArray() {
        close(UInt8(ascii: "]"))
    }

    /// Writes a key and a string.
    ///
    /// - Parameters:
    ///   - key: the key.
    ///   - value: the string.
    public mutating func field(_ key: StaticString, _ value: String) {
        let text = value.utf8.span
        guard !text.needsEscape else {
            self.key(key, opensText: true)
            JSONWriter.escape(value, to: &bytes)
            bytes.append(UInt8(ascii: "\""))
            return
        }
        // The bytes of a literal never move, and the span stays inside the closure.
        key.withUTF8Buffer { unsafe member($0.span, text) }
    }

    /// Writes a key that is not a literal, and a string.
    ///
    /// - Parameters:
    ///   - name: the key.
    ///   - value: the string.
    public mutating func field(named name: String, _ value: String) {
        let (key, text) = (name.utf8.span, value.utf8.span)
        guard !key.needsEscape, !text.needsEscape else {
            separate()
            string(name)
            bytes.append(UInt8(ascii: ":"))
            string(value)
            return
        }
        member(key, text)
    }

    /// Writes a key and an integer.
    ///
    /// - Parameters:
    ///   - key: the key.
    ///   - value: the integer.
    public mutating func field(_ key: StaticString, _ value: Int64) {
        self.key(key)
        integer(value)
    }

    /// Writes a key and a truth value.
    ///
    /// - Parameters:
    ///   - key: the key.
    ///   - value: the truth value.
    public mutating func field(_ key: StaticString, _ value: Bool) {
        self.key(key)
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    /// Writes a key and a string that is already in bytes and needs no escape, such as hexadecimal digits.
    ///
    /// - Parameters:
    ///   - key: the key.
    ///   - append: appends the characters of the string.
    public mutating func field(_ key: StaticString, plain append: (inout [UInt8]) -> Void) {
        self.key(key, opensText: true)
        append(&bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes a key and a value that is JSON already.
    ///
    /// - Parameters:
    ///   - key: the key.
    ///   - value: the value.
    mutating func field(_ key: StaticString, written value: [UInt8]) {
        self.key(key)
        bytes.append(contentsOf: value)
    }

    /// Writes a key and an array of strings.
    ///
    /// - Parameters:
    ///   - key: the key.
    ///   - values: the strings.
    public mutating func field(_ key: StaticString, _ values: [String]) {
        beginArray(key)
        for value in values {
            element(value)
        }
        endArray()
    }

    /// Writes a string as an element of an array.
    ///
    /// - Parameter value: the string.
    public mutating func element(_ value: String) {
        separate()
        string(value)
    }

    /// Ends the output.
    ///
    /// - Returns: the whole object.
    public consuming func finish() -> [UInt8] {
        assert(depth == 0, "an object or array is still open")
        return bytes
    }

    private mutating func open(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = false
        depth += 1
    }

    private mutating func close(_ bracket: UInt8) {
        assert(depth > 0, "nothing is open")
        bytes.append(bracket)
        needsComma = true
        depth -= 1
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    /// Appends a key and a string, neither of which needs an escape, in one step.
    @inline(__always)
    private mutating func member(_ key: Span<UInt8>, _ text: Span<UInt8>) {
        let comma = needsComma
        needsComma = true
        bytes.append(addingCapacity: key.count + text.count + 6) { (output: inout OutputSpan<UInt8>) in
            if comma { output.append(UInt8(ascii: ",")) }
            output.append(UInt8(ascii: "\""))
            output.append(all: key)
            output.append(UInt8(ascii: "\""))
            output.append(UInt8(ascii: ":"))
            output.append(UInt8(ascii: "\""))
            output.append(all: text)
            output.append(UInt8(ascii: "\""))
        }
    }

    /// Appends a key, with the comma before it and the quotation mark behind it, in one step.
    private mutating func key(_ key: StaticString, opensText: Bool = false) {
        let comma = needsComma
        needsComma = true
        // The bytes of a literal never move, and the span stays inside the closure.
        key.withUTF8Buffer { literal in
            let name = unsafe literal.span
            bytes.append(addingCapacity: name.count + 5) { (output: inout OutputSpan<UInt8>) in
                if comma { output.append(UInt8(ascii: ",")) }
                output.append(UInt8(ascii: "\""))
                output.append(all: name)
                output.append(UInt8(ascii: "\""))
                output.append(UInt8(ascii: ":"))
                if opensText { output.append(UInt8(ascii: "\"")) }
            }
        }
    }

    private mutating func integer(_ value: Int64) {
        JSONWriter.append(value, to: &bytes)
    }

    private mutating func string(_ value: String) {
        bytes.append(UInt8(ascii: "\""))
        JSONWriter.escape(value, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Appends the decimal digits of a number.
    static func append(_ value: Int64, to bytes: inout [UInt8]) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        let rest = value.magnitude
        var place: UInt64 = 1
        while rest / place >= 10 { place *= 10 }
        while place > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest / place % 10))
            place /= 10
        }
    }

    /// Appends the characters of a string, escaped, without the quotation marks.
    static func escape(_ value: String, to bytes: inout [UInt8]) {
        let text = value.utf8.span
        guard text.needsEscape else {
            // The bytes are copied before the closure returns.
            unsafe text.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
            return
        }
        for index in text.indices {
            escape(text[index], to: &bytes)
        }
    }

    private static func escape(_ byte: UInt8, to bytes: inout [UInt8]) {
        let short: UInt8
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): short = byte
        case 0x08: short = UInt8(ascii: "b")
        case 0x09: short = UInt8(ascii: "t")
        case 0x0A: short = UInt8(ascii: "n")
        case 0x0C: short = UInt8(ascii: "f")
        case 0x0D: short = UInt8(ascii: "r")
        case 0..<0x20:
            bytes.append(contentsOf: byte < 0x10 ? "\\u000".utf8 : "\\u001".utf8)
            let low = byte & 15
            bytes.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") - 10 + low)
            return
        default:
            bytes.append(byte)
            return
        }
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(short)
    }
}

extension OutputSpan<UInt8> {
    /// Appends bytes in one copy; there must be room for them.
    @inline(__always)
    fileprivate mutating func append(all bytes: Span<UInt8>) {
        precondition(bytes.count <= freeCapacity, "there is no room for the bytes")
        // Both regions are lent for the call; the condition keeps the copy within the second, behind what it holds.
        unsafe withUnsafeMutableBufferPointer { room, count in
            unsafe bytes.withUnsafeBufferPointer { source in
                guard let from = source.baseAddress, let start = room.baseAddress else { return }
                unsafe (start + count).initialize(from: from, count: source.count)
            }
            count += bytes.count
        }
    }
}
