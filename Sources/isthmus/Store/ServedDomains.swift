import Addressing
import OperatorFiles

/// The domains whose users a gateway knows.
enum ServedDomains {
    /// Says on standard error which domains of a pair the gateway does not serve, for they are easily misspelled.
    static func note(jid: String, uri: String, _ configuration: GatewayConfiguration) {
        // Strangers come from any domain.
        guard configuration.server?.acceptsStrangers != true else { return }
        let served = Set(configuration.xmppDomains)
            .union(configuration.cpimDomains.map(\.name)).union(configuration.components.map(\.domain))
        var domains: [String] = []
        if let jid = try? BareJID(jid) { domains.append(jid.domain) }
        switch try? AddressURI(uri) {
        case .sip(let uri)?: domains.append(uri.host.canonical)
        case .im(let uri)?: domains.append(uri.domain)
        default: break
        }
        for (index, domain) in domains.enumerated()
        where !served.contains(domain) && !domains[..<index].contains(domain) {
            Output.error("note: \(domain) is not served; domains: of the configuration does not name it")
        }
    }
}
