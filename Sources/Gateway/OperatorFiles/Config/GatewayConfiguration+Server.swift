extension GatewayConfiguration {
    /// Streams to and from other servers.
    ///
    /// Source: RFC 6120 §4, §13.7.2.
    public struct Server: Sendable, Equatable {
        /// What proves a domain.
        public enum Authentication: String, Sendable, CaseIterable {
            /// Only a certificate.
            case pkix
            /// A certificate, or dialback of a server that connects.
            case pkixOrDialback = "pkix-or-dialback"
            /// Dialback is enough.
            case dialback
        }

        /// What is demanded of a domain.
        public struct Trust: Sendable, Equatable {
            /// What proves it.
            public var authentication: Authentication
            /// Whether its streams have to be encrypted.
            public var isEncrypted: Bool
        }

        /// A domain for which something else holds.
        public struct Peer: Sendable, Equatable {
            /// The domain.
            public var domain: String
            /// What is demanded of it.
            public var trust: Trust
            /// Its server; nil when the DNS names it.
            public var server: Endpoint?
            /// Whether TLS begins at once there.
            public var isDirect: Bool
            /// The SHA-256 of certificates that prove it.
            public var pins: Set<[UInt8]>
        }

        /// Where servers connect that negotiate TLS.
        public var listeners: [Endpoint]
        /// Where servers connect that begin with TLS.
        public var directListeners: [Endpoint]
        /// The file of the certificate and its chain.
        public var certificate: String
        /// The file of its private key.
        public var key: String
        /// The file of the authorities that are believed; nil for those of the system.
        public var trust: String?
        /// What is demanded of domains for which nothing else holds.
        public var usual: Trust
        /// Whether records that DNSSEC proves say which certificates are right.
        public var usesDANE: Bool
        /// Whether web servers are asked for what nothing else proves.
        public var usesPOSH: Bool
        /// Whether one stream carries both directions.
        public var isBidirectional: Bool
        /// Whether stanzas are acknowledged.
        public var acknowledges: Bool
        /// Whether XMPP domains are served that the configuration does not name.
        public var acceptsStrangers: Bool
        /// Domains that are never served.
        public var refused: Set<String>
        /// Where the secret of dialback is; nil when it is derived from the store's.
        public var dialbackSecret: Secret?
        /// Domains for which something else holds.
        public var peers: [Peer]
    }

    /// How names are found.
    public struct DNS: Sendable, Equatable {
        /// The servers that are asked; none for those of the system.
        public var servers: [Endpoint]
        /// A file of DNSSEC trust anchors.
        public var trustAnchorFile: String?
        /// Ranges of addresses that the DNS may name although their kind is refused.
        public var allowedAddresses: [String]
    }

    /// The domains of the CPIM shore that no component stands for, which server streams serve; in the order of the file.
    public var serverDomains: [String] {
        let components = Set(components.map(\.domain))
        return cpimDomains.map(\.name).filter { !components.contains($0) }
    }
}

extension GatewayConfiguration.Server.Authentication {
    /// How little proves a domain, from 0.
    var weakness: Int {
        switch self {
        case .pkix: 0
        case .pkixOrDialback: 1
        case .dialback: 2
        }
    }
}
