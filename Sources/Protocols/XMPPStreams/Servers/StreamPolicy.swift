/// What is demanded of peers.
///
/// Source: RFC 6120 §13.7.2, RFC 7590 §3.4.
public struct StreamPolicy: Sendable, Equatable {
    /// Whether a stream has to be encrypted.
    public enum Encryption: String, Sendable, CaseIterable {
        /// Nothing but TLS is negotiated in the clear.
        case required
        /// A stream may stay in the clear, where only dialback can verify it.
        case optional
    }

    /// What proves a domain.
    public enum Authentication: String, Sendable, CaseIterable {
        /// Only a certificate, in both directions.
        case certificate
        /// A peer that connects is taken with a certificate or by dialback; one that is connected to needs a
        /// certificate.
        case certificateOrDialback
        /// Dialback is enough in both directions.
        case dialback
    }

    /// What is demanded of one domain.
    public struct Trust: Sendable, Equatable {
        /// Whether streams have to be encrypted.
        public var encryption: Encryption
        /// What proves the domain.
        public var authentication: Authentication

        /// Makes a demand.
        ///
        /// - Parameters:
        ///   - encryption: whether streams have to be encrypted.
        ///   - authentication: what proves the domain.
        public init(
            encryption: Encryption = .required,
            authentication: Authentication = .certificateOrDialback
        ) {
            self.encryption = encryption
            self.authentication = authentication
        }
    }

    /// What is demanded of domains without a rule of their own.
    public var usual: Trust
    /// What is demanded of single domains.
    public var exceptions: [String: Trust]
    /// Which domains may connect at all.
    public var admission: DomainAdmission
    /// Whether stanzas may flow in both directions of one stream.
    ///
    /// Source: XEP-0288 §2.
    public var isBidirectional: Bool
    /// Whether stanzas are acknowledged where the peer can.
    ///
    /// Source: XEP-0198 §3.
    public var hasStreamManagement: Bool

    /// Makes a policy.
    ///
    /// - Parameters:
    ///   - usual: what is demanded of domains without a rule of their own.
    ///   - exceptions: what is demanded of single domains.
    ///   - admission: which domains may connect at all.
    ///   - isBidirectional: whether stanzas may flow in both directions of one stream.
    ///   - hasStreamManagement: whether stanzas are acknowledged.
    public init(
        usual: Trust = Trust(),
        exceptions: [String: Trust] = [:],
        admission: DomainAdmission = DomainAdmission(),
        isBidirectional: Bool = false,
        hasStreamManagement: Bool = true
    ) {
        self.usual = usual
        self.exceptions = exceptions
        self.admission = admission
        self.isBidirectional = isBidirectional
        self.hasStreamManagement = hasStreamManagement
    }

    /// What is demanded of a domain.
    ///
    /// - Parameter domain: the peer's domain; nil while it has not named one.
    /// - Returns: its own rule, or the usual one.
    public func trust(for domain: String?) -> Trust {
        domain.flatMap { exceptions[$0] } ?? usual
    }
}

/// The domains that are served here.
///
/// Source: RFC 6120 §4.9.3.5, §4.9.3.6.
public struct HostedDomains: Sendable, Equatable {
    /// The domain that answers for a peer that named none, or an unknown one.
    public let fallback: String
    /// All of them.
    public let served: Set<String>
    /// The ones that were served once.
    public let retired: Set<String>

    /// Makes a list; names are in the form of `DomainName.normalized`.
    ///
    /// - Parameters:
    ///   - fallback: the domain that answers for a peer that named none; served too.
    ///   - others: the other ones.
    ///   - retired: the ones that were served once.
    public init(_ fallback: String, others: Set<String> = [], retired: Set<String> = []) {
        self.fallback = fallback
        served = others.union([fallback])
        self.retired = retired
    }
}
