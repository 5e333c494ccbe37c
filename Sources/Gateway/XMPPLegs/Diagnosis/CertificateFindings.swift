import Addressing
import Digests
import TLSChannels
import XMPPStanzas
import XMPPStreams

/// What certificates are worth between servers, part by part.
///
/// Source: RFC 6120 §13.7, RFC 7590 §3.4.
enum CertificateFindings {
    /// From how many seconds before its end a certificate is warned of.
    static let soon: Int64 = 14 * day
    private static let day: Int64 = 86_400

    /// What a peer showed.
    ///
    /// - Parameters:
    ///   - shown: its certificates.
    ///   - domain: the domain that they have to prove, normalized.
    ///   - verdict: what they are worth to live traffic.
    ///   - trust: what is demanded of the domain.
    ///   - now: seconds since 1970.
    /// - Returns: chain, names, expiry and, unless the end of the stream tells it, what they are worth in all.
    static func peer(
        _ shown: PeerCertificates,
        for domain: String,
        _ verdict: CertificateVerdict,
        _ trust: StreamPolicy.Trust,
        now: Int64
    ) -> [LinkFinding] {
        // What is wrong with a certificate that counts all the same was not asked.
        var wrong = LinkFinding.Outcome.failure
        if trust.authentication == .dialback { wrong = .warning }
        if case .proved = verdict { wrong = .skipped }
        var findings = [
            chain(shown, wrong), names(shown.certificate?.names ?? CertificateNames(), for: domain, wrong),
        ]
        if let end = expiry(of: shown.path.isEmpty ? shown.chain : shown.path, wrong, now: now) { findings.append(end) }
        switch verdict {
        case .proved(let proof):
            findings.append(LinkFinding(.trust, .ok, "the certificate proves \(domain) (\(word(proof)))"))
        case .refused(let why) where trust.authentication == .dialback:
            let what = "the certificate does not prove \(domain), and the configuration does not ask it to: \(why)"
            findings.append(LinkFinding(.trust, .warning, what))
        // The end of the stream says why.
        case .refused: break
        }
        return findings
    }

    /// A peer that showed nothing.
    static func missing(_ trust: StreamPolicy.Trust) -> LinkFinding {
        LinkFinding(
            .chain,
            trust.authentication == .dialback ? .warning : .failure,
            "the peer shows no certificate",
            remedy: "the peer's operator has to configure one"
        )
    }

    /// A proof in the words of operators.
    static func word(_ proof: DomainProof) -> String {
        switch proof {
        case .pkix: "PKIX"
        case .pin: "pinned"
        case .dane: "DANE"
        case .posh: "POSH"
        case .dialback: "dialback"
        }
    }

    // MARK: Parts

    private static func chain(_ shown: PeerCertificates, _ wrong: LinkFinding.Outcome) -> LinkFinding {
        let leaf = shown.certificate
        let whose = "\(leaf?.subject ?? "") issued by \(leaf?.issuer ?? "")"
        if shown.verdict == .valid {
            let root = shown.path.last?.subject ?? leaf?.issuer ?? ""
            return LinkFinding(.chain, .ok, "\(whose), trusted by \(root)")
        }
        let (why, remedy) = words(shown.verdict)
        // By this an operator pins it, once the peer's operator has said that it is right.
        let print = leaf.map { ", SHA-256 \(Hexadecimal.encode($0.fingerprint))" } ?? ""
        return LinkFinding(.chain, wrong, "\(why): \(whose)\(print)", remedy: wrong == .skipped ? nil : remedy)
    }

    private static func words(_ verdict: ChainVerdict) -> (String, String) {
        let replace = "the peer's operator has to replace the certificate"
        return switch verdict {
        case .valid: ("trusted", "")
        case .noCertificate: ("the peer shows no certificate", "the peer's operator has to configure one")
        case .expired: ("a certificate of the chain has expired", "the peer's operator has to renew it")
        case .notYetValid: ("a certificate of the chain is not valid yet", "compare the clocks of both sides")
        case .selfSigned:
            (
                "the peer signed its certificate itself",
                "pin it under peers: certificate-sha256:, or ask the peer's operator for one that an authority issued"
            )
        case .unknownIssuer:
            (
                "the chain does not reach a trusted authority",
                "add its authority to xmpp: server: trust:, or ask the peer's operator to show the whole chain"
            )
        case .revoked: ("a certificate of the chain was revoked", replace)
        case .wrongPurpose: ("a certificate of the chain is not meant for this", replace)
        case .authority: ("the peer shows the certificate of an authority as its own", replace)
        case .tooLong: ("the chain is too long", replace)
        case .badSignature: ("a signature of the chain is wrong", replace)
        case .weak: ("a key or a hash of the chain is too weak", replace)
        case .other(let reason): ("the chain is refused (\(reason))", replace)
        }
    }

    private static func names(
        _ names: CertificateNames,
        for domain: String,
        _ wrong: LinkFinding.Outcome
    ) -> LinkFinding {
        switch check(names, for: domain) {
        case .matched(let name):
            LinkFinding(.names, .ok, "the certificate names \(domain) by \(name.kind.rawValue):\(name.text)")
        case .mismatched(let present):
            LinkFinding(
                .names,
                wrong,
                "the certificate names \(present.isEmpty ? "nobody" : present.listed()), not \(domain)",
                remedy: wrong == .skipped ? nil : "the peer's operator has to get a certificate for \(domain)"
            )
        }
    }

    private static func check(_ names: CertificateNames, for domain: String) -> IdentityCheck {
        let ascii = (try? Addressing.DomainName.toASCII(domain)) ?? domain
        return ServiceIdentity.xmpp(ascii, .server).check(names, unicode: domain)
    }

    private static func expiry(
        of chain: [TLSCertificate],
        _ wrong: LinkFinding.Outcome,
        now: Int64
    ) -> LinkFinding? {
        guard let first = chain.min(by: { $0.validity.upperBound < $1.validity.upperBound }) else { return nil }
        let renew = wrong == .skipped ? nil : "the peer's operator has to renew it"
        if let late = chain.first(where: { $0.validity.lowerBound > now }) {
            let what = "\(late.subject) is not valid before \(date(late.validity.lowerBound))"
            return LinkFinding(
                .expiry,
                wrong,
                what,
                remedy: wrong == .skipped ? nil : "compare the clocks of both sides"
            )
        }
        let left = first.validity.upperBound - now
        let end = date(first.validity.upperBound)
        if left < 0 {
            return LinkFinding(.expiry, wrong, "\(first.subject) expired at \(end), \(days(-left)) ago", remedy: renew)
        }
        let what = "valid until \(end), \(days(left)) from here on"
        if left < soon { return LinkFinding(.expiry, .warning, "\(first.subject) is \(what)", remedy: renew) }
        return LinkFinding(.expiry, .ok, what)
    }

    private static func date(_ seconds: Int64) -> String {
        EntityTime.utc(seconds.multipliedReportingOverflow(by: 1_000).overflow ? .max : seconds * 1_000)
    }

    private static func days(_ seconds: Int64) -> String {
        let count = seconds / day
        return count == 1 ? "1 day" : "\(count) days"
    }

    // MARK: The gateway's own

    /// The certificate that the gateway shows to servers that it connects to.
    ///
    /// - Parameters:
    ///   - credentials: what may be shown; the first is.
    ///   - local: the domain that it has to prove.
    ///   - hasKeys: whether dialback can prove it instead.
    ///   - now: seconds since 1970.
    /// - Returns: what it is worth to a peer, as far as this side can tell.
    static func own(_ credentials: [TLSCredentials], for local: String, hasKeys: Bool, now: Int64) -> LinkFinding {
        let wrong = hasKeys ? LinkFinding.Outcome.warning : .failure
        guard let first = credentials.first, let leaf = first.chain.first else {
            return LinkFinding(
                .own,
                wrong,
                hasKeys
                    ? "the gateway shows no certificate, so that only dialback can prove \(local)"
                    : "the gateway has neither a certificate nor a dialback secret to prove \(local)",
                remedy: "name them under xmpp: server: certificate: and key:"
            )
        }
        guard case .matched(let name) = check(leaf.names, for: local) else {
            let present = leaf.names.described
            return LinkFinding(
                .own,
                wrong,
                "the gateway's certificate names \(present.isEmpty ? "nobody" : present.listed()), not \(local)",
                remedy: "get a certificate for \(local)"
            )
        }
        guard let validity = first.validity, validity.contains(now) else {
            let what = "the gateway's certificate for \(local) is not valid at this time"
            return LinkFinding(.own, wrong, what, remedy: "renew it")
        }
        let left = validity.upperBound - now
        let what =
            "the gateway shows \(leaf.subject) for \(local) (\(name.kind.rawValue):\(name.text)), issued by "
            + "\(leaf.issuer), valid for \(days(left))"
        return LinkFinding(.own, left < soon ? .warning : .ok, what, remedy: left < soon ? "renew it" : nil)
    }
}
