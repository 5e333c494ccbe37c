public import Addressing

/// The type of a record.
///
/// Source: RFC 1035 §3.2.2, RFC 2782, RFC 6698 §7.1.
public struct RecordType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The number on the wire.
    public let rawValue: UInt16

    /// Makes a type from its number.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// An IPv4 address.
    public static let a = RecordType(rawValue: 1)
    /// The name that another stands for.
    public static let cname = RecordType(rawValue: 5)
    /// Texts.
    public static let txt = RecordType(rawValue: 16)
    /// An IPv6 address.
    public static let aaaa = RecordType(rawValue: 28)
    /// The server of a service.
    public static let srv = RecordType(rawValue: 33)
    /// A rule that leads to another name.
    public static let naptr = RecordType(rawValue: 35)
    /// What the certificate of a server must match.
    public static let tlsa = RecordType(rawValue: 52)

    /// The name as in zone files.
    public var description: String {
        switch self {
        case .a: "A"
        case .cname: "CNAME"
        case .txt: "TXT"
        case .aaaa: "AAAA"
        case .srv: "SRV"
        case .naptr: "NAPTR"
        case .tlsa: "TLSA"
        default: "TYPE\(rawValue)"
        }
    }
}

/// Where a service of a domain is.
///
/// Source: RFC 2782.
public struct SRVRecord: Hashable, Sendable {
    /// Lower ones are tried first.
    public var priority: UInt16
    /// The share among those of one priority.
    public var weight: UInt16
    /// The port of the target.
    public var port: UInt16
    /// The host; the root when the service is not offered.
    public var target: DNSName

    /// Makes a record.
    public init(priority: UInt16, weight: UInt16, port: UInt16, target: DNSName) {
        self.priority = priority
        self.weight = weight
        self.port = port
        self.target = target
    }
}

/// A certificate or key that a TLS server is bound to.
///
/// Source: RFC 6698 §2.1.
public struct TLSARecord: Hashable, Sendable {
    /// 0 PKIX-TA, 1 PKIX-EE, 2 DANE-TA, 3 DANE-EE.
    public var usage: UInt8
    /// 0 the whole certificate, 1 its SubjectPublicKeyInfo.
    public var selector: UInt8
    /// 0 the bytes themselves, 1 their SHA-256, 2 their SHA-512.
    public var matching: UInt8
    /// What is compared.
    public var association: [UInt8]

    /// Makes a record.
    public init(usage: UInt8, selector: UInt8, matching: UInt8, association: [UInt8]) {
        self.usage = usage
        self.selector = selector
        self.matching = matching
        self.association = association
    }

    /// Whether usage, selector and matching type are known, and a hash has its length.
    ///
    /// Source: RFC 6698 §4.1.
    public var isUsable: Bool {
        guard usage <= 3, selector <= 1 else { return false }
        switch matching {
        case 0: return !association.isEmpty
        case 1: return association.count == 32
        case 2: return association.count == 64
        default: return false
        }
    }
}

/// A rule that leads from a domain to the SRV name of one transport.
///
/// Source: RFC 3263 §4.1.
public struct NAPTRRecord: Hashable, Sendable {
    /// Lower ones are tried first.
    public var order: UInt16
    /// Lower ones are preferred among those of one order.
    public var preference: UInt16
    /// What the replacement is: `s` for the name of a SRV record.
    public var flags: [UInt8]
    /// The service and what resolves it, such as `SIP+D2T`.
    public var services: [UInt8]
    /// A substitution; empty for SIP.
    public var pattern: [UInt8]
    /// The next name.
    public var replacement: DNSName

    /// Makes a rule.
    public init(
        order: UInt16,
        preference: UInt16,
        flags: [UInt8],
        services: [UInt8],
        pattern: [UInt8],
        replacement: DNSName
    ) {
        self.order = order
        self.preference = preference
        self.flags = flags
        self.services = services
        self.pattern = pattern
        self.replacement = replacement
    }
}

/// What a record says.
public enum RecordData: Hashable, Sendable {
    /// An A or AAAA record.
    case address(IPAddress)
    /// A CNAME record.
    case alias(DNSName)
    /// A SRV record.
    case service(SRVRecord)
    /// A TLSA record.
    case association(TLSARecord)
    /// The strings of a TXT record.
    case texts([[UInt8]])
    /// A NAPTR record.
    case rule(NAPTRRecord)
    /// The bytes of a record of another type.
    case other(RecordType, [UInt8])
}
