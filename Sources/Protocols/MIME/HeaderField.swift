/// One header field: its octets as received, and its value unfolded on demand.
///
/// Source: RFC 2045 §3, RFC 5322 §2.2.
public struct HeaderField: Sendable, Equatable, CustomStringConvertible {
    /// The octets from the first of the name to the last of the value, folds included, without the final line end.
    public let raw: ArraySlice<UInt8>
    private let colon: Int

    /// Takes a field whose colon was found at `colon`, an index of `raw`.
    init(raw: ArraySlice<UInt8>, colon: Int) {
        self.raw = raw
        self.colon = colon
    }

    /// Makes a field, unless the name or the value holds what a header field cannot carry.
    ///
    /// - Parameters:
    ///   - name: printable US-ASCII without a colon.
    ///   - value: text without control characters other than tab; white space at both ends is removed.
    public init?(name: String, value: String) {
        let name = name.utf8.span
        let value = value.utf8.span
        guard !name.isEmpty else { return nil }
        for index in name.indices where !Self.isName(name[index]) { return nil }
        var start = 0
        var end = value.count
        while start < end, value[start].isFolding { start += 1 }
        while end > start, value[end - 1].isFolding { end -= 1 }
        for index in start..<end where value[index].isControl && value[index] != 0x09 { return nil }
        let colon = name.count
        var bytes: [UInt8] = []
        bytes.reserveCapacity(colon + 2 + end - start)
        bytes.append(all: name)
        bytes.append(UInt8(ascii: ":"))
        if start < end {
            bytes.append(0x20)
            bytes.append(all: value.extracting(start..<end))
        }
        self.init(raw: bytes[...], colon: colon)
    }

    static func isName(_ octet: UInt8) -> Bool { octet > 0x20 && octet < 0x7F && octet != UInt8(ascii: ":") }

    /// The octets of the name, without blanks before the colon.
    private var nameBytes: ArraySlice<UInt8> { raw[raw.startIndex..<colon].trimmed }

    /// The name in the spelling received.
    public var name: String { String(decoding: nameBytes, as: UTF8.self) }

    /// Whether the name is `name`, without regard to case.
    ///
    /// - Parameter name: in any case.
    /// - Returns: whether the names are equal.
    public func isNamed(_ name: String) -> Bool { nameBytes.span.equalsIgnoringCase(name.utf8.span) }

    /// The octets of the value: line ends of folds removed, white space at both ends removed (RFC 5322 §2.2.3).
    public var value: ArraySlice<UInt8> {
        let folded = raw[(colon + 1)...].trimmed
        guard folded.contains(0x0A) else { return folded }
        return folded.filter { $0 != 0x0D && $0 != 0x0A }[...]
    }

    /// The value as text; octets that are not UTF-8 become U+FFFD.
    public var text: String { String(decoding: value, as: UTF8.self) }

    /// The field on one line, for logs.
    public var description: String { "\(name): \(text)" }

    /// Compares the octets.
    public static func == (one: HeaderField, other: HeaderField) -> Bool { one.raw == other.raw }
}
