/// The shape of the URIs that stand in Message/CPIM headers.
public enum CPIMURIShape: String, Sendable, CaseIterable {
    /// `im:` URIs.
    case im
    /// `sip:` URIs.
    case sip
}

/// What a neighbor on the CPIM shore has proved about itself or shown of what it reads.
public struct PeerFacts: Sendable, Equatable {
    /// The domains that the transport proved; nil when the sender's own domain counts as proved.
    public var authenticatedDomains: [String]?
    /// Whether it may name another sender than its own in Message/CPIM headers and P-Asserted-Identity: a conference
    /// focus, a list server or a trusted proxy.
    ///
    /// Source: RFC 3325 §9.
    public var isTrustedIntermediary: Bool
    /// Whether it reads message/cpim; nil when it has shown neither.
    public var readsCPIM: Bool?
    /// The shape of the URIs that it writes into Message/CPIM headers; nil when none was seen.
    public var cpimURIShape: CPIMURIShape?
    /// Whether every hop to it is congestion controlled.
    ///
    /// Source: RFC 3428 §8.
    public var isCongestionSafe: Bool
    /// The largest request in bytes that a congestion-safe way to it takes.
    public var requestLimit: Int
    /// The largest stanza in bytes that the neighbor on the XMPP shore takes.
    ///
    /// Source: RFC 6120 §13.12.
    public var stanzaLimit: Int
    /// Whether the recipient's server on the XMPP shore knows addresses beside a message; nil when nobody has asked.
    ///
    /// Source: XEP-0033 §2.
    public var takesAddresses: Bool?
    /// The media types in lower case that it has named in Accept; empty when it has named none.
    public var accepts: [String]

    /// The size that a server must take at least.
    ///
    /// Source: RFC 6120 §13.12.
    public static let leastStanzaLimit = 10_000

    /// Makes facts in which nothing was shown.
    public init() {
        authenticatedDomains = nil
        isTrustedIntermediary = false
        readsCPIM = nil
        cpimURIShape = nil
        isCongestionSafe = false
        requestLimit = 65_536
        stanzaLimit = Self.leastStanzaLimit
        takesAddresses = nil
        accepts = []
    }
}
