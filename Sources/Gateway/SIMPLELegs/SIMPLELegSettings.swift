public import Interworking
import SIPMessages
public import SIPTransactions

/// What the SIP leg is told at its start.
public struct SIMPLELegSettings: Sendable {
    /// Where requests of a domain go.
    public struct Route: Sendable, Equatable {
        /// `udp` or `tcp`.
        public var transport: String { didSet { name = Self.name(transport, address, port) } }
        /// An address literal.
        public var address: String {
            didSet {
                name = Self.name(transport, address, port)
                isIPv6 = Self.isIPv6(address)
            }
        }
        /// The port.
        public var port: Int { didSet { name = Self.name(transport, address, port) } }
        /// Whether large messages may go there (RFC 3428 §8).
        public var isCongestionSafe: Bool
        /// The largest request for a congestion-safe next hop, in bytes.
        public var largestMessage: Int
        /// Whether it is a proxy that wants to find itself in Route (RFC 3261 §8.1.2).
        public var isProxy: Bool

        /// The neighbor's name in records and queues.
        public private(set) var name: String

        private static func name(_ transport: String, _ address: String, _ port: Int) -> String {
            "sip:" + transport + ":" + (address.contains(":") ? "[\(address)]" : address) + ":\(port)"
        }

        /// Whether the address is one of IPv6.
        private(set) var isIPv6: Bool

        private static func isIPv6(_ address: String) -> Bool { address.utf8.contains(UInt8(ascii: ":")) }

        /// The socket that it leads to.
        var destination: RequestRecord.Destination {
            let isTCP = transport == "tcp"
            return RequestRecord.Destination(transport: isTCP ? .tcp : .udp, address: address, port: port)
        }

        /// The Route header field of its requests; nil for none.
        var header: SIPHeaderLine? {
            guard isProxy else { return nil }
            let host = address.contains(":") ? "[\(address)]" : address
            let parameter = transport == "tcp" ? ";transport=tcp" : ""
            return SIPHeaderLine(.route, "<sip:\(host):\(port)\(parameter);lr>")
        }

        /// Makes a route.
        public init(
            transport: String,
            address: String,
            port: Int,
            isCongestionSafe: Bool,
            largestMessage: Int,
            isProxy: Bool = false
        ) {
            self.transport = transport
            self.address = address
            self.port = port
            self.isCongestionSafe = isCongestionSafe
            self.largestMessage = largestMessage
            self.isProxy = isProxy
            name = Self.name(transport, address, port)
            isIPv6 = Self.isIPv6(address)
        }
    }

    /// A socket to listen on.
    public struct Listener: Sendable {
        /// `udp` or `tcp`.
        public var transport: String
        /// An address literal.
        public var host: String
        /// The port, 0 for a free one.
        public var port: Int

        var isIPv6: Bool { host.contains(":") }

        /// Why a listener could not be bound.
        public struct Fault: Error {
            /// The listener.
            public let listener: Listener
            /// What the system said.
            public let cause: any Error
        }

        /// Makes a listener.
        public init(transport: String, host: String, port: Int) {
            self.transport = transport
            self.host = host
            self.port = port
        }
    }

    /// The gateway's name, in Via headers.
    public var gatewayName: String
    /// The sockets; where datagrams are taken, connections are too (RFC 3261 §18.2.1).
    public var listeners: [Listener]
    /// Next hops by domain of the CPIM shore.
    public var routes: [String: Route]
    /// Which domains an address may speak for.
    public var trusted: [String: Set<String>]
    /// Addresses of proxies that may assert who a sender is (RFC 3325 §4).
    public var intermediaries: Set<String> = []
    /// Domains whose users can be written to.
    public var xmppDomains: Set<String>
    /// Whether users of other domains can be written to, but for those that are refused.
    public var servesStrangers = false
    /// Domains whose users cannot be written to.
    public var refusedDomains: Set<String> = []
    /// The largest message over a connection, in bytes.
    public var largestMessage: Int
    /// Open connections in all.
    public var connections: Int
    /// Live transactions of each side.
    ///
    /// One over UDP lives for 32 s, so that this bounds the messages of a second.
    public var transactions = 200_000
    /// How far sequence numbers may have run ahead of the clock in an earlier process, in quarter seconds.
    public var sequenceLead: UInt32 = 0
    /// Seconds after which an idle connection is closed.
    public var idleSeconds: Int64

    /// Durations and pace of subscriptions that neighbors make.
    ///
    /// A fetch is answered by the flow of presence, which is patient for 3 s; what it forgets ends later.
    public var events = EventLimits(patience: 5_000_000_000)
    /// How long a subscription is asked for, in seconds.
    public var subscriptionSeconds: UInt32 = 3_600
    /// Between two subscriptions to watchers that are made, in nanoseconds.
    public var subscriptionPace: UInt64 = 5_000_000
    /// Subscriptions that one domain may hold.
    public var subscriptionsPerPeer = 10_000
    /// Subscriptions that one watcher may hold.
    public var subscriptionsPerWatcher = 1_000
    /// Watchers who hide that one user has at once, and that may ask it in an hour.
    public var hiddenPerPresentity = 10
    /// Users that are published, in all.
    public var publications = 100_000
    /// Publications of one user of this shore, and PUBLISH requests of it that wait for the one before.
    public var publicationsPerUser = 16
    /// Publications of the users of one domain.
    public var publicationsPerPeer = 10_000
    /// Bytes of one document that is published to the gateway.
    public var publishedBytes = 256 << 10
    /// Elements inside each other in such a document.
    public var publishedDepth = 64
    /// Bytes of all documents that are published to the gateway.
    public var publicationBytes = 64 << 20
    /// Bytes of those of the users of one domain.
    public var publicationBytesPerPeer = 32 << 20
    /// Bytes of those of one user.
    public var publicationBytesPerUser = 1 << 20
    /// Bytes of what these say to watchers; beyond it a device has no words.
    public var composedBytes = 64 << 20
    /// Bytes of what those of the users of one domain say.
    public var composedBytesPerPeer = 32 << 20
    /// Bytes of what those of one user say.
    public var composedBytesPerUser = 4 << 20
    /// Bytes of what devices of users who are published said; beyond it a device is not published.
    public var saidBytes = 256 << 20
    /// Bytes of documents that are kept since time alone changes what they say.
    public var documentBytes = 64 << 20
    /// Questions for the present state that are open at once.
    public var fetches = 10_000
    /// Subscriptions of one watcher to one presentity.
    public var subscriptionsPerWatch = 100

    /// Makes settings.
    public init(
        gatewayName: String,
        listeners: [Listener],
        routes: [String: Route],
        trusted: [String: Set<String>],
        xmppDomains: Set<String>,
        largestMessage: Int,
        connections: Int,
        idleSeconds: Int64
    ) {
        self.gatewayName = gatewayName
        self.listeners = listeners
        self.routes = routes
        self.trusted = trusted
        self.xmppDomains = xmppDomains
        self.largestMessage = largestMessage
        self.connections = connections
        self.idleSeconds = idleSeconds
    }

    /// Whether users of a domain can be written to, or the translator says why not.
    ///
    /// - Parameter domain: a domain in the normal form of facts.
    /// - Returns: false for a domain that nobody serves.
    func serves(_ domain: String) -> Bool {
        if xmppDomains.contains(domain) || routes[domain] != nil { return true }
        return servesStrangers && !refusedDomains.contains(domain)
    }

    /// What the configuration says of the neighbor that serves a domain; the rest is what it has shown.
    ///
    /// - Parameter domain: a domain in the normal form of facts.
    /// - Returns: facts in which only the way to the neighbor is known.
    public func peerFacts(of domain: String) -> PeerFacts {
        var facts = PeerFacts()
        if let route = routes[domain] {
            facts.isCongestionSafe = route.isCongestionSafe
            facts.requestLimit = route.largestMessage
        }
        return facts
    }
}
