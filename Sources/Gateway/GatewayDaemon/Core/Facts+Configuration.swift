public import Interworking
public import OperatorFiles

extension Facts {
    /// What a configuration says of the domains of both shores.
    ///
    /// - Parameters:
    ///   - configuration: checked.
    ///   - now: milliseconds since 1970-01-01T00:00:00Z.
    public init(_ configuration: GatewayConfiguration, now: Int64) {
        self.init(now: now, gatewayDomain: configuration.name)
        xmppDomains = Set(configuration.xmppDomains)
        cpimDomains = Set(configuration.cpimDomains.map(\.name))
        servesStrangers = configuration.server?.acceptsStrangers ?? false
        refusedDomains = configuration.server?.refused ?? []
    }
}
