public import Addressing

/// Which addresses may be connected to when a stranger's domain names them.
///
/// Any peer can make this side connect by sending from a domain of its own, so that what it names must not reach
/// what only this machine or its link reaches (XEP-0205).
public struct AddressPolicy: Sendable, Equatable {
    /// What an address is for.
    ///
    /// Source: RFC 6890 §2.2.2, §2.2.3, RFC 4291 §2.5.7, RFC 8215 §7.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// `0.0.0.0/8`, `::`: this machine.
        case unspecified
        /// `127.0.0.0/8`, `::1`.
        case loopback
        /// `169.254.0.0/16`, `fe80::/10`.
        case linkLocal = "link-local"
        /// `10.0.0.0/8`, `172.16.0.0/12`, `192.168.0.0/16`, `100.64.0.0/10`, `fc00::/7`; what only tests (`198.18.0.0/15`)
        /// or translators (`64:ff9b:1::/48`) of a network use, and what was for one site (`fec0::/10`).
        case privateUse = "private"
        /// `224.0.0.0/4`, `ff00::/8`.
        case multicast
        /// `240.0.0.0/4`, which has the broadcast address; `192.0.0.0/24`, which protocols use, and the tunnels of
        /// `2001::/32` (Teredo).
        case reserved
        /// An address of this machine, with a port that is refused there.
        case own
        /// Everything else.
        case global
    }

    /// A range of addresses.
    public struct Block: Sendable, Hashable {
        /// An address of the range.
        public var address: IPAddress
        /// How many leading bits all its addresses have.
        public var prefix: Int

        /// Reads `192.0.2.0/24`, `2001:db8::/32` or a single address; anything else is nil.
        public init?(_ text: String) {
            let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard let address = try? IPAddress(String(parts[0])) else { return nil }
            let width = if case .v4 = address { 32 } else { 128 }
            var prefix = width
            if parts.count == 2 {
                guard let given = Int(parts[1]), (0...width).contains(given) else { return nil }
                prefix = given
            }
            self.address = address
            self.prefix = prefix
        }

        /// Whether the range has an address.
        public func contains(_ other: IPAddress) -> Bool {
            switch (address, other) {
            case (.v4(let one), .v4(let two)):
                return prefix == 0 || (one.bits ^ two.bits) >> UInt32(32 - prefix) == 0
            case (.v6(let one), .v6(let two)):
                let high = one.high ^ two.high
                if prefix <= 64 { return prefix == 0 || high >> UInt64(64 - prefix) == 0 }
                return high == 0 && (one.low ^ two.low) >> UInt64(128 - prefix) == 0
            case (.v4, .v6), (.v6, .v4): return false
            }
        }
    }

    /// What is refused; private addresses are not, since domains of one company name them.
    public var refused: Set<Kind> = [.unspecified, .loopback, .linkLocal, .multicast, .reserved, .own]
    /// What is allowed although its kind is refused.
    public var allowed: [Block] = []
    /// Addresses of this machine, those on which its listeners can be reached.
    public var ownAddresses: Set<IPAddress> = []
    /// Ports that are refused there: those of this gateway's listeners; nil for every port.
    public var ownPorts: Set<UInt16>? = []
    /// Whether a domain that is an IP literal may be connected to.
    public var allowsLiteralDomains = false

    /// The defaults.
    public init() {}

    /// Why an address is refused, or nil when it may be connected to.
    public func refusal(of address: IPAddress, port: UInt16) -> Kind? {
        let reached = Self.reached(by: address)
        let kinds = reached.map(Self.kind)
        if ownPorts?.contains(port) ?? true, refused.contains(.own) {
            // A loopback address reaches every listener that is not bound to another address.
            let isLocal = kinds.contains(.loopback) || kinds.contains(.unspecified)
            if isLocal || !ownAddresses.isDisjoint(with: reached) { return .own }
        }
        guard let kind = kinds.first(where: refused.contains) else { return nil }
        return allowed.contains { $0.contains(address) } ? nil : kind
    }

    /// An address, and the IPv4 address in it.
    ///
    /// An IPv6 address that stands for an IPv4 address reaches that one: mapped, translated (`64:ff9b::/96`),
    /// 6to4 (`2002::/16`) and compatible ones.
    private static func reached(by address: IPAddress) -> [IPAddress] {
        guard case .v6(let outer) = address, let inner = embedded(in: outer) else { return [address] }
        return [address, .v4(inner)]
    }

    private static func embedded(in address: IPv6Address) -> IPv4Address? {
        let last = IPv4Address(bits: UInt32(truncatingIfNeeded: address.low))
        if address.high == 0x0064_FF9B_0000_0000, address.low >> 32 == 0 { return last }
        if address.high >> 48 == 0x2002 { return IPv4Address(bits: UInt32(truncatingIfNeeded: address.high >> 16)) }
        guard address.high == 0 else { return nil }
        if address.low >> 32 == 0xFFFF || address.low >> 16 > 0 && address.low >> 32 == 0 { return last }
        return nil
    }

    private static func kind(of address: IPAddress) -> Kind {
        switch address {
        case .v4(let address): kind(of: address)
        case .v6(let address): kind(of: address)
        }
    }

    private static func kind(of address: IPv4Address) -> Kind {
        let (first, second) = (address.bits >> 24, address.bits >> 16 & 255)
        if address.bits >> 8 == 0xC0_00_00 { return .reserved }
        switch (first, second) {
        case (0, _): return .unspecified
        case (127, _): return .loopback
        case (169, 254): return .linkLocal
        case (10, _), (172, 16...31), (192, 168), (100, 64...127), (198, 18...19): return .privateUse
        case (224...239, _): return .multicast
        case (240..., _): return .reserved
        default: return .global
        }
    }

    private static func kind(of address: IPv6Address) -> Kind {
        switch (address.high, address.low) {
        case (0, 0): return .unspecified
        case (0, 1): return .loopback
        default: break
        }
        if address.high >> 54 == 0xFE80 >> 6 { return .linkLocal }
        if address.high >> 57 == 0xFC >> 1 || address.high >> 54 == 0xFEC0 >> 6 { return .privateUse }
        if address.high >> 16 == 0x0064_FF9B_0001 { return .privateUse }
        if address.high >> 32 == 0x2001_0000 { return .reserved }
        if address.high >> 56 == 0xFF { return .multicast }
        return .global
    }
}
