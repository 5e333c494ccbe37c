public import DNSChannels
public import XMPPChannels
public import XMPPStreams

extension XMPPLegSettings {
    /// What streams to and from other servers are made with; the domains without a component are served by them.
    ///
    /// Source: RFC 6120 §4, §13.
    public struct Server: Sendable {
        /// Where other servers connect.
        public struct Listener: Sendable, Hashable {
            /// The address or host.
            public var host: String
            /// The port; 0 for any.
            public var port: Int
            /// Whether TLS begins with the first byte (XEP-0368).
            public var isDirect: Bool

            /// Why a listener could not be bound.
            public struct Fault: Error {
                /// The listener.
                public let listener: Listener
                /// What the system said.
                public let cause: any Error
            }

            /// Makes a listener.
            ///
            /// - Parameters:
            ///   - host: the address or host.
            ///   - port: the port.
            ///   - isDirect: whether TLS begins with the first byte.
            public init(host: String, port: Int, isDirect: Bool) {
                self.host = host
                self.port = port
                self.isDirect = isDirect
            }
        }

        /// The gateway's domains that are served; the first answers for peers that name none.
        public var domains: [String]
        /// Where other servers connect.
        public var listeners: [Listener]
        /// What is demanded of peers.
        public var policy: StreamPolicy
        /// Servers that an operator names, by the domain of the peer; others are found by the DNS.
        public var servers: [String: [ServerCandidate]] = [:]
        /// The keys of dialback; without them there is none.
        public var keys: DialbackKeys?
        /// What TLS is done with, and what certificates are believed.
        public var tls: ServerTLS
        /// What finds servers and connects to them.
        public var connector: Connector
        /// The waits and bounds of one stream that a peer opened.
        public var receiving = StreamLimits()
        /// The waits and bounds of one stream that the gateway opened.
        public var initiating = StreamLimits(idle: 3_600_000_000_000)
        /// The bounds of all of them.
        public var bounds = ServerBounds()

        /// Puts together what is there.
        ///
        /// - Parameters:
        ///   - domains: the domains that are served, at least one.
        ///   - listeners: where other servers connect.
        ///   - policy: what is demanded of peers.
        ///   - keys: the keys of dialback.
        ///   - tls: what TLS is done with.
        ///   - connector: what finds servers.
        public init(
            domains: [String],
            listeners: [Listener],
            policy: StreamPolicy,
            keys: DialbackKeys?,
            tls: ServerTLS,
            connector: Connector
        ) {
            self.domains = domains
            self.listeners = listeners
            self.policy = policy
            self.keys = keys
            self.tls = tls
            self.connector = connector
        }
    }
}
