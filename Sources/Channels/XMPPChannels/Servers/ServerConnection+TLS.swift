import NIOCore
import TLSChannels
import XMPPStreams

/// TLS: how it begins, and what the peer's certificate is worth.
extension ServerConnection where Machine: ~Copyable {
    /// Asks what the peer's certificate is worth; the answer may come at once, late, or when nobody wants it.
    func check(_ domain: String) {
        guard let peer else { return receive(.certificate(domain, .refused("There is no TLS."))) }
        let bound = NIOLoopBound(self, eventLoop: channel.eventLoop)
        let inquiry = CertificateInquiry(peer.certificates, domain: domain, role: role, server: server)
        tls.judge(inquiry, channel.eventLoop) { bound.value.judged(domain, $0) }
    }

    /// A machine whose stream is over passes it over.
    private func judged(_ domain: String, _ verdict: CertificateVerdict) {
        let isLate = !isWorking
        receive(.certificate(domain, verdict))
        if isLate { flush() }
    }

    /// What is told to the machine; a certificate that is over before the stream begins cannot end during it.
    ///
    /// Source: RFC 6120 §13.7.2.3.
    func facts(of peer: TLSPeer) -> TLSFacts {
        let left = peer.certificates.expiry.map { $0 - clock.unixSeconds() }.flatMap { $0 > 0 ? $0 : nil }
        let version =
            switch peer.version {
            case .tls12: "TLS 1.2"
            case .tls13: "TLS 1.3"
            }
        return TLSFacts(
            version: version,
            cipher: peer.cipher,
            hasCertificate: !peer.certificates.chain.isEmpty,
            certificateEnd: left.map { clock.monotonic() &+ UInt64(min($0, Self.century)) &* 1_000_000_000 }
        )
    }

    /// As far as an expiry is looked ahead, in seconds.
    private static var century: Int64 { 3_155_760_000 }

    func startTLS(_ name: String) {
        flush()
        do {
            try secure(name)
        } catch {
            receive(.handshakeFailed("\(error)"))
        }
    }

    /// Puts TLS between the socket and what was there.
    func secure(_ name: String) throws {
        let context: TLSContext?
        switch role {
        case .client: context = tls.connecting.current
        case .server: context = tls.accepting?.current
        }
        guard let context else { throw ServerConnectionFault.noCertificate }
        let session = try TLSSession(context: context, name: ASCIIDomain.of(name))
        try channel.pipeline.syncOperations.addHandler(TLSHandler(session), position: .first)
    }
}
