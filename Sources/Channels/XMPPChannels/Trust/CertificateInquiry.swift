public import DNSChannels
public import TLSChannels

/// What is asked about the certificates of a peer, to find out whether they prove a domain.
public struct CertificateInquiry: Sendable {
    /// What the peer showed.
    public let peer: PeerCertificates
    /// The domain, in the form of `DomainName.normalized`.
    public let domain: String
    /// Which side of TLS the gateway is on.
    public let role: TLSContext.Role
    /// What the DNS says of the server at the other end; nil for a peer that connected.
    public let server: NamedServer?

    /// Makes an inquiry.
    ///
    /// - Parameters:
    ///   - peer: what the peer showed.
    ///   - domain: in the form of `DomainName.normalized`.
    ///   - role: which side of TLS the gateway is on.
    ///   - server: what the DNS says of the server at the other end.
    public init(_ peer: PeerCertificates, domain: String, role: TLSContext.Role, server: NamedServer? = nil) {
        self.peer = peer
        self.domain = domain
        self.role = role
        self.server = server
    }

    /// What the DNS says of the server, where it was found as the server of this very domain.
    ///
    /// A further domain on the same stream has records of its own.
    public var ownServer: NamedServer? {
        server.flatMap { $0.domain == ASCIIDomain.of(domain) ? $0 : nil }
    }
}

/// What the DNS says of a server that was connected to.
///
/// Source: RFC 7673 §4.
public struct NamedServer: Sendable, Equatable {
    /// The domain whose server it is, with A-labels.
    public let domain: String
    /// The names that its certificate may have: the domain, and the host's where DNSSEC proves it.
    public let names: [String]
    /// What its certificate must match.
    public let associations: ConnectedServer.Associations

    /// Names a server.
    ///
    /// - Parameters:
    ///   - domain: the domain whose server it is, with A-labels.
    ///   - names: the names that its certificate may have.
    ///   - associations: what its certificate must match.
    public init(domain: String, names: [String], associations: ConnectedServer.Associations = .notAsked) {
        self.domain = domain
        self.names = names
        self.associations = associations
    }

    /// What was learned on the way to a server.
    ///
    /// - Parameter server: the server.
    public init(_ server: ConnectedServer) {
        self.init(domain: server.domain, names: server.referenceNames, associations: server.associations)
    }
}
