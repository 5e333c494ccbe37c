/// What a configuration value may be; each key of the file is declared once, with one of these.
///
/// Reading, `check`, `describe config` and the shipped file all come from the same declarations.
indirect enum ConfigShape: Sendable {
    /// Named keys.
    case section([ConfigKey])
    /// Any number of the same.
    case list(ConfigShape)
    /// Names chosen by the operator, such as domains, each with the same shape.
    case table(nameOf: String, ConfigScalar, ConfigShape)
    /// One value.
    case scalar(ConfigScalar)
    /// A key of the design that this gateway does not carry out; it is refused with these words and not described.
    case planned
}

/// The kinds of single values.
enum ConfigScalar: Sendable, Equatable {
    /// Any text.
    case text
    /// A domain name or an address literal.
    case domain
    /// `HOST:PORT`, IPv6 in brackets.
    case endpoint
    /// `udp:HOST:PORT` or `tcp:HOST:PORT`, IPv6 in brackets.
    case listener
    /// `ADDRESS:PORT`, IPv6 in brackets.
    case socket
    /// An IPv4 or IPv6 address.
    case address
    /// A range of addresses: an address, or one with the count of the bits that count.
    case addressBlock
    /// An address, with a port or without.
    case nameServer
    /// A `sip:` URI with host, port and transport.
    case nextHop
    /// The SHA-256 of a certificate: 64 hexadecimal digits, with colons or without.
    case fingerprint
    /// A place for checkpoints: `file:PATH` or `syslog`.
    case checkpointPlace
    /// An absolute URI.
    case uri
    /// A path, relative to the configuration file.
    case path
    /// A whole number in a range.
    case integer(ClosedRange<Int>)
    /// A number with `ms`, `s`, `min`, `h` or `d`; the range is in milliseconds.
    case duration(ClosedRange<Int>)
    /// A number with `B`, `KiB`, `MiB` or `GiB`; the range is in bytes.
    case size(ClosedRange<Int>)
    /// One of these words.
    case choice([String])
}

/// One key of the configuration.
struct ConfigKey: Sendable {
    /// When a change takes effect.
    enum Effect: String, Sendable {
        /// With the next SIGHUP.
        case reload
        /// With the next start.
        case restart
    }

    let name: String
    let shape: ConfigShape
    /// One sentence for the commented file.
    let about: String
    /// The text of the value in force when the key is absent; nil when there is none.
    let standard: String?
    /// What the commented file shows; the default where there is none.
    let example: String?
    let isRequired: Bool
    /// Whether another key does the same, so that the commented file only mentions this one.
    let isAlternative: Bool
    /// Whether a section that is not in the file is absent, and not one with all its defaults.
    let isOptional: Bool
    let effect: Effect

    init(
        _ name: String,
        _ shape: ConfigShape,
        _ about: String,
        standard: String? = nil,
        example: String? = nil,
        required: Bool = false,
        alternative: Bool = false,
        optional: Bool = false,
        effect: Effect = .restart
    ) {
        self.name = name
        self.shape = shape
        self.about = about
        self.standard = standard
        self.example = example
        self.isRequired = required
        self.isAlternative = alternative
        self.isOptional = optional
        self.effect = effect
    }

    /// A key of the design that is not supported.
    static func planned(_ name: String) -> ConfigKey {
        ConfigKey(name, .planned, "")
    }

    var isPlanned: Bool {
        if case .planned = shape { true } else { false }
    }
}
