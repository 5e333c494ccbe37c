import Addressing
import MappingTables

/// Looks at what the keys of a configuration mean together.
struct ConfigCheck {
    private var diagnostics: [Diagnostic] = []

    /// Findings over values that were readable by themselves.
    static func findings(
        _ value: ConfigValue,
        _ configuration: GatewayConfiguration,
        _ root: MappingNode
    ) -> [Diagnostic] {
        var check = ConfigCheck()
        check.domains(value, hasServer: root["xmpp"]?["server"] != nil)
        check.links(root)
        check.components(value)
        check.server(value, configuration)
        check.listeners(value)
        check.trusted(value, configuration)
        check.limits(value)
        return check.diagnostics
    }

    /// The warning of a domain that no component stands for.
    static let noComponent = (
        code: "domain-without-component",
        message: { @Sendable (domain: String) in
            "no component stands for \"\(domain)\", so XMPP users cannot write to it"
        }
    )

    private mutating func domains(_ value: ConfigValue, hasServer: Bool) {
        let xmpp = Set(value["domains"]?["xmpp"]?.entries.map(\.name) ?? [])
        let components = value["xmpp"]?["components"]?.elements ?? []
        let areComponentsKnown = !components.isEmpty && components.allSatisfy { $0["domain"] != nil }
        for entry in value["domains"]?["cpim"]?.entries ?? [] {
            if xmpp.contains(entry.name) {
                fault(
                    "domain-on-both-shores",
                    at: entry.position,
                    "\"\(entry.name)\" is a domain of both shores",
                    help: "a domain's users live on one shore; remove it from one of the two",
                    length: entry.name.unicodeScalars.count
                )
            } else if areComponentsKnown, !hasServer, !components.contains(where: { $0["domain"]?.text == entry.name })
            {
                fault(
                    Self.noComponent.code,
                    at: entry.position,
                    Self.noComponent.message(entry.name),
                    help: "add a component with this domain under xmpp: components:, or the section xmpp: server:",
                    length: entry.name.unicodeScalars.count,
                    severity: .warning
                )
            }
        }
    }

    private mutating func components(_ value: ConfigValue) {
        let cpim = Set(value["domains"]?["cpim"]?.entries.map(\.name) ?? [])
        var seen: Set<String> = []
        for element in value["xmpp"]?["components"]?.elements ?? [] {
            if case .text(let text, let position)? = element["connect"], !Self.isLoopback(text) {
                fault(
                    "component-in-clear",
                    at: position,
                    "stanzas to and from \(text) cross the network in clear",
                    help: "run the gateway beside the server, or put the connection into a tunnel",
                    length: text.unicodeScalars.count,
                    severity: .warning
                )
            }
            guard case .text(let name, let position)? = element["domain"] else { continue }
            if !cpim.contains(name) {
                fault(
                    "unknown-domain",
                    at: position,
                    "\"\(name)\" is not a domain of the CPIM shore",
                    help: "a component stands for users of that shore; name it under domains: cpim:",
                    length: name.unicodeScalars.count
                )
            }
            if !seen.insert(name).inserted {
                fault(
                    "component-twice",
                    at: position,
                    "the component \"\(name)\" is configured twice",
                    help: "a server takes one connection for a component; remove one of the two",
                    length: name.unicodeScalars.count
                )
            }
        }
    }

    /// Whether an endpoint is on this machine.
    private static func isLoopback(_ endpoint: String) -> Bool {
        endpoint.hasPrefix("127.") || endpoint.hasPrefix("[::1]:") || endpoint.hasPrefix("localhost:")
    }

    private mutating func listeners(_ value: ConfigValue) {
        var seen: Set<SIPListener> = []
        for element in value["sip"]?["listen"]?.elements ?? [] {
            guard case .text(let text, let position)? = .some(element), let listener = SIPListener(text) else {
                continue
            }
            if listener.port != 0, !seen.insert(listener).inserted {
                fault("listener-twice", at: position, "\(listener) is there twice", help: "remove one of the two")
            }
        }
    }

    private mutating func trusted(_ value: ConfigValue, _ configuration: GatewayConfiguration) {
        let cpim = Set(value["domains"]?["cpim"]?.entries.map(\.name) ?? [])
        let hasUDP = configuration.listeners.contains { $0.transport == "udp" }
        var seen: Set<IPAddress> = []
        for element in value["sip"]?["trusted"]?.elements ?? [] {
            for case .text(let name, let position) in element["domains"]?.elements ?? [] where !cpim.contains(name) {
                fault(
                    "unknown-domain",
                    at: position,
                    "\"\(name)\" is not a domain of the CPIM shore",
                    help: "name it under domains: cpim: or remove it here",
                    length: name.unicodeScalars.count
                )
            }
            guard case .text(let text, let position)? = element["address"], let address = try? IPAddress(text) else {
                continue
            }
            if !seen.insert(address).inserted {
                fault(
                    "trusted-twice",
                    at: position,
                    "the address \(text) is there twice",
                    help: "write all its domains in one entry",
                    length: text.unicodeScalars.count
                )
            }
            // A source address on UDP is easily forged outside this machine.
            if hasUDP, text != "::1", !text.hasPrefix("127.") {
                fault(
                    "udp-trust",
                    at: position,
                    "\(text) is believed by its address alone, which anybody can forge over UDP",
                    help: "listen on tcp only, or keep strangers from this port",
                    length: text.unicodeScalars.count,
                    severity: .warning
                )
            }
        }
    }

    /// A smaller bound that is above a larger one is never reached.
    private mutating func limits(_ value: ConfigValue) {
        let pairs = [
            ("items-per-pair", "items-per-hop"), ("items-per-hop", "items"), ("first-pause", "longest-pause"),
            ("server-connections-per-address", "server-connections"),
            ("server-strangers-per-address", "server-connections-per-address"),
            ("server-first-pause", "server-longest-pause"), ("stream-step", "stream-negotiation"),
        ]
        for (small, large) in pairs {
            guard case .number(let first, let position)? = value["limits"]?[small],
                let second = value["limits"]?[large]?.number, first > second
            else { continue }
            fault(
                "limit-above-limit",
                at: position,
                "\(small) is above \(large)",
                help: "lower \(small) or raise \(large)"
            )
        }
    }

    mutating func fault(
        _ code: String,
        at position: SourcePosition,
        _ message: String,
        help: String,
        length: Int = 1,
        severity: Diagnostic.Severity = .error
    ) {
        var diagnostic = Diagnostic.error(code, at: position, message, help: help, length: length)
        diagnostic.severity = severity
        diagnostics.append(diagnostic)
    }
}
