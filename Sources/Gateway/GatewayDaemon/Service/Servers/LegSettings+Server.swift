import Addressing
import DNSChannels
import Digests
import OperatorFiles
import TLSChannels
import XMPPChannels
import XMPPLegs
import XMPPStreams

extension LegSettings {
    /// What streams between servers are made with.
    ///
    /// - Throws: ``StartFault`` when the addresses of this machine cannot be listed.
    static func server(
        _ configuration: GatewayConfiguration,
        _ server: GatewayConfiguration.Server,
        contexts: ServerContexts,
        resolver: any Resolver,
        dialbackSecret: [UInt8]
    ) throws(StartFault) -> XMPPLegSettings.Server {
        let connector = Connector(resolver: resolver, policy: try addressPolicy(configuration, server))
        let judge: PeerJudge
        do throws(TLSConfigurationError) {
            judge = try PeerJudge(proofs(server), resolver: resolver, connector: connector, clock: .system)
        } catch {
            throw .unreachable("the authorities of the system cannot be read: \(error); install ca-certificates")
        }
        var settings = XMPPLegSettings.Server(
            domains: configuration.serverDomains,
            listeners: listeners(server),
            policy: policy(configuration, server),
            keys: DialbackKeys(
                secret: dialbackSecret,
                sha256: { SHA256.hash($0).bytes },
                hmac: { HMAC.sha256(key: $0, message: $1).bytes }
            ),
            tls: ServerTLS(accepting: contexts.accepting, connecting: contexts.connecting, judge: judge),
            connector: connector
        )
        settings.servers = try servers(server)
        settings.receiving = StreamLimits(configuration.limits, idle: nil)
        settings.initiating = StreamLimits(
            configuration.limits,
            idle: UInt64(configuration.limits.server.stream.idle) * 1_000_000
        )
        settings.bounds = ServerBounds(configuration.limits.server)
        return settings
    }

    /// Whom the resolver asks, and what it trusts.
    static func resolver(_ dns: GatewayConfiguration.DNS) -> ResolverConfiguration {
        var configuration = ResolverConfiguration()
        configuration.servers = dns.servers.compactMap { server in
            guard let address = try? IPAddress(server.host) else { return nil }
            return ResolverConfiguration.Server(address, port: UInt16(clamping: server.port))
        }
        configuration.trustAnchorFile = dns.trustAnchorFile
        return configuration
    }

    private static func listeners(_ server: GatewayConfiguration.Server) -> [XMPPLegSettings.Server.Listener] {
        server.listeners.map { .init(host: $0.host, port: $0.port, isDirect: false) }
            + server.directListeners.map { .init(host: $0.host, port: $0.port, isDirect: true) }
    }

    /// What is demanded of peers.
    static func policy(_ configuration: GatewayConfiguration, _ server: GatewayConfiguration.Server) -> StreamPolicy {
        var exceptions: [String: StreamPolicy.Trust] = [:]
        for peer in server.peers where peer.trust != server.usual { exceptions[peer.domain] = trust(peer.trust) }
        return StreamPolicy(
            usual: trust(server.usual),
            exceptions: exceptions,
            admission: DomainAdmission(
                accepted: server.acceptsStrangers ? nil : Set(configuration.xmppDomains),
                refused: server.refused
            ),
            isBidirectional: server.isBidirectional,
            hasStreamManagement: server.acknowledges
        )
    }

    /// What proves domains beside an authority.
    private static func proofs(_ server: GatewayConfiguration.Server) -> PeerJudge.Settings {
        var proofs = PeerJudge.Settings()
        proofs.usesDANE = server.usesDANE
        proofs.usesPOSH = server.usesPOSH
        for peer in server.peers where !peer.pins.isEmpty { proofs.pins[peer.domain] = peer.pins }
        return proofs
    }

    private static func trust(_ trust: GatewayConfiguration.Server.Trust) -> StreamPolicy.Trust {
        let authentication: StreamPolicy.Authentication =
            switch trust.authentication {
            case .pkix: .certificate
            case .pkixOrDialback: .certificateOrDialback
            case .dialback: .dialback
            }
        return StreamPolicy.Trust(
            encryption: trust.isEncrypted ? .required : .optional,
            authentication: authentication
        )
    }

    /// The servers that the operator names, by the domain of the peer.
    ///
    /// Source: RFC 6120 §3.2.3.
    private static func servers(
        _ server: GatewayConfiguration.Server
    ) throws(StartFault) -> [String: [ServerCandidate]] {
        var servers: [String: [ServerCandidate]] = [:]
        for peer in server.peers {
            guard let endpoint = peer.server else { continue }
            let host: ServerCandidate.Host
            if let address = try? IPAddress(endpoint.host) {
                host = .address(address)
            } else {
                do throws(DNSError) { host = .name(try DNSName(domain: endpoint.host)) } catch {
                    throw .unreachable("the server of \(peer.domain) is no host: \(endpoint); correct peers: connect:")
                }
            }
            servers[peer.domain] = [
                ServerCandidate(
                    host,
                    port: UInt16(clamping: endpoint.port),
                    mode: peer.isDirect ? .directTLS : .startTLS,
                    isConfigured: true
                )
            ]
        }
        return servers
    }

    /// Nobody's records make the gateway connect to itself, or to what only this machine reaches.
    ///
    /// Source: XEP-0205 §4.
    static func addressPolicy(
        _ configuration: GatewayConfiguration,
        _ server: GatewayConfiguration.Server
    ) throws(StartFault) -> AddressPolicy {
        let listeners =
            (server.listeners + server.directListeners).map { (host: $0.host, port: $0.port) }
            + configuration.listeners.filter { $0.transport == "tcp" }.map { (host: $0.host, port: $0.port) }
        var policy = AddressPolicy()
        // Whoever may name servers for the gateway must not learn what is behind its firewall.
        if server.acceptsStrangers { policy.refused.insert(.privateUse) }
        policy.allowed = configuration.dns.allowedAddresses.compactMap(AddressPolicy.Block.init)
        policy.ownPorts = Set(listeners.filter { $0.port > 0 }.map { UInt16(clamping: $0.port) })
        policy.ownAddresses = Set(listeners.compactMap { try? IPAddress($0.host) })
        do { policy.ownAddresses.formUnion(try AddressPolicy.addressesOfThisMachine()) } catch {
            throw .unreachable("the addresses of this machine cannot be listed: \(error)")
        }
        return policy
    }
}

extension ServerBounds {
    /// The bounds that a configuration sets.
    init(_ limits: ConfigServerLimits) {
        self.init()
        connections = limits.connections
        connectionsPerAddress = limits.connectionsPerAddress
        strangersPerAddress = limits.strangersPerAddress
        strangersPerMinute = limits.strangersPerMinute
        streamsPerPair = limits.streamsPerPair
        routes = limits.routes
        connecting = limits.connecting
        verifications = limits.verifications
        verificationsPerAddress = limits.verificationsPerAddress
        search = UInt64(limits.search) * 1_000_000
        answers = UInt64(limits.answers) * 1_000_000
        waiting = limits.waiting
        waitingBytes = limits.waitingBytes
        patience = UInt64(limits.patience) * 1_000_000
        firstPause = UInt64(limits.firstPause) * 1_000_000
        longestPause = UInt64(limits.longestPause) * 1_000_000
    }
}

extension StreamLimits {
    /// The bounds that a configuration sets.
    ///
    /// - Parameters:
    ///   - all: those of the whole gateway.
    ///   - idle: how long a stream stays without stanzas, in nanoseconds; nil for ever.
    init(_ all: ConfigLimits, idle: UInt64?) {
        self.init(idle: idle)
        let limits = all.server.stream
        negotiation = UInt64(limits.negotiation) * 1_000_000
        step = UInt64(limits.step) * 1_000_000
        verification = UInt64(limits.verification) * 1_000_000
        closing = UInt64(limits.closing) * 1_000_000
        whiteSpace = UInt64(limits.whiteSpace) * 1_000_000
        ping = UInt64(limits.ping) * 1_000_000
        answer = UInt64(limits.answer) * 1_000_000
        strangerBytes = min(limits.strangerStanza, all.stanza)
        stanzaBytes = all.stanza
        pairs = limits.pairs
        verifications = limits.verifications
        keyBytes = limits.dialbackKey
        attempts = limits.attempts
        redirects = limits.redirects
        bytesPerSecond = limits.bytesPerSecond
        stanzasPerSecond = limits.stanzasPerSecond
        patience = UInt64(limits.patience) * 1_000_000
        management = StreamManagement.Limits(
            stanzas: all.server.management.stanzas,
            bytes: all.server.management.bytes,
            batch: all.server.management.batch,
            progress: UInt64(all.server.management.progress) * 1_000_000,
            resumption: UInt64(all.server.management.resumption) * 1_000_000
        )
    }
}
