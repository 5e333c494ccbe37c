public import DNSChannels
public import NIOCore
import Synchronization
public import TLSChannels
public import XMPPStreams

/// Judges certificates by all that may prove a domain.
///
/// - Records that DNSSEC proves for a server that was connected to decide alone, where they are usable.
/// - Else an authority's word decides: the certificate is valid and names the domain, or its host.
/// - Else a certificate that the operator names is taken.
/// - Else, for a peer that connected or a further domain, records of the domain's servers are looked for.
/// - Else the domain's web server is asked.
///
/// Source: RFC 7712 §4, §5, RFC 7673 §4, RFC 7711 §3, RFC 6120 §13.7.2.
public final class PeerJudge: Sendable {
    /// What may prove a domain beside an authority.
    public struct Settings: Sendable, Equatable {
        /// The SHA-256 of certificates that prove a domain, by the domain in the form of `DomainName.normalized`.
        ///
        /// They are taken beside what else proves it.
        public var pins: [String: Set<[UInt8]>] = [:]
        /// Whether what DNSSEC proves counts: TLSA records, and the host's name.
        public var usesDANE = false
        /// Whether web servers are asked.
        public var usesPOSH = false
        /// Whose certificates of web servers are believed.
        public var webTrust = TLSConfiguration.TrustRoots.system

        /// The defaults: an authority alone proves.
        public init() {}
    }

    let settings: Settings
    let limits: TrustLimits
    let connector: Connector
    let clock: ServerClock
    let documents: POSHLookup
    private let resolver: any Resolver
    private let open = Atomic<Int>(0)

    /// Makes a judge.
    ///
    /// - Parameters:
    ///   - settings: what may prove a domain.
    ///   - resolver: who is asked about peers that connected.
    ///   - connector: what web servers are connected to with; it asks the same resolver, and refuses the same addresses.
    ///   - clock: the clocks.
    ///   - limits: the bounds.
    /// - Throws: `TLSConfigurationError` when the trusted certificates of web servers cannot be read.
    public init(
        _ settings: Settings,
        resolver: any Resolver,
        connector: Connector,
        clock: ServerClock,
        limits: TrustLimits = TrustLimits()
    ) throws(TLSConfigurationError) {
        self.settings = settings
        self.resolver = resolver
        self.connector = connector
        self.clock = clock
        self.limits = limits
        documents = try POSHLookup(connector: connector, trust: settings.webTrust, clock: clock, limits: limits)
    }

    /// Judges, as ``ServerTLS/Judge`` says.
    ///
    /// - Parameters:
    ///   - inquiry: what is asked.
    ///   - eventLoop: where it is asked, and answered.
    ///   - deliver: takes the verdict, once.
    public func judge(
        _ inquiry: CertificateInquiry,
        on eventLoop: any EventLoop,
        deliver: @escaping @Sendable (CertificateVerdict) -> Void
    ) {
        let inquiry = settings.usesDANE ? inquiry : inquiry.withoutServer
        let reason: String
        switch verdict(inquiry) {
        case .final(let verdict): return deliver(verdict)
        case .open(let why): reason = why
        }
        guard settings.usesDANE || settings.usesPOSH else { return deliver(.refused(reason)) }
        guard open.add(1, ordering: .relaxed).newValue <= limits.judgements else {
            open.subtract(1, ordering: .relaxed)
            return deliver(.refused(reason + " Too many certificates wait for another proof."))
        }
        let judgement = Judgement(inquiry, of: self, reason: reason, on: eventLoop) { [self] verdict in
            open.subtract(1, ordering: .relaxed)
            deliver(verdict)
        }
        judgement.start()
    }

    /// What is said without the network.
    private enum Ruling {
        case final(CertificateVerdict)
        case open(String)
    }

    private func verdict(_ inquiry: CertificateInquiry) -> Ruling {
        let isPinned = inquiry.peer.certificate.map { settings.pins[inquiry.domain]?.contains($0.fingerprint) == true }
        if let server = inquiry.ownServer, case .records(let records) = server.associations {
            switch DANEProof(records, inquiry, hosts: server.names, at: clock.unixSeconds()) {
            case .unusable: break
            case .proved: return .final(.proved(.dane))
            case .contradicted(let why): return .final(isPinned == true ? .proved(.pin) : .refused(why))
            }
        }
        switch ServerTLS.pkix(inquiry) {
        case .proved(let proof): return .final(.proved(proof))
        case .refused(let why):
            if isPinned == true { return .final(.proved(.pin)) }
            return isPinned == nil ? .final(.refused(why)) : .open(why)
        }
    }

    /// Looks for records of a domain whose server the peer is not known to be.
    func search(
        _ inquiry: CertificateInquiry,
        on eventLoop: any EventLoop,
        deliver: @escaping (String?) -> Void
    ) -> DANESearch {
        DANESearch(
            inquiry,
            resolver: resolver,
            limits: limits,
            at: clock.unixSeconds(),
            on: eventLoop,
            deliver: deliver
        )
    }
}

extension ServerTLS {
    /// Puts together what is there.
    ///
    /// - Parameters:
    ///   - accepting: what is shown to servers that connect; nil where none are accepted.
    ///   - connecting: what is shown to servers that are connected to.
    ///   - judge: who judges certificates.
    public init(accepting: TLSContextHolder?, connecting: TLSContextHolder, judge: PeerJudge) {
        self.init(accepting: accepting, connecting: connecting) { inquiry, eventLoop, deliver in
            judge.judge(inquiry, on: eventLoop, deliver: deliver)
        }
    }
}

extension CertificateInquiry {
    /// The same, with nothing of the DNS.
    var withoutServer: CertificateInquiry { CertificateInquiry(peer, domain: domain, role: role) }
}
