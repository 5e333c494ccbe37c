import TLSChannels
import XMLStreams
import XMPPStanzas
import XMPPStreams

/// What one stream to a server shows, told as it goes on.
///
/// It follows what the machine of live traffic takes and does, and decides nothing itself.
///
/// Source: RFC 6120 §4.3, §5, §6, XEP-0220 §2.1.
struct StreamFindings {
    private enum Layer {
        case clear
        case secured
        case authenticated
    }

    private let pair: DomainPair
    private let trust: StreamPolicy.Trust
    private let hasCertificate: Bool
    private let isDirect: Bool
    private var layer = Layer.clear
    private var features = StreamFeatures()
    private var peer: TLSPeer?
    /// What is waited for, by which an end without a step of its own is placed.
    private(set) var stage = LinkFinding.Step.stream
    private var isAuthenticated = false
    private var hasSentKey = false
    /// Whether the peer's refusal of the certificate was told already.
    private var hasToldRefusal = false
    private var acknowledges: Bool?
    /// How the peer was proved; nil while stanzas do not flow.
    private(set) var proof: DomainProof?

    init(_ pair: DomainPair, trust: StreamPolicy.Trust, hasCertificate: Bool, isDirect: Bool) {
        self.pair = pair
        self.trust = trust
        self.hasCertificate = hasCertificate
        self.isDirect = isDirect
        if isDirect { stage = .tls }
    }

    // MARK: TLS

    /// The handshake is done.
    mutating func secured(_ peer: TLSPeer) -> [LinkFinding] {
        self.peer = peer
        layer = .secured
        stage = .trust
        let version =
            switch peer.version {
            case .tls12: "TLS 1.2"
            case .tls13: "TLS 1.3"
            }
        let way = isDirect ? "from the first byte" : "by STARTTLS"
        let named = peer.applicationProtocol.map { ", ALPN \($0)" } ?? ""
        let finding = LinkFinding(.tls, .ok, "\(version) \(peer.cipher) \(way)\(named)")
        return peer.certificates.chain.isEmpty ? [finding, CertificateFindings.missing(trust)] : [finding]
    }

    // MARK: What the machine takes and does

    /// The machine took something.
    ///
    /// - Parameters:
    ///   - input: what it took.
    ///   - actions: what it asks for on that.
    ///   - now: seconds since 1970.
    /// - Returns: what that shows.
    mutating func took(_ input: StreamInput, _ actions: [StreamAction], now: Int64) -> [LinkFinding] {
        switch input {
        case .certificate(pair.remote, let verdict):
            stage = .features
            guard let peer else { return [] }
            return CertificateFindings.peer(peer.certificates, for: pair.remote, verdict, trust, now: now)
        case .xml(.element(let element), _):
            if let features = StreamFeatures(reading: element) { return offered(features, actions) }
            if element.isIn(XMPPNamespace.sasl) { return answered(element, actions) }
            if element.is("enabled", XMPPNamespace.streamManagement) { acknowledges = true }
            if element.is("failed", XMPPNamespace.streamManagement) { acknowledges = false }
            return []
        default: return []
        }
    }

    private mutating func offered(_ features: StreamFeatures, _ actions: [StreamAction]) -> [LinkFinding] {
        self.features = features
        let offers = Self.words(features)
        let list = offers.isEmpty ? "nothing" : offers.listed()
        switch layer {
        case .clear:
            noteKey(actions)
            if Self.write("<starttls ", in: actions) { stage = .tls }
            if features.encryption != .none {
                return [LinkFinding(.stream, .ok, "in the clear the peer offers \(list)")]
            }
            return [
                LinkFinding(
                    .stream,
                    .warning,
                    "the peer does not offer STARTTLS; it offers \(list)",
                    remedy: "ask the peer's operator to switch TLS on for server-to-server streams"
                )
            ]
        case .secured:
            noteKey(actions)
            let finding = LinkFinding(.features, offers.isEmpty ? .warning : .ok, "inside TLS the peer offers \(list)")
            if Self.write("<auth ", in: actions) {
                stage = .sasl
                return [finding]
            }
            if !hasSentKey { stage = .sasl }
            return [finding, unused()]
        case .authenticated:
            stage = .acknowledgements
            return [LinkFinding(.features, .ok, "once authenticated the peer offers \(list)")]
        }
    }

    /// The gateway's certificate is not named to the peer.
    private func unused() -> LinkFinding {
        if features.mechanisms?.contains("EXTERNAL") == true {
            return LinkFinding(.sasl, .skipped, "EXTERNAL is offered, and the gateway has no certificate to show")
        }
        guard hasCertificate else {
            return LinkFinding(.sasl, .skipped, "EXTERNAL is not offered, and the gateway shows no certificate")
        }
        return LinkFinding(
            .sasl,
            .warning,
            "the peer does not offer EXTERNAL: it does not trust the gateway's certificate, or takes none",
            remedy: "check that the certificate names \(pair.local) and is issued by an authority the peer trusts"
        )
    }

    private mutating func answered(_ element: XML.Element, _ actions: [StreamAction]) -> [LinkFinding] {
        if element.isNamed("success") {
            isAuthenticated = true
            layer = .authenticated
            stage = .features
            return [LinkFinding(.sasl, .ok, "the peer takes the gateway's certificate (EXTERNAL)")]
        }
        guard element.isNamed("failure") else { return [] }
        noteKey(actions)
        let conditions = element.children.compactMap { SASLFault(rawValue: $0.name) }
        let reason = StreamReason.authenticationRefused(conditions.first ?? .notAuthorized)
        let text = element.first("text", XMPPNamespace.sasl).map { ": \($0.text)" } ?? ""
        hasToldRefusal = true
        return [
            LinkFinding(
                .sasl,
                hasSentKey ? .warning : .failure,
                reason.sentence + text + (hasSentKey ? "; dialback is tried" : ""),
                remedy: reason.remedy
            )
        ]
    }

    private mutating func noteKey(_ actions: [StreamAction]) {
        guard Self.write("<db:result ", in: actions) else { return }
        hasSentKey = true
        stage = .dialback
    }

    // MARK: Ends

    /// Stanzas may flow.
    mutating func established(_ proof: DomainProof) -> [LinkFinding] {
        self.proof = proof
        var findings: [LinkFinding] = []
        if hasSentKey {
            let what = "the peer asked \(pair.local) about the key, and takes it"
            findings.append(LinkFinding(.dialback, .ok, what))
        } else if isAuthenticated {
            findings.append(LinkFinding(.dialback, .skipped, "not needed, since the peer takes the certificate"))
        }
        switch acknowledges {
        case true?: findings.append(LinkFinding(.acknowledgements, .ok, "the peer acknowledges stanzas (XEP-0198)"))
        case false?:
            let what = "the peer offers to acknowledge stanzas, and refuses it"
            findings.append(LinkFinding(.acknowledgements, .warning, what))
        case nil:
            let what = "not offered; pings behind stanzas tell that they arrived"
            findings.append(LinkFinding(.acknowledgements, .skipped, what))
        }
        return findings
    }

    /// The stream is over.
    func ended(_ reason: StreamReason) -> [LinkFinding] {
        guard proof == nil else { return [] }
        switch reason {
        case .authenticationRefused where hasToldRefusal && !hasSentKey: return []
        case .redirected: return [LinkFinding(.stream, .warning, reason.sentence)]
        default:
            return [LinkFinding(step(of: reason), .failure, reason.sentence, remedy: remedy(of: reason))]
        }
    }

    /// The caller waits no longer.
    ///
    /// - Parameter time: how long it waited, in words.
    /// - Returns: what was waited for.
    func givenUp(after time: String) -> LinkFinding {
        LinkFinding(stage, .failure, "nothing more came in \(time)", remedy: remedyOfStage)
    }

    private func step(of reason: StreamReason) -> LinkFinding.Step {
        switch reason {
        case .timeout(let step):
            switch step {
            case .header, .features: stage
            case .startTLS, .handshake: .tls
            case .certificate: .trust
            case .authentication: stage == .acknowledgements ? .acknowledgements : .sasl
            case .dialback: .dialback
            }
        case .encryptionRefused, .handshakeFailed, .injectedBytes: .tls
        case .certificateRefused, .certificateExpired: .trust
        case .authenticationRefused, .notNegotiable: .sasl
        case .dialbackRefused: .dialback
        // Whatever else ends a stream ends it where it is.
        default: stage
        }
    }

    /// An end that the peer does not explain is explained by what it came upon.
    private func remedy(of reason: StreamReason) -> String? {
        if let remedy = reason.remedy { return remedy }
        if case .peerFault = reason { return "the log of the peer's server says more" }
        return remedyOfStage
    }

    private var remedyOfStage: String? {
        switch stage {
        case .stream: "check that the port is a server-to-server listener of XMPP"
        case .tls: "ask the peer's operator whether TLS is configured there"
        case .features, .sasl, .trust: "read the peer's log: it may refuse the gateway's certificate without saying so"
        case .dialback: StreamReason.timeout(.dialback).remedy
        case .policy, .own, .dns, .tcp, .chain, .names, .expiry, .acknowledgements, .link: nil
        }
    }

    // MARK: Words

    private static func words(_ features: StreamFeatures) -> [String] {
        var words: [String] = []
        switch features.encryption {
        case .none: break
        case .offered: words.append("STARTTLS")
        case .required: words.append("STARTTLS (required)")
        }
        if let mechanisms = features.mechanisms {
            words.append(mechanisms.isEmpty ? "SASL without a mechanism" : "SASL \(mechanisms.joined(separator: " "))")
        }
        if features.hasDialback { words.append(features.hasDialbackErrors ? "dialback with errors" : "dialback") }
        if features.isBidirectional { words.append("both directions on one stream") }
        if features.hasStreamManagement { words.append("acknowledgements") }
        return words
    }

    /// Whether the machine writes something that has this in it.
    private static func write(_ text: StaticString, in actions: [StreamAction]) -> Bool {
        let wanted = Array("\(text)".utf8)
        return actions.contains { action in
            guard case .send(let bytes) = action else { return false }
            return bytes.indices.contains { bytes[$0...].starts(with: wanted) }
        }
    }
}
