/// Whom a certificate must name.
///
/// Domains are given with A-labels. The check is a pure function of the names; what the chain is worth is another
/// question, see ``ChainVerdict``.
///
/// Source: RFC 6125 §6, RFC 6120 §13.7.2.1, RFC 5922 §7.
public enum ServiceIdentity: Hashable, Sendable {
    /// A service of XMPP, as it stands in the name of its SRV record.
    public enum XMPPService: String, Hashable, Sendable {
        /// Servers among each other.
        case server = "_xmpp-server"
        /// A server towards clients.
        case client = "_xmpp-client"
    }

    /// An XMPP domain: by dNSName, SRVName of the service, or XmppAddr.
    case xmpp(String, XMPPService)
    /// A SIP domain: by a URI without user part, else by dNSName; without wildcards.
    case sip(String)
    /// A host, as the target of an SRV record that DNSSEC vouches for: by dNSName.
    case host(String)

    /// Looks for the identity.
    ///
    /// - Parameters:
    ///   - names: the names of the certificate.
    ///   - unicode: the domain as Unicode text, when that differs; an XmppAddr may be written so.
    /// - Returns: the name that matched, or which names there were.
    public func check(_ names: CertificateNames, unicode: String? = nil) -> IdentityCheck {
        switch self {
        case .xmpp(let domain, let service):
            guard let reference = DomainName(domain) else { return .mismatched(present: names.described) }
            return Self.xmpp(reference, service, names, unicode) ?? .mismatched(present: names.described)
        case .sip(let domain):
            let identities = Self.sipIdentities(of: names)
            guard let reference = DomainName(domain) else { return .mismatched(present: identities.map(\.text)) }
            let found = identities.first { reference.isEqual(to: $0.text) }
            return found.map { .matched($0) } ?? .mismatched(present: identities.map(\.text))
        case .host(let name):
            guard let reference = DomainName(name) else { return .mismatched(present: names.described) }
            return Self.dns(reference, names) ?? .mismatched(present: names.described)
        }
    }

    private static func dns(_ reference: DomainName, _ names: CertificateNames) -> IdentityCheck? {
        names.dnsNames.first { reference.isEqual(to: $0) || reference.isCovered(by: $0) }
            .map { .matched(MatchedName(kind: .dnsName, text: $0)) }
    }

    private static func xmpp(
        _ reference: DomainName,
        _ service: XMPPService,
        _ names: CertificateNames,
        _ unicode: String?
    ) -> IdentityCheck? {
        let srvName = names.srvNames.first { name in
            // Both the service and the domain must agree (RFC 6125 §6.5.1).
            guard let parts = DomainName.service(name), parts.service == service.rawValue else { return false }
            return reference.isEqual(to: parts.domain) || reference.isCovered(by: parts.domain)
        }
        if let srvName { return .matched(MatchedName(kind: .srvName, text: srvName)) }
        if let found = dns(reference, names) { return found }
        // A domain and nothing else (RFC 6120 §13.7.1.4); an address with a user or a resource is no DNS name.
        let address = names.xmppAddresses.first { reference.isEqual(to: $0) || (unicode != nil && $0 == unicode) }
        return address.map { .matched(MatchedName(kind: .xmppAddress, text: $0)) }
    }

    /// The SIP domains that a certificate speaks for.
    ///
    /// - Parameter names: the names of the certificate.
    /// - Returns: the hosts of its `sip` URIs; without any, its DNS names; without alternative names, its common names.
    ///
    /// Source: RFC 5922 §7.1.
    public static func sipIdentities(of names: CertificateNames) -> [MatchedName] {
        let hosts = names.uris.compactMap { uri -> MatchedName? in
            guard uri.utf8.count > 4, uri.prefix(4).lowercased() == "sip:", !uri.contains("@") else { return nil }
            let host = uri.dropFirst(4).prefix { $0 != ";" && $0 != "?" && $0 != ":" }
            return DomainName(host).map { _ in MatchedName(kind: .uri, text: String(host)) }
        }
        if !hosts.isEmpty { return hosts }
        if names.hasAlternativeNames { return names.dnsNames.map { MatchedName(kind: .dnsName, text: $0) } }
        return names.commonNames.filter { DomainName($0) != nil }.map { MatchedName(kind: .commonName, text: $0) }
    }
}

/// A name of a certificate that an identity was found by.
public struct MatchedName: Hashable, Sendable {
    /// The kinds of names.
    public enum Kind: String, Hashable, Sendable {
        /// A dNSName.
        case dnsName = "DNS"
        /// An SRVName.
        case srvName = "SRV"
        /// An XmppAddr.
        case xmppAddress = "XMPP"
        /// A URI.
        case uri = "URI"
        /// A common name.
        case commonName = "CN"
    }

    /// Of which kind it is.
    public let kind: Kind
    /// The name as it stands in the certificate; of a URI its host.
    public let text: String
}

/// Whether a certificate names whom it must.
public enum IdentityCheck: Hashable, Sendable {
    /// It does, by this name.
    case matched(MatchedName)
    /// It does not; the names that it has.
    case mismatched(present: [String])

    /// Whether it does.
    public var isMatch: Bool {
        switch self {
        case .matched: true
        case .mismatched: false
        }
    }
}
