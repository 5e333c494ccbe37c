/// What a peer showed of itself, and what that was found to be worth; deciding is left to policy.
public struct PeerCertificates: Hashable, Sendable {
    /// What the peer sent, its own certificate first, at most 16; of a resumed session its own alone.
    public var chain: [TLSCertificate]
    /// The path that was built from it, up to the trusted certificate when the verdict is valid.
    public var path: [TLSCertificate]
    /// What the check of the chain against the trusted certificates found.
    public var verdict: ChainVerdict

    /// Makes what a peer showed.
    ///
    /// - Parameters:
    ///   - chain: what it sent, its own certificate first.
    ///   - path: the path that was built.
    ///   - verdict: what was found.
    public init(chain: [TLSCertificate], path: [TLSCertificate], verdict: ChainVerdict) {
        self.chain = chain
        self.path = path
        self.verdict = verdict
    }

    /// Looks for an identity among the names of the peer's own certificate.
    ///
    /// - Parameters:
    ///   - identity: whom it must name.
    ///   - unicode: the domain as Unicode text, when that differs.
    /// - Returns: the name that matched, or which names there were.
    public func check(_ identity: ServiceIdentity, unicode: String? = nil) -> IdentityCheck {
        identity.check(certificate?.names ?? CertificateNames(), unicode: unicode)
    }

    /// The peer's own certificate.
    public var certificate: TLSCertificate? { chain.first }

    /// When the first certificate that the verdict rests on expires, in seconds since 1970.
    ///
    /// A stream that lives longer than that must be reset.
    ///
    /// Source: RFC 6120 §13.7.2.3.
    public var expiry: Int64? {
        (path.isEmpty ? chain : path).map(\.validity.upperBound).min()
    }
}
