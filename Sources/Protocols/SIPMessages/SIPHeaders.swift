/// The header fields of a message in wire order, over the bytes of the message.
///
/// Nothing is copied or read until it is asked for. The typed accessors read a field by its grammar and throw
/// ``SIPError`` with `.malformedHeader`; an absent field is nil or empty.
///
/// Source: RFC 3261 §7.3.
public struct SIPHeaders: Sendable, Equatable, RandomAccessCollection {
    /// Where a field lies in the bytes.
    struct Entry: Sendable, Equatable {
        var name: SIPHeaderName
        var isFolded: Bool
        /// Empty for a line without a colon.
        var nameStart: Int32
        var nameEnd: Int32
        var valueStart: Int32
        var valueEnd: Int32

        var nameRange: Range<Int> { Int(nameStart)..<Int(nameEnd) }
        var value: Range<Int> { Int(valueStart)..<Int(valueEnd) }
    }

    /// The whole message.
    let bytes: [UInt8]
    let entries: [Entry]

    init(bytes: [UInt8], entries: [Entry]) {
        self.bytes = bytes
        self.entries = entries
    }

    /// The position of the first field.
    public var startIndex: Int { 0 }
    /// The position after the last field.
    public var endIndex: Int { entries.count }
    /// The field at a position.
    public subscript(position: Int) -> SIPHeaderField { SIPHeaderField(bytes: bytes, entry: entries[position]) }

    /// The first field of a name; not for ``SIPHeaderName/other``.
    public func first(_ name: SIPHeaderName) -> SIPHeaderField? {
        entry(name).map { SIPHeaderField(bytes: bytes, entry: $0) }
    }

    /// The fields of a name, in order.
    public func all(_ name: SIPHeaderName) -> [SIPHeaderField] {
        entries.filter { $0.name == name }.map { SIPHeaderField(bytes: bytes, entry: $0) }
    }

    /// The fields of a name that has no case, compared without regard to case.
    public func all(named name: String) -> [SIPHeaderField] {
        let known = SIPHeaderName(name)
        if known != .other { return all(known) }
        return filter { $0.name == .other && $0.nameBytes.equalsIgnoringCase(name.utf8) }
    }

    /// The first value of a name that has no case, as text.
    public subscript(named name: String) -> String? {
        let known = SIPHeaderName(name)
        if known != .other { return text(known) }
        return first { $0.name == .other && $0.nameBytes.equalsIgnoringCase(name.utf8) }?.text
    }

    /// How often a field occurs.
    public func count(of name: SIPHeaderName) -> Int {
        var count = 0
        for entry in entries where entry.name == name { count += 1 }
        return count
    }

    /// Whether a field occurs.
    public func has(_ name: SIPHeaderName) -> Bool { entry(name) != nil }

    func entry(_ name: SIPHeaderName) -> Entry? {
        for entry in entries where entry.name == name { return entry }
        return nil
    }
}

/// One header field of a message.
public struct SIPHeaderField: Sendable {
    let bytes: [UInt8]
    let entry: SIPHeaders.Entry

    /// The name, when it is known.
    public var name: SIPHeaderName { entry.name }

    /// The name as it was written; empty for a line that has no colon.
    public var nameBytes: ArraySlice<UInt8> { bytes[entry.nameRange] }

    /// The name: the standard spelling of a known one, else as it was written.
    public var nameText: String { entry.name == .other ? nameBytes.repairedText : entry.name.rawValue }

    /// The value as received, folds included, without white space at its ends.
    public var rawValue: ArraySlice<UInt8> { bytes[entry.value] }

    /// Whether the value goes over several lines.
    public var isFolded: Bool { entry.isFolded }

    /// The value on one line: each fold with the white space around it is one space.
    ///
    /// Source: RFC 3261 §7.3.1.
    public var value: ArraySlice<UInt8> {
        guard entry.isFolded else { return rawValue }
        var result: [UInt8] = []
        result.reserveCapacity(entry.value.count)
        Folding.append(rawValue, to: &result)
        return result[...]
    }

    /// The value on one line as text, what is not UTF-8 repaired.
    public var text: String { value.repairedText }
}

/// The one-line form of folded values.
enum Folding {
    static func append(_ value: ArraySlice<UInt8>, to result: inout [UInt8]) {
        let start = result.count
        var inFold = false
        for byte in value {
            if byte == 0x0D || byte == 0x0A {
                while result.count > start, let last = result.last, last == 0x20 || last == 0x09 {
                    result.removeLast()
                }
                inFold = true
                continue
            }
            if inFold {
                if byte == 0x20 || byte == 0x09 { continue }
                inFold = false
                if result.count > start { result.append(0x20) }
            }
            result.append(byte)
        }
    }
}
