import XMLStreams
import XMPPStanzas

extension InitiatingStream {
    // MARK: Further pairs

    /// Stanzas of a further pair shall flow.
    ///
    /// A further domain of the peer's is taken only where the peer can say that it does not serve it, and where its
    /// certificate proves that, too.
    ///
    /// Source: XEP-0220 §2.6.
    mutating func authorize(_ pair: DomainPair) {
        if let proof = pairs[pair] { return core.actions.append(.established(pair, proof)) }
        guard asked[pair] == nil, checking[pair] == nil, !wishes.contains(pair), pair != self.pair else { return }
        guard pairs.count + asked.count + checking.count + wishes.count < core.limits.pairs else {
            return core.actions.append(.refused(pair, .full))
        }
        guard phase == .open else { return wishes.append(pair) }
        guard keys != nil, header?.id?.isEmpty == false, hasDialbackErrors || pair.remote == self.pair.remote else {
            return core.actions.append(.refused(pair, .notMultiplexed))
        }
        if pair.remote == self.pair.remote || policy.trust(for: pair.remote).authentication == .dialback {
            return sendKey(for: pair)
        }
        checking[pair] = core.now.saturated(adding: core.limits.step)
        core.actions.append(.checkCertificate(pair.remote))
    }

    /// What the peer's certificate is worth for a domain.
    mutating func checked(_ domain: String, _ verdict: CertificateVerdict) {
        guard core.standing == .live else { return }
        if core.isHeld, domain == pair.remote { return judged(verdict) }
        for further in checking.keys.filter({ $0.remote == domain }).sorted(by: { $0.local < $1.local }) {
            checking[further] = nil
            switch verdict {
            case .proved: sendKey(for: further)
            case .refused(let why): core.actions.append(.refused(further, .certificate(why)))
            }
        }
    }

    /// Source: XEP-0220 §2.1.1.
    mutating func sendKey(for pair: DomainPair) {
        guard let keys, let stream = header?.id else { return }
        let key = keys.key(receiving: pair.remote, originating: pair.local, stream: stream)
        // The peer gives the authoritative server its time; the answer needs some, too.
        asked[pair] = core.now.saturated(adding: core.limits.verification).saturated(adding: core.limits.step)
        core.send(DialbackElement(.result, from: pair.local, to: pair.remote, key: key).bytes)
    }

    // MARK: Answers

    /// An answer counts only where it was asked for on this stream.
    ///
    /// Source: XEP-0220 §3.1.
    mutating func dialback(_ element: DialbackElement) {
        guard let answer = element.answer else {
            // A question of the peer's, who has no business here but on its own streams.
            let reply = DialbackElement(
                element.kind,
                from: element.to,
                to: element.from,
                id: element.id,
                answer: .error(.notAcceptable)
            )
            return core.send(reply.bytes)
        }
        guard let local = BareDomain.read(element.to), let remote = BareDomain.read(element.from) else { return }
        let pair = DomainPair(normalized: local, remote)
        switch element.kind {
        case .result:
            guard asked.removeValue(forKey: pair) != nil else { return }
            switch answer {
            case .valid: accepted(pair)
            case .invalid: turnedDown(pair, .invalid)
            case .error(let fault): turnedDown(pair, .dialback(fault))
            case .unknown: turnedDown(pair, .dialback(.undefinedCondition))
            }
        case .verify:
            guard let question = questions.keys.first(where: { $0.pair == pair && $0.stream == element.id }) else {
                return
            }
            switch answer {
            case .valid: answered(question, .valid)
            case .invalid: answered(question, .invalid)
            case .error(let fault): answered(question, .failed(fault))
            case .unknown: answered(question, .failed(.undefinedCondition))
            }
        }
    }

    private mutating func accepted(_ pair: DomainPair) {
        if pair == self.pair { return enable() }
        var proof = DomainProof.dialback
        if case .proved(let certificate) = verdict { proof = certificate }
        pairs[pair] = proof
        core.movedAt = core.now
        core.actions.append(.established(pair, proof))
    }

    mutating func turnedDown(_ pair: DomainPair, _ fault: PairFault) {
        if pair == self.pair {
            if let refusal, fault != .invalid { return core.finish(.authenticationRefused(refusal)) }
            return core.finish(.dialbackRefused(fault))
        }
        core.actions.append(.refused(pair, fault))
    }

    // MARK: Questions

    /// Asks the peer, as the authoritative server, about a key.
    ///
    /// Source: XEP-0220 §2.1.2.
    mutating func ask(_ request: DialbackRequest) {
        let isTaken =
            questions.keys.contains { $0.pair == request.pair && $0.stream == request.stream }
            || queue.contains { $0.pair == request.pair && $0.stream == request.stream }
        guard !isTaken, questions.count + queue.count < core.limits.verifications else {
            return core.actions.append(.verdict(request, .failed(.resourceConstraint)))
        }
        guard phase == .open else { return queue.append(request) }
        questions[request] = core.now.saturated(adding: core.limits.verification)
        let element = DialbackElement(
            .verify,
            from: request.pair.local,
            to: request.pair.remote,
            id: request.stream,
            key: request.key
        )
        core.send(element.bytes)
    }

    mutating func answered(_ question: DialbackRequest, _ verdict: DialbackVerdict) {
        questions[question] = nil
        core.actions.append(.verdict(question, verdict))
        if purpose == .verification, questions.isEmpty { core.finish(.answered) }
    }
}
