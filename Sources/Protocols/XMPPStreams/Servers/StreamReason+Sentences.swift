extension StreamReason {
    /// A sentence for people, with what the peer said.
    public var sentence: String {
        switch self {
        case .finished: "the gateway ended the stream"
        case .idle: "the stream was not needed for long"
        case .peerClosed: "the peer ended the stream"
        case .peerFault(let fault):
            "the peer ended the stream with \(fault.condition.rawValue)"
                + (fault.text.map { ": \(Self.line($0))" } ?? "")
        case .notAdmitted(let domain): "the peer's domain, \(domain), is not admitted"
        case .fault(_, let what): what
        case .unreadable(let error): "the peer's bytes are no stream, \(error)"
        case .timeout(let step): "the peer took too long: \(step.rawValue)"
        case .encryptionRefused: "the peer does not encrypt"
        case .handshakeFailed(let why): "the TLS handshake failed: \(why)"
        case .injectedBytes: "bytes in the clear stood where TLS had to begin"
        case .certificateRefused(let domain, let why): "the certificate does not prove \(domain): \(why)"
        case .certificateExpired: "the peer's certificate expired"
        case .authenticationRefused(let fault): "the peer refused the gateway's certificate with \(fault.rawValue)"
        case .dialbackRefused(.dialback(let fault)): "the peer could not verify the domain: \(fault.rawValue)"
        case .dialbackRefused: "the peer called the gateway's dialback key invalid"
        case .notNegotiable: "the peer offers neither EXTERNAL nor dialback"
        case .redirected(let host): "the peer names another host, \(Self.line(host))"
        case .redirectRefused(let host): "the peer names another host, \(Self.line(host)), and may not"
        case .answered: "the key was verified"
        case .unanswered: "the peer did not answer whether it lives"
        case .unacknowledged: "the peer acknowledged nothing for too long"
        case .connectionLost: "the connection is gone"
        }
    }

    /// The most characters of the peer's own text.
    static let textLimit = 200

    /// Text of the peer's on one line, at most ``textLimit`` characters of it.
    ///
    /// Source: RFC 6120 §4.9.2.
    private static func line(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(textLimit).map { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: Unicode.Scalar(0x20 as UInt8)
            default: scalar
            }
        }
        return String(String.UnicodeScalarView(scalars))
    }

    /// What an operator can do about it; nil when nothing needs to be done.
    public var remedy: String? {
        switch self {
        case .finished, .idle, .peerClosed, .redirected, .answered, .certificateExpired, .connectionLost: nil
        case .peerFault(let fault): Self.remedy(fault)
        case .notAdmitted: "accept the domain, or take it out of those that are refused, if it may connect"
        case .fault: "the peer's software does not follow RFC 6120; tell its operator what stands here"
        case .unreadable: "check that the port is a server-to-server listener of XMPP"
        case .timeout(.certificate): "check that the DNS and the trust anchors of the gateway answer"
        case .timeout(.dialback): "check that the peer reaches the gateway's server-to-server listener by its DNS name"
        case .timeout: "check the peer's port and the network between"
        case .encryptionRefused:
            "ask the peer's operator for TLS, or allow this domain to stay in the clear"
        case .handshakeFailed: "compare TLS versions and certificates of both sides"
        case .injectedBytes: "somebody changes the connection, or the peer's software is broken; nothing was taken"
        case .certificateRefused:
            "ask the peer's operator for a certificate of that name, pin the one it has, or allow dialback for it"
        case .authenticationRefused:
            "check that the gateway's certificate names the domain and is issued by an authority the peer trusts"
        case .dialbackRefused(.dialback(.itemNotFound)): "the peer does not serve that domain"
        case .dialbackRefused(.dialback(.policyViolation)), .dialbackRefused(.dialback(.notAuthorized)):
            "the peer wants a certificate for that domain"
        case .dialbackRefused:
            "check that the domain's DNS leads to the gateway, and that all its instances share the dialback secret"
        case .notNegotiable:
            "the peer takes neither certificates nor dialback; give the gateway a certificate it trusts"
        case .redirectRefused: "check the peer's DNS; name its host in the configuration if it is right"
        case .unanswered, .unacknowledged: "check the network to the peer, and its load"
        }
    }

    private static func remedy(_ fault: StreamFault) -> String? {
        switch fault.condition {
        case .hostUnknown, .hostGone: "the peer does not serve that domain; check its name and its DNS"
        case .notAuthorized, .invalidFrom:
            "the peer does not take the gateway's proof; check certificate, DNS and dialback of the gateway's domain"
        case .policyViolation: "the peer's policy forbids it; compare TLS, authentication and limits of both sides"
        case .resourceConstraint: "the peer is full, or limits the gateway"
        case .unsupportedVersion, .unsupportedFeature: "the peer's software is too old to be linked"
        default: nil
        }
    }
}
