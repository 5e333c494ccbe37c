import Addressing
public import MappingTables

/// Translates failures of one shore into the words of the other.
///
/// Which condition is which status stands in the error table; what is here finds the facts that its rows ask for.
///
/// Source: RFC 7247 §7.
public struct ErrorTranslator: Sendable {
    let generation: Generation
    let routing: Routing

    /// Makes a translator.
    ///
    /// - Parameters:
    ///   - generation: the tables.
    ///   - routing: how the route of an item is found.
    public init(generation: Generation, routing: Routing = .tables) {
        self.generation = generation
        self.routing = routing
    }

    /// The route of items to and from a domain of the CPIM shore.
    func route(_ peer: String) -> Route {
        switch routing {
        case .tables: generation.route(peer: peer)
        case .fixed(let route): route
        }
    }

    /// The route of items to and from a user of the CPIM shore, named by its JID.
    func route(of user: JID) -> Route {
        route(AddressTranslator.peerDomain(of: user.bare, generation.addresses))
    }

    func addresses(_ route: Route) -> AddressTranslator {
        AddressTranslator(table: generation.addresses, switches: route.switches)
    }
}
