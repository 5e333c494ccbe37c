public import MappingTables

/// The configuration of one gateway, checked and with its defaults filled in.
///
/// Paths are absolute or relative to the working directory, whichever the caller's base made them.
public struct GatewayConfiguration: Sendable, Equatable {
    /// The host name of this gateway.
    public var name: String
    /// The directory of the store.
    public var state: String
    /// The directory of the mapping tables.
    public var mappings: String
    /// Domains whose users live on the XMPP shore.
    public var xmppDomains: [String]
    /// Domains whose users live on the CPIM shore.
    public var cpimDomains: [CPIMDomain]
    /// Components of XMPP servers.
    public var components: [Component]
    /// Streams to and from other servers; nil where there are none.
    public var server: Server?
    /// Whom users of other services turn to.
    public var contacts: Contacts
    /// How names are found.
    public var dns: DNS
    /// Where SIP requests arrive.
    public var listeners: [SIPListener]
    /// Who may send SIP requests.
    public var trusted: [TrustedSender]
    /// What is kept of texts, where no route says otherwise.
    public var bodies: Bodies
    /// The files of the audit log.
    public var audit: Audit
    /// Bounds, with defaults filled in.
    public var limits: ConfigLimits
    /// The least severe log line.
    public var logLevel: String
    /// Whether log lines are JSON.
    public var logsJSON: Bool

    /// Whom users turn to, as URIs; empty where nobody is named.
    public struct Contacts: Sendable, Equatable {
        /// For reports of abuse.
        public var abuse: [String]
        /// For administrators.
        public var admin: [String]
        /// For reports about security.
        public var security: [String]
        /// For help.
        public var support: [String]
    }

    /// The files of the audit log.
    public struct Audit: Sendable, Equatable {
        /// The folder of the files; nil for the one in the state directory.
        public var folder: String?
        /// The file of the key that signs checkpoints; nil for the one in the state directory.
        public var signingKey: String?
        /// Where checkpoints go beside the folder.
        public var places: [CheckpointPlace]
        /// The file of the authorities that vouch for web servers among the places; nil for those of the system, or
        /// where no place is reached by TLS.
        public var witnessTrust: String?
        /// How many committed records may be missing in the files.
        public var largestLag: Int
        /// Whether items are refused while more are missing.
        public var refusesBehind: Bool
        /// How long what is kept of texts stays; the first rule that matches holds, and without one it stays.
        public var retention: [Retention]
    }

    /// What is kept of a text.
    public enum Bodies: String, Sendable, CaseIterable {
        /// Nothing but its size.
        case metadata
        /// A keyed digest, in the record.
        case digest
        /// That, and beside the record the text as ciphertext.
        case content
    }

    /// How long what is kept of texts stays.
    public struct Retention: Sendable, Equatable {
        /// The domain of one of both users; nil for all.
        public var domain: String?
        /// What the rule is about; nil for both.
        public var kind: Kind?
        /// Whole UTC days after that of the acceptance.
        public var days: Int

        /// What is kept of a text.
        public enum Kind: String, Sendable, CaseIterable {
            /// The text, as ciphertext.
            case text
            /// What its digest in the record means.
            case digest
        }

        /// Makes a rule.
        ///
        /// - Parameters:
        ///   - domain: the domain of one of both users; nil for all.
        ///   - kind: what the rule is about; nil for both.
        ///   - days: whole UTC days after that of the acceptance.
        public init(domain: String?, kind: Kind? = nil, days: Int) {
            self.domain = domain
            self.kind = kind
            self.days = days
        }
    }

    /// The folder of the audit log's files.
    public var auditFolder: String { audit.folder ?? state + "/audit" }

    /// The file of the key that signs the audit log's checkpoints.
    public var auditKey: String { audit.signingKey ?? state + "/audit.key" }

    /// A place for checkpoints outside the folder.
    public enum CheckpointPlace: Sendable, Equatable {
        /// A file elsewhere.
        case file(String)
        /// The system's log.
        case syslog
        /// A web server.
        case witness(WitnessURL)
    }

    /// A domain of the CPIM shore.
    public struct CPIMDomain: Sendable, Equatable {
        /// Its name.
        public var name: String
        /// Where its requests go.
        public var nextHop: NextHop
        /// Whether large messages may go there (RFC 3428 §8).
        public var isCongestionSafe: Bool
        /// The largest request for a congestion-safe next hop, in bytes.
        public var largestMessage: Int
    }

    /// A component of an XMPP server (XEP-0114).
    public struct Component: Sendable, Equatable {
        /// The component's domain.
        public var domain: String
        /// The server's component port.
        public var server: Endpoint
        /// Where the secret is.
        public var secret: Secret
        /// Where the configuration says so.
        public var secretPosition: SourcePosition
        /// The largest stanza that the server takes, in bytes.
        public var largestStanza: Int
    }

    /// Where a secret is; the secret itself is read when it is used and never printed.
    public enum Secret: Sendable, Equatable {
        /// In a file, without its last line break.
        case file(String)
        /// In an environment variable.
        case environment(String)
    }

    /// An address that may speak for domains.
    public struct TrustedSender: Sendable, Equatable {
        /// Its IP address.
        public var address: String
        /// The domains that it may speak for.
        public var domains: [String]
        /// Whether it is a proxy that may assert who a sender is (RFC 3325 §4).
        public var isIntermediary: Bool
    }
}
