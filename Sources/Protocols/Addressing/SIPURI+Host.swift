extension SIPURI {
    /// The host of a URI: a name or an address.
    public enum Host: Sendable, CustomStringConvertible {
        /// An ASCII host name in the spelling that was given; it compares without regard to case and final dot.
        case name(String)
        /// An IPv4 address.
        case ipv4(IPv4Address)
        /// An IPv6 address with the spelling between the brackets.
        case ipv6(IPv6Address, spelling: String)

        /// Reads a host: an ASCII name, an IPv4 address, or an IPv6 address in brackets.
        ///
        /// - Throws: ``AddressError`` with `.empty`, `.malformedDomain` or `.malformedLiteral`.
        ///
        /// Source: RFC 3261 §25.1.
        public init(_ text: String) throws(AddressError) {
            let span = text.utf8.span
            self = try SIPURI.host(in: span, 0..<span.count)
        }

        /// Makes a host from an address.
        public init(_ address: IPAddress) {
            switch address {
            case .v4(let address): self = .ipv4(address)
            case .v6(let address): self = .ipv6(address, spelling: address.description)
            }
        }

        /// The host as it is written in a URI, IPv6 in brackets.
        public var description: String {
            switch self {
            case .name(let name): name
            case .ipv4(let address): address.description
            case .ipv6(_, let spelling): "[" + spelling + "]"
            }
        }

        /// The form to compare and to store: lower case, no final dot, IPv6 in canonical text.
        public var canonical: String {
            switch self {
            case .name(let name):
                ASCII.lowercased(Self.endsWithDot(name.utf8.span) ? String(name.dropLast()) : name)
            case .ipv4(let address): address.description
            case .ipv6(let address, _): "[" + address.description + "]"
            }
        }

        private static func endsWithDot(_ name: Span<UInt8>) -> Bool {
            !name.isEmpty && name[name.count - 1] == UInt8(ascii: ".")
        }

        /// The address, when the host is one.
        public var address: IPAddress? {
            switch self {
            case .name: nil
            case .ipv4(let address): .v4(address)
            case .ipv6(let address, _): .v6(address)
            }
        }
    }
}

extension SIPURI.Host: Hashable {
    /// Whether both are the same name, without regard to case and final dot, or the same address.
    public static func == (left: SIPURI.Host, right: SIPURI.Host) -> Bool {
        switch (left, right) {
        case (.name(let one), .name(let other)): one == other || left.canonical == right.canonical
        case (.ipv4(let one), .ipv4(let other)): one == other
        case (.ipv6(let one, _), .ipv6(let other, _)): one == other
        default: false
        }
    }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .name: hasher.combine(canonical)
        case .ipv4(let address): hasher.combine(address)
        case .ipv6(let address, _): hasher.combine(address)
        }
    }
}
