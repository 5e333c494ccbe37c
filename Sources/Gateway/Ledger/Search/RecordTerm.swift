/// What a record can be looked for by: a kind and a text, such as a peer and its name.
struct RecordTerm: Hashable {
    /// The kinds, which keep equal texts apart; the numbers are part of stored hashes.
    enum Kind: UInt8 {
        case address = 1
        case peer = 2
        case rule = 3
        case loss = 4
        case crossing = 5
        case identifier = 6
        case outcome = 7
        case event = 8
        case actor = 9
    }

    let kind: Kind
    let text: [UInt8]

    /// Names a term; of an address the bare form counts.
    init(_ kind: Kind, _ text: String) {
        let bytes = Array(text.utf8)
        self.kind = kind
        self.text = kind == .address ? Array(bytes[..<AddressForm.bareLength(bytes.span)]) : bytes
    }

    /// The hash by which search tables know the term.
    var hash: UInt64 { RecordTerm.hash(kind, text.span) }

    /// How many bits of a hash count.
    ///
    /// With 40 of them one lookup in ten million finds a stranger, whom the record itself then gives away.
    static let hashBits = 40

    /// The hash of a kind and a text.
    ///
    /// FNV-1a, stirred so that its upper bits depend on all bytes.
    static func hash(_ kind: Kind, _ bytes: Span<UInt8>) -> UInt64 {
        var hash: UInt64 = (0xCBF2_9CE4_8422_2325 ^ UInt64(kind.rawValue)) &* 0x0000_0100_0000_01B3
        for index in bytes.indices {
            hash = (hash ^ UInt64(bytes[index])) &* 0x0000_0100_0000_01B3
        }
        hash = (hash ^ hash >> 33) &* 0xFF51_AFD7_ED55_8CCD
        hash = (hash ^ hash >> 33) &* 0xC4CE_B9FE_1A85_EC53
        return (hash ^ hash >> 33) >> UInt64(64 - hashBits)
    }
}
