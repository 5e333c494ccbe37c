extension ConfigBuilder {
    typealias Server = GatewayConfiguration.Server

    /// The section `xmpp: server`; nil where there is none, or not all of it could be read.
    func server(_ value: ConfigValue) -> Server? {
        guard let certificate = value["certificate"]?.text, let key = value["key"]?.text else { return nil }
        let usual = Server.Trust(
            authentication: value["authentication"]?.text.flatMap(Server.Authentication.init) ?? .pkixOrDialback,
            isEncrypted: value["encryption"]?.text != "optional"
        )
        return Server(
            listeners: endpoints(value["listen"]),
            directListeners: endpoints(value["direct-tls"]),
            certificate: path(certificate),
            key: path(key),
            trust: value["trust"]?.text.map { path($0) },
            usual: usual,
            usesDANE: value["dane"]?.text == "yes",
            usesPOSH: value["posh"]?.text == "yes",
            isBidirectional: value["bidi"]?.text == "yes",
            acknowledges: value["acknowledgements"]?.text == "yes",
            acceptsStrangers: value["strangers"]?.text == "accept",
            refused: Set(value["refused"]?.elements.compactMap(\.text) ?? []),
            dialbackSecret: dialbackSecret(value),
            peers: value["peers"]?.entries.map { peer($0.name, $0.value, usual) } ?? []
        )
    }

    /// The section `dns`.
    func dns(_ value: ConfigValue?) -> GatewayConfiguration.DNS {
        GatewayConfiguration.DNS(
            servers: value?["servers"]?.elements.compactMap { $0.text.flatMap { Endpoint.nameServer($0) } } ?? [],
            trustAnchorFile: value?["trust-anchor-file"]?.text.map { path($0) },
            allowedAddresses: value?["allow-addresses"]?.elements.compactMap(\.text) ?? []
        )
    }

    private func endpoints(_ value: ConfigValue?) -> [Endpoint] {
        value?.elements.compactMap { $0.text.flatMap { Endpoint($0) } } ?? []
    }

    private func dialbackSecret(_ value: ConfigValue) -> GatewayConfiguration.Secret? {
        if let file = value["dialback-secret-file"]?.text { return .file(path(file)) }
        return value["dialback-secret-environment"]?.text.map { .environment($0) }
    }

    private func peer(_ domain: String, _ value: ConfigValue, _ usual: Server.Trust) -> Server.Peer {
        var trust = usual
        if let own = value["authentication"]?.text.flatMap(Server.Authentication.init) { trust.authentication = own }
        if let own = value["encryption"]?.text { trust.isEncrypted = own != "optional" }
        return Server.Peer(
            domain: domain,
            trust: trust,
            server: value["connect"]?.text.flatMap { Endpoint($0) },
            isDirect: value["direct-tls"]?.text == "yes",
            pins: Set(value["certificate-sha256"]?.elements.compactMap { $0.text.flatMap(Fingerprint.bytes) } ?? [])
        )
    }
}
