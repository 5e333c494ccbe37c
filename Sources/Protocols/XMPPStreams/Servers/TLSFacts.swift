/// What a TLS handshake showed.
///
/// Source: RFC 7590 §3.6.
public struct TLSFacts: Sendable, Equatable {
    /// The version, for the operator.
    public let version: String
    /// The cipher suite, for the operator.
    public let cipher: String
    /// Whether the peer showed a certificate; what it is worth is asked with ``StreamAction/checkCertificate(_:)``.
    public let hasCertificate: Bool
    /// When the peer's certificate expires, in nanoseconds of the monotonic clock; nil when it does not.
    public let certificateEnd: UInt64?

    /// Makes facts.
    ///
    /// - Parameters:
    ///   - version: the version.
    ///   - cipher: the cipher suite.
    ///   - hasCertificate: whether the peer showed a certificate.
    ///   - certificateEnd: when that expires.
    public init(version: String, cipher: String, hasCertificate: Bool, certificateEnd: UInt64? = nil) {
        self.version = version
        self.cipher = cipher
        self.hasCertificate = hasCertificate
        self.certificateEnd = certificateEnd
    }
}

/// How a peer proved that it speaks for a domain.
///
/// Source: RFC 7712 §4.
public enum DomainProof: String, Sendable, CaseIterable {
    /// Its certificate is trusted and names the domain.
    case pkix
    /// The operator named its certificate.
    case pin
    /// The DNS, signed, names its certificate.
    case dane
    /// The domain's web server names its certificate.
    case posh
    /// The domain's server confirmed a key.
    case dialback
}

/// What a certificate is worth for a domain.
public enum CertificateVerdict: Sendable, Equatable {
    /// It proves the domain.
    case proved(DomainProof)
    /// It does not; the sentence says why, for the operator.
    case refused(String)
}
