public import NIOCore
public import TLSChannels
public import XMPPStreams

/// What connections between servers do TLS with, and believe of certificates.
public struct ServerTLS: Sendable {
    /// Finds out what a peer's certificates are worth for a domain.
    ///
    /// It is called on the event loop, and tells its verdict there, once: at once, or when the network has answered.
    /// Nothing is read meanwhile that hangs on it, and after `StreamLimits.step` the certificates are worth nothing.
    public typealias Judge =
        @Sendable (CertificateInquiry, any EventLoop, @escaping @Sendable (CertificateVerdict) -> Void) -> Void

    /// What contexts name as their application protocol, for connections that begin with TLS.
    ///
    /// Source: XEP-0368 §3.
    public static let applicationProtocol = "xmpp-server"

    /// What is shown to servers that connect.
    public let accepting: TLSContextHolder?
    /// What is shown to servers that are connected to.
    public let connecting: TLSContextHolder
    /// What a peer's certificates are worth for a domain.
    public let judge: Judge

    /// Puts together what is there.
    ///
    /// - Parameters:
    ///   - accepting: what is shown to servers that connect; nil where none are accepted.
    ///   - connecting: what is shown to servers that are connected to.
    ///   - judge: what a peer's certificates are worth for a domain.
    public init(accepting: TLSContextHolder?, connecting: TLSContextHolder, judge: @escaping Judge) {
        self.accepting = accepting
        self.connecting = connecting
        self.judge = judge
    }

    /// Puts together what is there; certificates are judged from what they say alone.
    ///
    /// - Parameters:
    ///   - accepting: what is shown to servers that connect; nil where none are accepted.
    ///   - connecting: what is shown to servers that are connected to.
    ///   - judge: what a peer's certificates are worth for a domain.
    public init(
        accepting: TLSContextHolder?,
        connecting: TLSContextHolder,
        judge: @escaping @Sendable (CertificateInquiry) -> CertificateVerdict = ServerTLS.pkix
    ) {
        self.init(accepting: accepting, connecting: connecting) { inquiry, _, deliver in deliver(judge(inquiry)) }
    }

    /// A certificate proves a domain when a trusted authority vouches for it and it names the domain, or the host that
    /// DNSSEC proves to be the domain's.
    ///
    /// - Parameter inquiry: what is asked.
    /// - Returns: proved, or what is wrong with it.
    ///
    /// Source: RFC 6120 §13.7.2, RFC 7590 §3.4, RFC 7673 §4.1.
    @Sendable
    public static func pkix(_ inquiry: CertificateInquiry) -> CertificateVerdict {
        guard inquiry.peer.verdict == .valid else {
            return .refused("The certificate is not to be trusted: \(inquiry.peer.verdict).")
        }
        let hosts = inquiry.ownServer?.names ?? []
        if inquiry.isNamed(among: hosts) { return .proved(.pkix) }
        let present: [String]
        switch inquiry.peer.check(.xmpp(ASCIIDomain.of(inquiry.domain), .server)) {
        case .matched: present = []
        case .mismatched(let names): present = names
        }
        let names = present.isEmpty ? "no name" : present.prefix(8).joined(separator: ", ")
        return .refused("The certificate is for \(names), not for \(inquiry.domain).")
    }
}

extension CertificateInquiry {
    /// Whether the certificate names the domain, or one of these hosts of its own.
    ///
    /// - Parameter hosts: hosts that DNSSEC proves to be the domain's.
    /// - Returns: true when one of its names is among them.
    ///
    /// Source: RFC 6120 §13.7.2.1, RFC 7673 §4.1.
    func isNamed(among hosts: [String]) -> Bool {
        peer.check(.xmpp(ASCIIDomain.of(domain), .server), unicode: domain).isMatch
            || hosts.contains { peer.check(.host($0)).isMatch }
    }
}
