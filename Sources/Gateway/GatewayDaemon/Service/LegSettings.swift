import OperatorFiles
import SIMPLELegs
import SIPTransactions
import XMPPLegs
import XMPPStanzas

/// What the legs are told, out of the configuration.
enum LegSettings {
    static func xmpp(_ configuration: GatewayConfiguration) throws(StartFault) -> XMPPLegSettings {
        var components: [XMPPLegSettings.Component] = []
        for component in configuration.components {
            components.append(
                XMPPLegSettings.Component(
                    domain: component.domain,
                    host: component.server.host,
                    port: component.server.port,
                    secret: try SecretFile.ofComponent(component),
                    largestStanza: component.largestStanza
                )
            )
        }
        var settings = XMPPLegSettings(
            components: components,
            gatewayName: configuration.name,
            xmppDomains: Set(configuration.xmppDomains),
            largestStanza: configuration.limits.stanza
        )
        let contacts = configuration.contacts
        settings.contacts = [
            .abuse: contacts.abuse, .admin: contacts.admin, .security: contacts.security, .support: contacts.support,
        ]
        settings.recipientsPerSender = configuration.limits.recipientsPerSender
        settings.recipientsPerDomain = configuration.limits.recipientsPerDomain
        return settings
    }

    static func simple(_ configuration: GatewayConfiguration) -> SIMPLELegSettings {
        var routes: [String: SIMPLELegSettings.Route] = [:]
        for domain in configuration.cpimDomains {
            routes[domain.name] = SIMPLELegSettings.Route(
                transport: domain.nextHop.transport,
                address: domain.nextHop.address,
                port: domain.nextHop.port,
                isCongestionSafe: domain.isCongestionSafe,
                largestMessage: domain.largestMessage,
                isProxy: domain.nextHop.isProxy
            )
        }
        var trusted: [String: Set<String>] = [:]
        for sender in configuration.trusted { trusted[sender.address, default: []].formUnion(sender.domains) }
        var settings = SIMPLELegSettings(
            gatewayName: configuration.name,
            listeners: configuration.listeners.map {
                SIMPLELegSettings.Listener(transport: $0.transport, host: $0.host, port: $0.port)
            },
            routes: routes,
            trusted: trusted,
            xmppDomains: Set(configuration.xmppDomains),
            largestMessage: configuration.limits.sipMessage,
            connections: configuration.limits.connections,
            idleSeconds: Int64(configuration.limits.connectionIdle / 1_000)
        )
        let limits = configuration.limits
        settings.transactions = limits.transactions
        let longest = UInt32(clamping: limits.subscriptionMaximum / 1_000)
        settings.events = EventLimits(
            minimum: UInt32(clamping: limits.subscriptionMinimum / 1_000),
            standard: min(3_600, longest),
            maximum: longest,
            pace: UInt64(limits.presencePace) * 1_000_000
        )
        settings.subscriptionSeconds = min(3_600, longest)
        settings.subscriptionPace = 1_000_000_000 / UInt64(max(1, limits.subscriptionsPerSecond))
        settings.subscriptionsPerPeer = limits.subscriptionsPerPeer
        settings.publicationsPerPeer = limits.publicationsPerPeer
        settings.publicationsPerUser = limits.publicationsPerUser
        settings.publishedBytes = limits.publication
        settings.publishedDepth = limits.publicationDepth
        settings.publicationBytes = limits.publicationBytes
        settings.publicationBytesPerPeer = limits.publicationBytesPerPeer
        settings.publicationBytesPerUser = limits.publicationBytesPerUser
        settings.composedBytes = limits.composedBytes
        settings.composedBytesPerPeer = limits.composedBytesPerPeer
        settings.composedBytesPerUser = limits.composedBytesPerUser
        settings.saidBytes = limits.presenceBytes
        settings.subscriptionsPerWatcher = limits.subscriptionsPerWatcher
        settings.servesStrangers = configuration.server?.acceptsStrangers ?? false
        settings.refusedDomains = configuration.server?.refused ?? []
        settings.intermediaries = Set(configuration.trusted.filter(\.isIntermediary).map(\.address))
        return settings
    }
}
