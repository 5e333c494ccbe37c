public import XMPPStanzas
public import XMPPStreams

/// What the XMPP leg is told at its start.
public struct XMPPLegSettings: Sendable {
    /// One component.
    public struct Component: Sendable {
        /// The component's domain.
        public var domain: String
        /// The server's host.
        public var host: String
        /// The server's component port.
        public var port: Int
        /// The shared secret.
        public var secret: String
        /// The largest stanza that the server takes, in bytes.
        public var largestStanza: Int

        /// Makes the settings of a component.
        public init(domain: String, host: String, port: Int, secret: String, largestStanza: Int) {
            self.domain = domain
            self.host = host
            self.port = port
            self.secret = secret
            self.largestStanza = largestStanza
        }
    }

    /// The components.
    public var components: [Component]
    /// Streams to and from other servers; nil where there are none.
    public var server: Server?
    /// The gateway's name.
    public var gatewayName: String
    /// Domains whose users live behind the XMPP servers.
    public var xmppDomains: Set<String>
    /// The largest stanza that is read, in bytes.
    public var largestStanza: Int

    /// The URI under which features are announced.
    ///
    /// Source: XEP-0115 §4.
    var capabilitiesNode: String { "xmpp:" + gatewayName }

    /// Whom users turn to, as URIs, by what for; the domains tell whoever asks.
    ///
    /// Source: XEP-0157 §3.
    public var contacts: [ServiceDescription.Contact: [String]] = [:]
    /// Distinct users of the other shore whom one user writes to, or asks for presence, in a minute; 0 for any number.
    public var recipientsPerSender = 100
    /// The same of all users of one domain.
    public var recipientsPerDomain = 100_000
    /// The named waits of a component's stream.
    public var stream = ComponentStream.Limits()
    /// The named waits between connections.
    ///
    /// They are shorter than what RFC 6120 §3.3 suggests to clients, of which many come at once: a component is one,
    /// and its server is near. Behind a fault that an operator has to mend a minute passes at least: a component whose
    /// name another one has would push that one out each time.
    ///
    /// Source: RFC 6120 §3.3, §4.9.3.3.
    public var reconnection = Reconnection.Limits(
        first: 2_000_000_000,
        longest: 60_000_000_000,
        slow: 60_000_000_000,
        stable: 60_000_000_000
    )

    /// Makes settings.
    public init(components: [Component], gatewayName: String, xmppDomains: Set<String>, largestStanza: Int) {
        self.components = components
        self.gatewayName = gatewayName
        self.xmppDomains = xmppDomains
        self.largestStanza = largestStanza
    }
}
