/// A record by which the DNS names a certificate of a server.
///
/// Only records that DNSSEC vouches for may be used; who looked them up knows.
///
/// Source: RFC 6698 §2.1.
public struct TLSARecord: Hashable, Sendable {
    /// What the named certificate is.
    public enum Usage: UInt8, Hashable, Sendable {
        /// PKIX-TA: an authority of a chain that is valid besides.
        case authorityOfValidChain = 0
        /// PKIX-EE: the peer's certificate, whose chain is valid besides.
        case certificateWithValidChain = 1
        /// DANE-TA: a trusted authority.
        case authority = 2
        /// DANE-EE: the peer's certificate, without regard to dates, names and issuers.
        case certificate = 3
    }

    /// What of the certificate is compared.
    public enum Selector: UInt8, Hashable, Sendable {
        /// All of it.
        case certificate = 0
        /// Its public key.
        case publicKey = 1
    }

    /// How it is compared.
    public enum Matching: UInt8, Hashable, Sendable {
        /// Byte by byte.
        case exact = 0
        /// By SHA-256.
        case sha256 = 1
        /// By SHA-512.
        case sha512 = 2
    }

    /// What the named certificate is.
    public let usage: Usage
    /// What of the certificate is compared.
    public let selector: Selector
    /// How it is compared.
    public let matching: Matching
    /// What it is compared with.
    public let data: [UInt8]

    /// Takes the fields of a record.
    ///
    /// The result is nil for a record that is not usable: a value without a meaning, or a hash of the wrong length.
    ///
    /// - Parameters:
    ///   - usage: the first field.
    ///   - selector: the second field.
    ///   - matching: the third field.
    ///   - data: the certificate association data.
    ///
    /// Source: RFC 6698 §2.1.1, §2.1.2, §2.1.3, §4.1.
    public init?(usage: UInt8, selector: UInt8, matching: UInt8, data: [UInt8]) {
        guard let usage = Usage(rawValue: usage), let selector = Selector(rawValue: selector),
            let matching = Matching(rawValue: matching)
        else { return nil }
        switch matching {
        case .exact where data.isEmpty: return nil
        case .sha256 where data.count != 32: return nil
        case .sha512 where data.count != 64: return nil
        case .exact, .sha256, .sha512: break
        }
        self.usage = usage
        self.selector = selector
        self.matching = matching
        self.data = data
    }

    /// Whether the record names a certificate.
    ///
    /// - Parameter certificate: the certificate to look at.
    /// - Returns: true when the selected part agrees with the data.
    public func names(_ certificate: TLSCertificate) -> Bool {
        let selected =
            switch selector {
            case .certificate: certificate.der
            case .publicKey: certificate.publicKeyInfo
            }
        return switch matching {
        case .exact: selected == data
        case .sha256: LibraryDigest.sha256.hash(selected) == data
        case .sha512: LibraryDigest.sha512.hash(selected) == data
        }
    }
}

/// What the records of a server say of the chain that it showed.
///
/// Source: RFC 7673 §4.2, RFC 6698 §2.1.1.
public enum TLSAVerdict: Hashable, Sendable {
    /// No record is usable: the usual checks decide alone.
    case unusable
    /// The record names the peer's certificate, and that is enough: neither chain nor names are checked.
    case matched(TLSARecord)
    /// The record and the chain agree; the certificate must still name the domain, or the host if that is secure.
    case matchedIfNamed(TLSARecord)
    /// No record agrees: the peer is not who it should be.
    case mismatched

    /// Compares the chain of a peer with its records.
    ///
    /// - Parameters:
    ///   - records: the usable records.
    ///   - peer: what the handshake showed.
    ///   - time: the moment to check for, in seconds since 1970.
    /// - Returns: by which record the peer is accepted, if any.
    public static func of(_ records: [TLSARecord], peer: PeerCertificates, at time: Int64) -> TLSAVerdict {
        guard !records.isEmpty else { return .unusable }
        guard let leaf = peer.chain.first else { return .mismatched }
        if let record = records.first(where: { $0.usage == .certificate && $0.names(leaf) }) { return .matched(record) }
        let record = records.first { record in
            switch record.usage {
            case .certificate: return false
            case .certificateWithValidChain: return peer.verdict == .valid && record.names(leaf)
            case .authorityOfValidChain:
                return peer.verdict == .valid && peer.path.dropFirst().contains { record.names($0) }
            case .authority:
                var anchors = peer.chain.dropFirst().filter { record.names($0) }
                // The authority itself may stand in the record and be missing in the chain.
                if record.selector == .certificate, record.matching == .exact,
                    let named = TLSCertificate(der: record.data)
                {
                    anchors.append(named)
                }
                return !anchors.isEmpty
                    && ChainVerification.verdict(of: peer.chain, anchors: anchors, at: time) == .valid
            }
        }
        return record.map { .matchedIfNamed($0) } ?? .mismatched
    }
}
