import XMLStreams
import XMPPStanzas

extension ReceivingStream {
    /// A first-level element came on a stream whose features were sent.
    mutating func element(_ element: XML.Element, _ leftover: Bool) {
        if let fault = StreamFault(reading: element) { return core.peerFailed(fault) }
        if StanzaKind(element) != nil { return stanza(element) }
        if element.is("starttls", XMPPNamespace.tls) { return startTLS(leftover) }
        if element.isIn(XMPPNamespace.sasl) { return authenticate(element) }
        if let dialback = DialbackElement(reading: element) { return self.dialback(dialback) }
        if element.is("bidi", XMPPNamespace.bidirectional) {
            // XEP-0288 §2.2: before authentication and behind TLS; elsewhere it changes nothing.
            if policy.isBidirectional, layer == .secured, pairs.isEmpty { isBidirectional = true }
            return
        }
        if element.isIn(XMPPNamespace.streamManagement) { return manage(element) }
        fail(.unsupportedStanzaType, "the peer sent an element that is not known")
    }

    // MARK: TLS

    /// Source: RFC 6120 §5.4.2, §5.4.3.3.
    private mutating func startTLS(_ leftover: Bool) {
        guard layer == .clear, !leftover else {
            var writer = XML.Writer(inherited: XMPPNamespace.server)
            writer.element("failure", XMPPNamespace.tls)
            core.send(writer.bytes + StreamFault.endTag)
            let fault = StreamFault(.policyViolation)
            return core.end(leftover ? .injectedBytes : .fault(fault, "the peer asked for TLS inside TLS"))
        }
        var writer = XML.Writer(inherited: XMPPNamespace.server)
        writer.element("proceed", XMPPNamespace.tls)
        core.send(writer.bytes)
        phase = .handshaking
        core.isMute = true
        core.enter(.handshake)
        core.actions.append(.startTLS(local))
    }

    // MARK: SASL

    /// Source: RFC 6120 §6.4, XEP-0178 §3.
    private mutating func authenticate(_ element: XML.Element) {
        let isOffered = layer == .secured && headerProof != nil && pairs.isEmpty && pending.isEmpty
        let fault: SASLFault
        switch element.name {
        case "auth" where layer == .clear: fault = .encryptionRequired
        case "auth" where element.attribute("mechanism") != "EXTERNAL" || !isOffered: fault = .invalidMechanism
        case "auth":
            isChallenged = false
            do throws(SASLFault) {
                guard let identity = try SASLData.read(element) else {
                    // RFC 6120 §6.3.10: without an initial response there is a challenge, here one without data.
                    isChallenged = true
                    return core.send(SASLData.element("challenge", data: []))
                }
                return authorize(identity)
            } catch {
                fault = error
            }
        case "response" where isChallenged:
            isChallenged = false
            do throws(SASLFault) {
                return authorize(try SASLData.read(element) ?? [])
            } catch {
                fault = error
            }
        case "abort": fault = .aborted
        default: fault = .malformedRequest
        }
        refuse(fault)
    }

    /// The peer asks to act for a domain: for its header's, or for none in particular.
    private mutating func authorize(_ identity: [UInt8]) {
        guard let remote else { return refuse(.notAuthorized) }
        if !identity.isEmpty {
            let domain = String(validating: identity, as: UTF8.self).flatMap { BareDomain.read($0) }
            guard domain == remote else { return refuse(.invalidAuthzid) }
        }
        core.send(SASLData.element("success", data: nil))
        restart()
        layer = .authenticated
        core.enter(.header)
        core.actions.append(.restartParser)
    }

    /// Source: RFC 6120 §6.4.5.
    private mutating func refuse(_ fault: SASLFault) {
        isChallenged = false
        attempts += 1
        core.send(fault.bytes)
        if attempts >= core.limits.attempts { core.fail(.policyViolation, "the peer failed to authenticate too often") }
    }

    // MARK: Stanzas

    /// Source: RFC 6120 §4.3.5, §8.1.
    mutating func stanza(_ element: XML.Element) {
        core.take(element, proofs: proofs, served: hosts.served)
    }

    /// Sends a stanza where the peer asked for them.
    ///
    /// Source: XEP-0288 §2.2.
    mutating func send(_ stanza: [UInt8], _ pair: DomainPair, _ token: UInt64?) {
        guard core.standing == .live, phase == .ready, isBidirectional, pairs.contains(pair) else {
            return core.actions.append(.reject(token: token, .notEstablished))
        }
        core.transmit(stanza, pair, token: token)
    }
}
