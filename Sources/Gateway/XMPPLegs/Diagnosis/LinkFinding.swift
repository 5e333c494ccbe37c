/// One thing that was found out about the way to another server.
public struct LinkFinding: Sendable, Equatable {
    /// What was looked at.
    public enum Step: String, Sendable, CaseIterable {
        /// What the configuration demands of the peer.
        case policy
        /// The certificate that the gateway shows.
        case own
        /// Which servers the domain has, and where they are.
        ///
        /// Source: RFC 6120 §3.2.
        case dns
        /// Connections.
        case tcp
        /// The stream in the clear, up to TLS.
        ///
        /// Source: RFC 6120 §4.3.
        case stream
        /// The TLS handshake.
        ///
        /// Source: RFC 6120 §5.4.3.
        case tls
        /// Who vouches for the peer's certificate.
        ///
        /// Source: RFC 6120 §13.7.2.
        case chain
        /// Whom the peer's certificate names.
        ///
        /// Source: RFC 6120 §13.7.1.2.1.
        case names
        /// How long the peer's certificate is valid.
        case expiry
        /// What the certificate is worth in all.
        case trust
        /// What the peer offers.
        ///
        /// Source: RFC 6120 §4.3.2.
        case features
        /// Whether the peer takes the gateway's certificate.
        ///
        /// Source: XEP-0178 §3.
        case sasl
        /// Whether the peer takes the gateway's key.
        ///
        /// Source: XEP-0220 §2.1.
        case dialback
        /// Whether stanzas are acknowledged.
        ///
        /// Source: XEP-0198 §3.
        case acknowledgements
        /// The sum.
        case link
    }

    /// What was found.
    public enum Outcome: String, Sendable, CaseIterable {
        /// It is as it should be.
        case ok
        /// The link does not fail by it, but somebody should look.
        case warning
        /// The link fails by it.
        case failure
        /// It was not needed, or not reached.
        case skipped
    }

    /// The most characters of a sentence; much of it is written by the peer.
    public static let textLimit = 1_000

    /// What was looked at.
    public let step: Step
    /// What was found.
    public let outcome: Outcome
    /// The facts, one line without control characters.
    public let sentence: String
    /// What an operator can do; nil where nothing needs to be done, or nobody here can.
    public let remedy: String?
    /// The server that was spoken to, as host and port; nil for what holds for all.
    public var server: String?

    /// Makes a finding.
    ///
    /// - Parameters:
    ///   - step: what was looked at.
    ///   - outcome: what was found.
    ///   - sentence: the facts.
    ///   - remedy: what an operator can do.
    ///   - server: the server that was spoken to.
    public init(_ step: Step, _ outcome: Outcome, _ sentence: String, remedy: String? = nil, server: String? = nil) {
        self.step = step
        self.outcome = outcome
        self.sentence = Self.line(sentence)
        self.remedy = remedy.map(Self.line)
        self.server = server.map(Self.line)
    }

    /// Text on one line: what a peer wrote must not move the cursor of whoever reads it.
    private static func line(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(textLimit).map { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: Unicode.Scalar(0x20 as UInt8)
            default: scalar
            }
        }
        return String(String.UnicodeScalarView(scalars))
    }
}

extension [String] {
    /// The first of many, with the number of the others.
    func listed(_ limit: Int = 8) -> String {
        let text = prefix(limit).joined(separator: ", ")
        return count > limit ? "\(text) and \(count - limit) more" : text
    }
}
