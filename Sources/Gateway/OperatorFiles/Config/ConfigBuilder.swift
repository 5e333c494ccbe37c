import MappingTables

/// Makes the typed configuration out of checked values.
struct ConfigBuilder {
    let directory: String
    private(set) var diagnostics: [Diagnostic] = []

    init(directory: String) {
        self.directory = directory
    }

    /// Builds from what could be read; where a value is at fault, the reader has said so.
    ///
    /// - Parameters:
    ///   - value: what was read.
    ///   - root: the file, for what stands there and could not be read.
    /// - Returns: the configuration, with gaps where there were faults.
    mutating func build(_ value: ConfigValue, of root: MappingNode) -> GatewayConfiguration {
        let gateway = value["gateway"]
        let limits = value["limits"]
        let configuration = GatewayConfiguration(
            name: gateway?["name"]?.text ?? "",
            state: path(gateway?["state"]?.text ?? ""),
            mappings: path(gateway?["mappings"]?.text ?? ""),
            xmppDomains: value["domains"]?["xmpp"]?.entries.map(\.name) ?? [],
            cpimDomains: value["domains"]?["cpim"]?.entries.compactMap(domain) ?? [],
            components: (value["xmpp"]?["components"]?.elements ?? []).compactMap { component($0) },
            server: value["xmpp"]?["server"].flatMap { server($0) },
            contacts: contacts(value["xmpp"]?["contacts"]),
            dns: dns(value["dns"]),
            listeners: value["sip"]?["listen"]?.elements.compactMap { $0.text.flatMap(SIPListener.init) } ?? [],
            trusted: value["sip"]?["trusted"]?.elements.map(sender) ?? [],
            bodies: value["audit"]?["bodies"]?.text.flatMap(GatewayConfiguration.Bodies.init) ?? .metadata,
            audit: audit(value["audit"], state: path(gateway?["state"]?.text ?? "")),
            limits: ConfigLimits { limits?[$0]?.number ?? 0 },
            logLevel: value["log"]?["level"]?.text ?? "",
            logsJSON: value["log"]?["format"]?.text == "json"
        )
        diagnostics.append(contentsOf: ConfigCheck.findings(value, configuration, root))
        return configuration
    }

    private func contacts(_ value: ConfigValue?) -> GatewayConfiguration.Contacts {
        func addresses(_ key: String) -> [String] { value?[key]?.elements.compactMap(\.text) ?? [] }
        return GatewayConfiguration.Contacts(
            abuse: addresses("abuse"),
            admin: addresses("admin"),
            security: addresses("security"),
            support: addresses("support")
        )
    }

    private func audit(_ value: ConfigValue?, state: String) -> GatewayConfiguration.Audit {
        // A path that is the default goes where the state directory goes.
        func place(_ key: String, standard: String) -> String? {
            let path = value?[key]?.text.map(path)
            return path == state + standard ? nil : path
        }
        let places = (value?["checkpoints-to"]?.elements ?? []).compactMap { $0.text.map(place(of:)) }
        let hasSecure = places.contains { if case .witness(let url) = $0 { url.isSecure } else { false } }
        return GatewayConfiguration.Audit(
            folder: place("folder", standard: "/audit"),
            signingKey: place("signing-key", standard: "/audit.key"),
            places: places,
            witnessTrust: hasSecure ? value?["witness-trust"]?.text.map(path) : nil,
            largestLag: value?["largest-lag"]?.number ?? 0,
            refusesBehind: value?["when-behind"]?.text != "go-on",
            retention: (value?["retention"]?.elements ?? []).map {
                GatewayConfiguration.Retention(
                    domain: $0["domain"]?.text,
                    kind: $0["kind"]?.text.flatMap(GatewayConfiguration.Retention.Kind.init),
                    days: $0["days"]?.number ?? 0
                )
            }
        )
    }

    private func place(of text: String) -> GatewayConfiguration.CheckpointPlace {
        if let url = WitnessURL(text) { return .witness(url) }
        return text == "syslog" ? .syslog : .file(path(String(text.dropFirst("file:".count))))
    }

    private func domain(
        _ entry: (name: String, position: SourcePosition, value: ConfigValue)
    ) -> GatewayConfiguration.CPIMDomain? {
        guard let hop = entry.value["next-hop"]?.text.flatMap(NextHop.init) else { return nil }
        return GatewayConfiguration.CPIMDomain(
            name: entry.name,
            nextHop: hop,
            isCongestionSafe: entry.value["congestion-safe"]?.text == "yes",
            largestMessage: entry.value["largest-message"]?.number ?? 0
        )
    }

    private func sender(_ value: ConfigValue) -> GatewayConfiguration.TrustedSender {
        GatewayConfiguration.TrustedSender(
            address: value["address"]?.text ?? "",
            domains: value["domains"]?.elements.compactMap(\.text) ?? [],
            isIntermediary: value["intermediary"]?.text == "yes"
        )
    }

    private mutating func component(_ value: ConfigValue) -> GatewayConfiguration.Component? {
        let secret: GatewayConfiguration.Secret
        switch (value["secret-file"]?.text, value["secret-environment"]?.text) {
        case (let file?, nil): secret = .file(path(file))
        case (nil, let name?): secret = .environment(name)
        case (nil, nil), (_?, _?):
            guard let position = value.position else { return nil }
            diagnostics.append(
                .error(
                    "component-secret",
                    at: position,
                    "a component needs exactly one place for its secret",
                    help: "set secret-file or secret-environment"
                )
            )
            return nil
        }
        guard let server = value["connect"]?.text.flatMap({ Endpoint($0) }), let domain = value["domain"]?.text,
            let position = (value["secret-file"] ?? value["secret-environment"])?.position
        else { return nil }
        return GatewayConfiguration.Component(
            domain: domain,
            server: server,
            secret: secret,
            secretPosition: position,
            largestStanza: value["largest-stanza"]?.number ?? 0
        )
    }

    func path(_ text: String) -> String {
        guard !text.hasPrefix("/") else { return text }
        let relative = text.hasPrefix("./") ? String(text.dropFirst(2)) : text
        return directory == "." ? relative : directory + "/" + relative
    }
}
