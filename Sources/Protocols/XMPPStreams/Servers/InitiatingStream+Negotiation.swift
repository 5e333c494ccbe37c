import XMLStreams
import XMPPStanzas

extension InitiatingStream {
    // MARK: Headers

    mutating func sendHeader() {
        phase = .header
        header = nil
        core.enter(.header)
        core.send(ServerStreamHeader(from: pair.local, to: pair.remote).bytes)
    }

    /// Source: RFC 6120 §4.7, §4.9.3.25.
    mutating func headerCame(_ root: XML.Element) {
        let header: ServerStreamHeader
        do throws(ServerStreamHeader.Fault) {
            header = try ServerStreamHeader(reading: root)
        } catch {
            return core.fail(error.condition, "the peer's header is not one between servers")
        }
        guard let version = header.version, version.major >= 1 else {
            return core.fail(.unsupportedVersion, "the peer's header has no version")
        }
        self.header = header
        core.language = header.language
        phase = .features
        core.enter(.features)
    }

    // MARK: TLS

    /// TLS is there: nothing that came before counts.
    ///
    /// Source: RFC 6120 §5.4.3.3, §13.7.1.
    mutating func secure(_ facts: TLSFacts, isFresh: Bool) {
        layer = .secured
        core.isMute = false
        features = StreamFeatures()
        hasDialbackErrors = false
        core.certificateEnd = facts.certificateEnd
        if !isFresh { core.actions.append(.restartParser) }
        sendHeader()
        guard facts.hasCertificate else { return judged(.refused("there is none")) }
        core.isHeld = true
        core.enter(.certificate)
        core.actions.append(.checkCertificate(pair.remote))
    }

    /// What the peer's certificate is worth.
    ///
    /// Source: RFC 6120 §13.7.2.
    mutating func judged(_ verdict: CertificateVerdict) {
        self.verdict = verdict
        core.isHeld = false
        core.enter(.header)
        if case .refused(let why) = verdict, purpose == .stanzas, trust.authentication != .dialback {
            core.fail(StreamFault(.policyViolation), .certificateRefused(domain: pair.remote, why))
        }
    }

    // MARK: Elements

    mutating func element(_ element: XML.Element, _ leftover: Bool) {
        if StanzaKind(element) != nil { return stanza(element) }
        if let features = StreamFeatures(reading: element) { return featuresCame(features) }
        if element.isIn(XMPPNamespace.tls) { return tlsAnswered(element, leftover) }
        if element.isIn(XMPPNamespace.sasl) { return saslAnswered(element) }
        if let dialback = DialbackElement(reading: element) { return self.dialback(dialback) }
        if element.isIn(XMPPNamespace.streamManagement) { return manage(element) }
        core.fail(.unsupportedStanzaType, "the peer sent an element that is not known")
    }

    /// Source: XEP-0288 §2.2.
    private mutating func stanza(_ element: XML.Element) {
        core.take(element, proofs: senders, served: addressees)
    }

    /// Who may send on a stream of ours: the proved domain that it was opened to, where both ways are agreed on.
    var senders: [String: DomainProof] {
        guard isBidirectional, let proof = pairs[pair] else { return [:] }
        return [pair.remote: proof]
    }

    /// Whom it may send to.
    var addressees: Set<String> { Set(pairs.keys.filter { $0.remote == pair.remote }.map(\.local)) }

    // MARK: Features

    /// Source: RFC 6120 §4.3.2, §5.4.1, RFC 7590 §3.1.
    private mutating func featuresCame(_ features: StreamFeatures) {
        // RFC 6120 §4.3.5: features that come once more have nothing left to say.
        guard phase == .features else { return }
        self.features = features
        hasDialbackErrors = hasDialbackErrors || features.hasDialbackErrors
        switch layer {
        case .clear:
            if features.encryption != .none || trust.encryption == .required {
                var writer = XML.Writer(inherited: XMPPNamespace.server)
                writer.element("starttls", XMPPNamespace.tls)
                core.send(writer.bytes)
                phase = .asking
                return core.enter(.startTLS)
            }
            guard trust.authentication == .dialback || purpose == .verification else {
                return core.fail(
                    StreamFault(.policyViolation),
                    .certificateRefused(domain: pair.remote, "there is no TLS to show it")
                )
            }
            purpose == .verification ? opened() : sendKey()
        case .secured:
            if purpose == .verification { return opened() }
            features.mechanisms?.contains("EXTERNAL") == true && hasCertificate ? authenticate() : sendKey()
        case .authenticated: enable()
        }
    }

    /// Source: RFC 6120 §5.4.2, §5.4.3.3.
    private mutating func tlsAnswered(_ element: XML.Element, _ leftover: Bool) {
        guard phase == .asking else {
            return core.fail(.unsupportedStanzaType, "the peer answers what it was not asked")
        }
        guard element.isNamed("proceed") else { return core.fail(StreamFault(.policyViolation), .encryptionRefused) }
        if leftover { return core.end(.injectedBytes) }
        phase = .handshaking
        core.isMute = true
        core.enter(.handshake)
        core.actions.append(.startTLS(pair.remote))
    }

    // MARK: SASL

    /// Names our domain, although the header does: older servers read it nowhere else.
    ///
    /// Source: XEP-0178 §3, XEP-0288 §2.2.
    private mutating func authenticate() {
        askBothWays()
        core.send(SASLData.element("auth", mechanism: "EXTERNAL", data: Array(pair.local.utf8)))
        phase = .authenticating
        core.enter(.authentication)
    }

    private mutating func askBothWays() {
        guard policy.isBidirectional, features.isBidirectional, !isBidirectional, case .proved = verdict else { return }
        var writer = XML.Writer(inherited: XMPPNamespace.server)
        writer.element("bidi", XMPPNamespace.bidirectional)
        core.send(writer.bytes)
        isBidirectional = true
    }

    /// Source: RFC 6120 §6.4.
    private mutating func saslAnswered(_ element: XML.Element) {
        guard phase == .authenticating else {
            return core.fail(.unsupportedStanzaType, "the peer answers what it was not asked")
        }
        switch element.name {
        case "success":
            layer = .authenticated
            core.actions.append(.restartParser)
            sendHeader()
        case "challenge":
            core.send(SASLData.element("response", data: Array(pair.local.utf8)))
        default:
            // RFC 6120 §6.4.5: where EXTERNAL fails, dialback may still do.
            let fault = SASLFault(reading: element)
            refusal = fault
            canSendKey ? sendKey() : core.finish(.authenticationRefused(fault))
        }
    }

    // MARK: Dialback for the stream's own pair

    /// Dialback is offered by a feature or, as before there were features, by a namespace.
    ///
    /// Source: XEP-0220 §2.4.
    private var canSendKey: Bool {
        keys != nil && header?.id?.isEmpty == false && (features.hasDialback || header?.hasDialback == true)
    }

    private mutating func sendKey() {
        guard canSendKey else { return core.fail(StreamFault(.unsupportedFeature), .notNegotiable) }
        askBothWays()
        phase = .verifying
        core.leaveStep()
        sendKey(for: pair)
    }

    // MARK: Stream management

    /// Source: XEP-0198 §3, §5.
    mutating func enable() {
        guard policy.hasStreamManagement, features.hasStreamManagement else { return opened() }
        phase = .enabling
        core.enter(.authentication)
        if let session, let id = session.id {
            core.send(ManagementElement.resume(id: id, handled: session.handled).bytes)
        } else {
            core.send(ManagementElement.enable(resume: true).bytes)
        }
    }

    private mutating func manage(_ element: XML.Element) {
        let command: ManagementElement
        do throws(StreamFault) {
            guard let read = try ManagementElement(reading: element) else { return }
            command = read
        } catch {
            return core.fail(error, .fault(error, "the peer sent stream management that cannot be read"))
        }
        switch command {
        case .enabled(let id) where phase == .enabling && session == nil:
            core.management = StreamManagement(
                pair: pair,
                id: id,
                arrivals: core.arrivals,
                limits: core.limits.management
            )
            opened()
        case .resumed(let id, let handled) where phase == .enabling && session?.id == id: resumed(handled)
        case .failed(_, let handled) where phase == .enabling: notEnabled(handled)
        case .request where core.management != nil: core.acknowledge()
        case .acknowledgement(let count): core.acknowledged(count)
        case .enable, .resume, .enabled, .resumed, .failed, .request:
            core.fail(.unsupportedStanzaType, "the peer sent stream management that was not agreed on")
        }
    }

    private mutating func resumed(_ handled: UInt32) {
        guard var session else { return }
        self.session = nil
        do throws(StreamFault) {
            let (tokens, again) = try session.resume(handled)
            core.arrivals = session.received
            core.management = session
            if !tokens.isEmpty { core.actions.append(.confirm(tokens)) }
            for stanza in again { core.send(stanza) }
            core.actions.append(.resumed(session.unconfirmed))
            opened()
            if !again.isEmpty { core.flush() }
        } catch {
            core.fail(error, .fault(error, "the peer acknowledged more stanzas than were sent"))
        }
    }

    /// A stream that cannot be resumed is begun; what the peer had taken of the former one is known at least.
    private mutating func notEnabled(_ handled: UInt32?) {
        guard var session else { return opened() }
        self.session = nil
        if let handled, let tokens = try? session.acknowledge(handled), !tokens.isEmpty {
            core.actions.append(.confirm(tokens))
        }
        enable()
    }

    // MARK: Open

    /// The negotiation is over.
    private mutating func opened() {
        phase = .open
        core.leaveStep()
        if purpose == .stanzas {
            var proof = DomainProof.dialback
            if case .proved(let certificate) = verdict { proof = certificate }
            pairs[pair] = proof
            core.pingPair = pair
            core.movedAt = core.now
            core.actions.append(.established(pair, proof))
        }
        let wishes = self.wishes
        self.wishes = []
        for wish in wishes { authorize(wish) }
        let questions = queue
        queue = []
        for question in questions { ask(question) }
        if purpose == .verification, self.questions.isEmpty { core.finish(.answered) }
    }
}
