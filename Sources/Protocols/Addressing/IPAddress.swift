/// An IPv4 or IPv6 address, compared by value.
public enum IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// An IPv4 address.
    case v4(IPv4Address)
    /// An IPv6 address.
    case v6(IPv6Address)

    /// Reads dotted IPv4 or colon-separated IPv6 text, the latter with or without brackets.
    ///
    /// - Throws: ``AddressError`` with `.malformedLiteral`.
    public init(_ text: String) throws(AddressError) {
        let bytes = Array(text.utf8)
        let bracketed = bytes.count >= 2 && bytes.first == UInt8(ascii: "[") && bytes.last == UInt8(ascii: "]")
        if let address = IPv4Address(bytes: bytes[...]) {
            self = .v4(address)
        } else if let address = IPv6Address(bytes: bracketed ? bytes[1..<(bytes.count - 1)] : bytes[...]) {
            self = .v6(address)
        } else {
            throw AddressError(.malformedLiteral, "The text is neither an IPv4 nor an IPv6 address.")
        }
    }

    /// The canonical text, without brackets.
    public var description: String {
        switch self {
        case .v4(let address): address.description
        case .v6(let address): address.description
        }
    }
}

/// An IPv4 address.
public struct IPv4Address: Hashable, Sendable, CustomStringConvertible {
    /// The address as a number, first octet highest.
    public let bits: UInt32

    /// Makes an address from its number.
    public init(bits: UInt32) { self.bits = bits }

    /// Reads four decimal octets without leading zeros; anything else is nil.
    ///
    /// Source: RFC 3986 §3.2.2.
    public init?(bytes: ArraySlice<UInt8>) {
        self.init(span: bytes.span)
    }

    init?(span: Span<UInt8>) {
        var bits: UInt32 = 0
        var octet: UInt32 = 0
        var digits = 0
        var dots = 0
        guard span.count >= 7, span.count <= 15 else { return nil }
        for index in 0..<span.count {
            let byte = span[index]
            if ASCII.isDigit(byte) {
                guard digits == 0 || octet != 0 else { return nil }
                octet = octet * 10 + UInt32(byte - 0x30)
                digits += 1
                guard octet <= 255 else { return nil }
            } else {
                guard byte == UInt8(ascii: "."), digits > 0, dots < 3 else { return nil }
                bits = bits << 8 | octet
                octet = 0
                digits = 0
                dots += 1
            }
        }
        guard dots == 3, digits > 0 else { return nil }
        self.bits = bits << 8 | octet
    }

    /// The address as four decimal octets.
    public var description: String {
        // 15 bytes at most, which is no more than a text holds in itself.
        unsafe String(unsafeUninitializedCapacity: 15) { buffer in
            var end = 0
            func append(_ byte: UInt32) {
                unsafe buffer.initializeElement(at: end, to: UInt8(truncatingIfNeeded: byte))
                end += 1
            }
            for shift in stride(from: 24, through: 0, by: -8) {
                let octet = bits >> shift & 255
                if octet >= 100 { append(0x30 + octet / 100) }
                if octet >= 10 { append(0x30 + octet / 10 % 10) }
                append(0x30 + octet % 10)
                if shift > 0 { append(UInt32(UInt8(ascii: "."))) }
            }
            return end
        }
    }
}
