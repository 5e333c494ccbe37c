import Addressing
import MappingTables

extension ConfigCheck {
    /// XMPP is reached by components, by server streams, or by both.
    mutating func links(_ root: MappingNode) {
        guard let xmpp = root["xmpp"], xmpp.pairs != nil, xmpp["components"] == nil, xmpp["server"] == nil else {
            return
        }
        fault(
            "no-xmpp-link",
            at: xmpp.position,
            "nothing leads to XMPP servers",
            help: "add components: for an existing server, or server: for streams to other servers"
        )
    }

    /// What the keys of `xmpp: server` mean together, and what they weaken.
    mutating func server(_ value: ConfigValue, _ configuration: GatewayConfiguration) {
        guard let server = value["xmpp"]?["server"], let position = server.position else { return }
        if server["listen"] == nil, server["direct-tls"] == nil {
            fault(
                "no-listener",
                at: position,
                "no server can connect to the gateway",
                help: "add listen: or direct-tls: with an address and port"
            )
        }
        if !configuration.cpimDomains.isEmpty, configuration.serverDomains.isEmpty {
            fault(
                "server-without-domain",
                at: position,
                "every domain of the CPIM shore has a component, so that streams to servers have none to serve",
                help: "remove the component of a domain that is to be served by server:, or remove server:"
            )
        }
        if server["dialback-secret-file"] != nil, let place = server["dialback-secret-environment"]?.position {
            fault(
                "dialback-secret",
                at: place,
                "the secret of dialback has two places",
                help: "remove dialback-secret-file or dialback-secret-environment"
            )
        }
        serverListeners(server, configuration)
        weakened(server)
        refused(server, configuration)
        peers(server, configuration)
    }

    private mutating func serverListeners(_ server: ConfigValue, _ configuration: GatewayConfiguration) {
        var seen = Set(
            configuration.listeners.filter { $0.transport == "tcp" }.map { Endpoint(host: $0.host, port: $0.port) }
        )
        for element in (server["listen"]?.elements ?? []) + (server["direct-tls"]?.elements ?? []) {
            guard case .text(let text, let position) = element, let endpoint = Endpoint(text), endpoint.port != 0,
                !seen.insert(endpoint).inserted
            else { continue }
            fault(
                "listener-twice",
                at: position,
                "\(text) is there twice",
                help: "give each listener a port of its own"
            )
        }
    }

    private mutating func weakened(_ server: ConfigValue) {
        if case .text("optional", let position)? = server["encryption"] {
            warning(
                "encryption-optional",
                at: position,
                "stanzas may cross the network in clear, where anybody can read and change them",
                help: "write encryption: required, and optional only for a peer that cannot do TLS",
                "optional"
            )
        }
        if case .text("dialback", let position)? = server["authentication"] {
            warning(
                "dialback-alone",
                at: position,
                "a server is believed without a valid certificate, by whoever controls the DNS or the way to it",
                help: "write pkix-or-dialback, and dialback only for a peer that has no valid certificate",
                "dialback"
            )
        }
        if case .text("accept", let position)? = server["strangers"] {
            warning(
                "strangers-accepted",
                at: position,
                "users of every XMPP domain may write to the CPIM shore",
                help: "name the domains under domains: xmpp: and write refuse, or keep out single ones with refused:",
                "accept"
            )
        }
    }

    private mutating func refused(_ server: ConfigValue, _ configuration: GatewayConfiguration) {
        let xmpp = Set(configuration.xmppDomains)
        let peers = Set(server["peers"]?.entries.map(\.name) ?? [])
        for case .text(let name, let position) in server["refused"]?.elements ?? [] {
            if configuration.cpimDomains.contains(where: { $0.name == name }) {
                own(name, at: position)
            } else if xmpp.contains(name) || peers.contains(name) {
                fault(
                    "refused-domain",
                    at: position,
                    "\"\(name)\" is refused, and named under \(xmpp.contains(name) ? "domains: xmpp:" : "peers:") too",
                    help: "remove it from one of the two",
                    length: name.unicodeScalars.count
                )
            }
        }
    }

    private mutating func peers(_ server: ConfigValue, _ configuration: GatewayConfiguration) {
        let xmpp = Set(configuration.xmppDomains)
        for entry in server["peers"]?.entries ?? [] {
            if configuration.cpimDomains.contains(where: { $0.name == entry.name }) {
                own(entry.name, at: entry.position)
            } else if server["strangers"]?.text == "refuse", !xmpp.isEmpty, !xmpp.contains(entry.name) {
                fault(
                    "unknown-domain",
                    at: entry.position,
                    "\"\(entry.name)\" is not a domain of the XMPP shore, and strangers are refused",
                    help: "name it under domains: xmpp: or remove it here",
                    length: entry.name.unicodeScalars.count
                )
            }
            if case .text("yes", let position)? = entry.value["direct-tls"], entry.value["connect"] == nil {
                fault(
                    "direct-tls-alone",
                    at: position,
                    "direct-tls says how TLS begins at connect:, which is missing",
                    help: "add connect: with the server's host and port, or remove direct-tls: the DNS says it",
                    length: 3
                )
            }
            exception(entry.name, entry.value, server)
        }
    }

    /// Warns of what holds for one peer and is weaker than what holds for all.
    private mutating func exception(_ name: String, _ peer: ConfigValue, _ server: ConfigValue) {
        if case .text("optional", let position)? = peer["encryption"], server["encryption"]?.text == "required" {
            warning(
                "peer-weakened",
                at: position,
                "stanzas to and from \(name) may cross the network in clear",
                help: "remove this unless the peer cannot do TLS and the way to it is safe",
                "optional"
            )
        }
        typealias Authentication = GatewayConfiguration.Server.Authentication
        if case .text(let word, let position)? = peer["authentication"], let own = Authentication(rawValue: word),
            let usual = server["authentication"]?.text.flatMap(Authentication.init), own.weakness > usual.weakness
        {
            warning(
                "peer-weakened",
                at: position,
                "\(name) is believed with less proof than others: \(word) in place of \(usual.rawValue)",
                help: "remove this unless the peer has no valid certificate",
                word
            )
        }
    }

    private mutating func own(_ name: String, at position: SourcePosition) {
        fault(
            "own-domain",
            at: position,
            "\"\(name)\" is a domain of the CPIM shore, which the gateway itself serves",
            help: "name domains of other servers here",
            length: name.unicodeScalars.count
        )
    }

    private mutating func warning(
        _ code: String,
        at position: SourcePosition,
        _ message: String,
        help: String,
        _ word: String
    ) {
        fault(code, at: position, message, help: help, length: word.unicodeScalars.count, severity: .warning)
    }
}
