public import TLSChannels
public import XMPPStreams

/// What connections between servers do TLS with, and believe of certificates.
public struct ServerTLS: Sendable {
    /// What is shown to servers that connect.
    public let accepting: TLSContextHolder?
    /// What is shown to servers that are connected to.
    public let connecting: TLSContextHolder
    /// What a peer's certificates are worth for a domain; the second argument is the domain.
    public let judge: @Sendable (PeerCertificates, String) -> CertificateVerdict

    /// Puts together what is there.
    ///
    /// - Parameters:
    ///   - accepting: what is shown to servers that connect; nil where none are accepted.
    ///   - connecting: what is shown to servers that are connected to.
    ///   - judge: what a peer's certificates are worth for a domain.
    public init(
        accepting: TLSContextHolder?,
        connecting: TLSContextHolder,
        judge: @escaping @Sendable (PeerCertificates, String) -> CertificateVerdict = ServerTLS.pkix
    ) {
        self.accepting = accepting
        self.connecting = connecting
        self.judge = judge
    }

    /// A certificate proves a domain when a trusted authority vouches for it and it names the domain.
    ///
    /// - Parameters:
    ///   - peer: what the peer showed.
    ///   - domain: in the form of `DomainName.normalized`.
    /// - Returns: proved, or what is wrong with it.
    ///
    /// Source: RFC 6120 §13.7.2, RFC 7590 §3.4.
    @Sendable
    public static func pkix(_ peer: PeerCertificates, _ domain: String) -> CertificateVerdict {
        guard peer.verdict == .valid else { return .refused("The certificate is not to be trusted: \(peer.verdict).") }
        switch peer.check(.xmpp(ASCIIDomain.of(domain), .server), unicode: domain) {
        case .matched: return .proved(.pkix)
        case .mismatched(let present):
            let names = present.isEmpty ? "no name" : present.prefix(8).joined(separator: ", ")
            return .refused("The certificate is for \(names), not for \(domain).")
        }
    }
}
