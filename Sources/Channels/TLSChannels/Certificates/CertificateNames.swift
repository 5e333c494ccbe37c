/// The names that a certificate gives its subject.
///
/// Source: RFC 5280 §4.2.1.6, RFC 6120 §13.7.1.2.1.
public struct CertificateNames: Hashable, Sendable {
    /// Names of hosts and domains, with `*` as they stand.
    public var dnsNames: [String] = []
    /// Names of services, as `_xmpp-server.example.com`.
    public var srvNames: [String] = []
    /// Addresses of XMPP, of a domain or of a user.
    public var xmppAddresses: [String] = []
    /// Uniform resource identifiers.
    public var uris: [String] = []
    /// Common names of the subject; no identity but for SIP, and there only without alternative names.
    public var commonNames: [String] = []
    /// Whether there is a list of alternative names, be it readable or not.
    public var hasAlternativeNames = false
    /// How many alternative names were left out because of a wrong type, a NUL byte or broken text.
    public var malformedCount = 0

    /// Makes an empty list.
    public init() {}

    /// All alternative names, for people.
    public var described: [String] {
        dnsNames.map { "DNS:\($0)" } + srvNames.map { "SRV:\($0)" } + xmppAddresses.map { "XMPP:\($0)" }
            + uris.map { "URI:\($0)" }
    }
}
