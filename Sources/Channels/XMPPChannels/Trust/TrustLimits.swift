public import NIOCore

/// The bounds of what the network is asked about the certificates of peers.
///
/// Source: RFC 7711 §6, §10, RFC 6120 §13.12.
public struct TrustLimits: Sendable, Equatable {
    /// Until a verdict, whatever was learned; less than `StreamLimits.step`, after which nobody waits for one.
    public var verdict = TimeAmount.seconds(8)
    /// How many certificates may wait for the network at one time.
    public var judgements = 256
    /// How long one question to the DNS may take.
    public var question = TimeAmount.seconds(5)
    /// How many servers of a domain are looked at for records.
    public var servers = 8
    /// How long the retrieval of a document may take, with all that it leads to.
    public var retrieval = TimeAmount.seconds(10)
    /// How many documents may be retrieved at one time.
    public var retrievals = 32
    /// How many may wait for one document.
    public var waiting = 64
    /// The most bytes of a document.
    public var documentBytes = 64 << 10
    /// How many redirects of web servers are followed on the way to a document.
    public var redirects = 3
    /// The port of web servers; a document or redirect that names another one is not followed.
    public var webPort: UInt16 = 443
    /// How many domains are remembered.
    public var remembered = 1_000
    /// The longest time that a document is remembered, in seconds.
    public var longestMemory: Int64 = 86_400
    /// How long it is remembered that there was none, and how old a document must be that names other certificates
    /// before it is retrieved again, in seconds.
    public var pause: Int64 = 60

    /// The defaults.
    public init() {}
}
