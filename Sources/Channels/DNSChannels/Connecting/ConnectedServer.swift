public import Addressing
public import NIOCore

/// A TCP connection to a server, and what was learned on the way.
public struct ConnectedServer: Sendable {
    /// What the server's certificate is bound to by the DNS.
    public enum Associations: Sendable, Equatable {
        /// DNSSEC does not prove server and addresses, so that nothing was asked.
        case notAsked
        /// There are none that DNSSEC proves.
        case none
        /// These, proved; those that are not usable among them.
        case records([TLSARecord])
    }

    /// The connection; it reads nothing before ``startReading()``, so that handlers can be added without haste.
    public let channel: any Channel
    /// The domain that was asked for, in A-labels; what the certificate must name and what SNI says.
    public let domain: String
    /// The server, with how TLS begins and whether DNSSEC proves that it is the domain's.
    public let server: ServerCandidate
    /// The address.
    public let address: IPAddress
    /// Whether DNSSEC proves the address.
    public let isAddressProved: Bool
    /// What its certificate must match.
    public let associations: Associations
    /// What failed before.
    public let attempts: [ConnectionAttempt]
    /// The servers behind this one, for when the connection does not become a stream.
    ///
    /// Source: RFC 6120 §3.2.1.
    public let others: [ServerCandidate]

    /// The names that the certificate may have: the domain, and the server's when DNSSEC proves that it is the domain's.
    ///
    /// Source: RFC 7673 §4.1.
    public var referenceNames: [String] {
        guard server.isProved, case .name(let name) = server.host, name.description != domain else { return [domain] }
        return [domain, name.description]
    }

    /// Lets bytes come in.
    public func startReading() -> EventLoopFuture<Void> { channel.setOption(.autoRead, value: true) }
}

/// Something that was tried and failed on the way to a server.
public struct ConnectionAttempt: Sendable, Equatable, CustomStringConvertible {
    /// What was tried.
    public enum Stage: String, Sendable, Equatable {
        /// Finding the servers of the domain.
        case services
        /// Finding the addresses of a server.
        case addresses
        /// Finding what the server's certificate must match.
        case associations
        /// Being allowed to connect.
        case policy
        /// Connecting.
        case connection
    }

    /// What was tried.
    public let stage: Stage
    /// The server; nil while the domain's servers are looked for.
    public let server: ServerCandidate?
    /// The address; nil where there is none.
    public let address: IPAddress?
    /// Why it failed.
    public let reason: String

    /// A line for operators.
    public var description: String {
        let place = [server?.description, address.map { "(\($0))" }].compactMap { $0 }.joined(separator: " ")
        return place.isEmpty ? reason : "\(place): \(reason)"
    }
}

/// Why no server was reached.
public struct ConnectionFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of failure it is, of which the caller makes an error for whoever waits.
    public enum Kind: String, Sendable, Equatable {
        /// The domain is no domain.
        case malformedDomain
        /// The domain says that it does not offer the service.
        case notOffered
        /// Domain or servers have no addresses.
        case notFound
        /// The DNS did not say; it may later.
        case undecided
        /// What the DNS says contradicts DNSSEC.
        case bogus
        /// Every address is one that must not be connected to.
        case refused
        /// No address took the connection.
        case unreachable
        /// The caller gave up.
        case cancelled
    }

    /// The kind.
    public let kind: Kind
    /// The domain as it was given.
    public let domain: String
    /// What was tried, in order.
    public let attempts: [ConnectionAttempt]

    /// Makes a failure.
    public init(kind: Kind, domain: String, attempts: [ConnectionAttempt]) {
        self.kind = kind
        self.domain = domain
        self.attempts = attempts
    }

    /// A sentence, then what was tried.
    public var description: String {
        let lines = ["no server of \(domain) was reached (\(kind.rawValue))"] + attempts.map(\.description)
        return lines.joined(separator: "; ")
    }
}
