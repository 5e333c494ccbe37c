import XMLStreams
import XMPPStanzas

extension ReceivingStream {
    /// A key came, for us as the receiving or as the authoritative server.
    ///
    /// An answer where a question belongs changes nothing: the peer was asked nothing on this stream.
    ///
    /// Source: XEP-0220 §2.2, §3.1.
    mutating func dialback(_ element: DialbackElement) {
        guard element.answer == nil else { return }
        guard element.from != nil, element.to != nil else {
            return fail(.improperAddressing, "the peer sent a dialback key without addresses")
        }
        switch element.kind {
        case .verify: verify(element)
        case .result: result(element)
        }
    }

    private mutating func answer(_ element: DialbackElement, _ answer: DialbackElement.Answer) {
        let reply = DialbackElement(
            element.kind,
            from: element.to,
            to: element.from,
            id: element.id,
            answer: answer
        )
        core.send(reply.bytes)
    }

    // MARK: As the authoritative server

    /// Answers from the key alone, without any memory.
    ///
    /// Source: XEP-0220 §2.2.2, §2.5.
    private mutating func verify(_ element: DialbackElement) {
        guard let local = BareDomain.read(element.to), hosts.served.contains(local) else {
            return answer(element, .error(.itemNotFound))
        }
        let asker = BareDomain.read(element.from)
        guard layer != .clear || policy.trust(for: asker).encryption == .optional else {
            return answer(element, .error(.policyViolation))
        }
        guard let asker, let id = element.id else { return answer(element, .error(.notAcceptable)) }
        guard policy.admission.admits(asker) else { return answer(element, .error(.policyViolation)) }
        let isValid = keys?.isValid(element.key, receiving: asker, originating: local, stream: id) ?? false
        answer(element, isValid ? .valid : .invalid)
    }

    // MARK: As the receiving server

    /// Source: XEP-0220 §2.2.1, §2.5.
    private mutating func result(_ element: DialbackElement) {
        guard let local = BareDomain.read(element.to), hosts.served.contains(local) else {
            return answer(element, .error(.itemNotFound))
        }
        guard let sender = BareDomain.read(element.from), !hosts.served.contains(sender),
            (1...core.limits.keyBytes).contains(element.key.utf8.count)
        else { return answer(element, .error(.notAcceptable)) }
        // A certificate would not help: that is why this comes before it.
        guard policy.admission.admits(sender) else { return answer(element, .error(.policyViolation)) }
        let trust = policy.trust(for: sender)
        guard layer != .clear || trust.encryption == .optional else {
            return answer(element, .error(.policyViolation))
        }
        let canCheck = layer != .clear && facts?.hasCertificate == true
        guard canCheck || trust.authentication != .certificate else { return answer(element, .error(.notAuthorized)) }
        let pair = DomainPair(normalized: local, sender)
        if pairs.contains(pair) { return answer(element, .valid) }
        if pending[pair] != nil { return }
        guard pairs.count + pending.count < core.limits.pairs, pending.count < core.limits.verifications else {
            return answer(element, .error(.resourceConstraint))
        }
        let request = DialbackRequest(pair: pair, stream: streamID, key: element.key)
        pending[pair] = Pending(
            request: request,
            isChecking: canCheck,
            deadline: core.now.saturated(adding: core.limits.verification)
        )
        core.actions.append(canCheck ? .checkCertificate(sender) : .verify(request))
    }

    /// What the peer's certificate is worth for a domain.
    ///
    /// A certificate that proves it makes the call back needless.
    ///
    /// Source: XEP-0344 §2.4.
    mutating func checked(_ domain: String, _ verdict: CertificateVerdict) {
        guard core.standing == .live else { return }
        if phase == .checking, domain == remote { return judged(verdict) }
        for (pair, entry) in pending.sorted(by: { $0.key.local < $1.key.local })
        where pair.remote == domain && entry.isChecking {
            if case .proved(let proof) = verdict {
                settle(entry.request, .valid, proof)
            } else if policy.trust(for: domain).authentication == .certificate {
                settle(entry.request, .failed(.notAuthorized), .dialback)
            } else {
                pending[pair]?.isChecking = false
                core.actions.append(.verify(entry.request))
            }
        }
    }

    /// The authoritative server answered, or could not.
    ///
    /// Source: XEP-0220 §2.1.2.
    mutating func verified(_ request: DialbackRequest, _ verdict: DialbackVerdict) {
        guard core.standing == .live, let entry = pending[request.pair], entry.request == request, !entry.isChecking
        else { return }
        settle(request, verdict, .dialback)
    }

    /// Source: XEP-0220 §2.2.1, RFC 6120 §4.9.3.17.
    mutating func settle(_ request: DialbackRequest, _ verdict: DialbackVerdict, _ proof: DomainProof) {
        let pair = request.pair
        pending[pair] = nil
        let question = DialbackElement(.result, from: pair.remote, to: pair.local)
        let isAlone = pairs.isEmpty && pending.isEmpty
        switch verdict {
        case .valid:
            answer(question, .valid)
            establish(pair, proof)
        case .invalid where pairs.isEmpty:
            answer(question, .invalid)
            core.send(StreamFault.endTag)
            core.end(.dialbackRefused(.invalid))
        case .invalid:
            answer(question, .error(.forbidden))
            core.actions.append(.refused(pair, .invalid))
        case .failed(let fault):
            answer(question, .error(fault))
            core.actions.append(.refused(pair, .dialback(fault)))
            if fault == .remoteConnectionFailed, isAlone, layer != .authenticated {
                let error = StreamFault(.remoteConnectionFailed)
                core.fail(error, .dialbackRefused(.dialback(fault)))
            }
        }
    }
}
