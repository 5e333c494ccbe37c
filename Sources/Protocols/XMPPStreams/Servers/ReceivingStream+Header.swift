import XMLStreams
import XMPPStanzas

extension ReceivingStream {
    /// The peer's header came.
    ///
    /// Source: RFC 6120 §4.7, §4.9.1.3.
    mutating func header(_ root: XML.Element) {
        let header: ServerStreamHeader
        do throws(ServerStreamHeader.Fault) {
            header = try ServerStreamHeader(reading: root)
        } catch {
            return fail(error.condition, "the peer's header is not one between servers")
        }
        let from = BareDomain.read(header.from)
        guard let version = header.version, version.major >= 1 else {
            // RFC 6120 §4.7.5: whoever names no version gets none.
            answerHeader(to: from, version: nil)
            return core.fail(.unsupportedVersion, "the peer's header has no version")
        }
        if layer == .authenticated { return renewed(header, from) }
        local = hosts.fallback
        if let to = header.to {
            guard let domain = BareDomain.read(to), hosts.served.contains(domain) else {
                answerHeader(to: from)
                let isGone = BareDomain.read(to).map(hosts.retired.contains) ?? false
                return core.fail(isGone ? .hostGone : .hostUnknown, "the peer asks for a domain that is not served")
            }
            local = domain
        }
        if header.from != nil {
            guard let from else {
                answerHeader()
                return core.fail(.improperAddressing, "the peer's header comes from no domain")
            }
            guard !hosts.served.contains(from) else {
                answerHeader()
                return core.fail(.invalidFrom, "the peer's header comes from a domain that is served here")
            }
            guard policy.admission.admits(from) else {
                // RFC 6120 §4.9.3.14: local policy; no certificate changes it, so that none is looked at.
                answerHeader(to: from)
                let fault = StreamFault(.policyViolation, text: "This domain is not admitted.", textLanguage: "en")
                return core.fail(fault, .notAdmitted(from))
            }
        }
        remote = from
        accept(header)
    }

    /// The header behind the authentication has to name the same domains.
    ///
    /// Source: RFC 6120 §6.4.6.
    private mutating func renewed(_ header: ServerStreamHeader, _ from: String?) {
        guard from != nil, from == remote else {
            answerHeader(to: remote)
            return core.fail(.invalidFrom, "the peer's header comes from another domain than the one authenticated")
        }
        guard header.to == nil || BareDomain.read(header.to) == local else {
            answerHeader(to: remote)
            return core.fail(.improperAddressing, "the peer's header is for another domain than before")
        }
        accept(header)
    }

    private mutating func accept(_ header: ServerStreamHeader) {
        core.language = header.language
        answerHeader(to: remote)
        guard layer == .secured, let remote, facts?.hasCertificate == true else { return offer() }
        phase = .checking
        core.isHeld = true
        core.enter(.certificate)
        core.actions.append(.checkCertificate(remote))
    }

    /// Our header; the id of this layer goes out once.
    mutating func answerHeader(to: String? = nil, version: StreamVersion? = .current) {
        hasAnswered = true
        core.send(ServerStreamHeader(from: local, to: to, id: streamID, version: version).bytes)
    }

    /// What the peer's certificate is worth for its header's domain.
    mutating func judged(_ verdict: CertificateVerdict) {
        core.isHeld = false
        headerProof = nil
        switch verdict {
        case .proved(let proof): headerProof = proof
        case .refused(let why):
            guard let remote, policy.trust(for: remote).authentication == .certificate else { break }
            // The peer learns that policy forbids it, the operator whose certificate it was and what it lacks.
            return core.fail(StreamFault(.policyViolation), .certificateRefused(domain: remote, why))
        }
        offer()
    }

    /// The features of this layer.
    ///
    /// Source: RFC 6120 §5.3.1, §6.3.4, XEP-0220 §2.4.2.
    private mutating func offer() {
        phase = .ready
        core.leaveStep()
        let trust = policy.trust(for: remote)
        switch layer {
        case .clear:
            let isOpen = trust.encryption == .optional
            let features = StreamFeatures(
                encryption: isOpen ? .offered : .required,
                hasDialback: isOpen && trust.authentication != .certificate
            )
            core.send(features.bytes)
        case .secured:
            let hasDialback = trust.authentication != .certificate
            guard headerProof != nil || hasDialback else {
                return core.fail(.policyViolation, "the peer has no certificate that proves its domain")
            }
            let features = StreamFeatures(
                mechanisms: headerProof == nil ? nil : ["EXTERNAL"],
                hasDialback: hasDialback,
                isBidirectional: policy.isBidirectional
            )
            core.send(features.bytes)
        case .authenticated:
            let features = StreamFeatures(hasDialback: true, hasStreamManagement: policy.hasStreamManagement)
            core.send(features.bytes)
            if let remote, let headerProof { establish(DomainPair(normalized: local, remote), headerProof) }
        }
    }

    /// From here stanzas of a pair are taken.
    mutating func establish(_ pair: DomainPair, _ proof: DomainProof) {
        proofs[pair.remote] = proof
        pairs.insert(pair)
        if isBidirectional, core.pingPair == nil { core.pingPair = pair }
        core.movedAt = core.now
        core.actions.append(.established(pair, proof))
    }
}
