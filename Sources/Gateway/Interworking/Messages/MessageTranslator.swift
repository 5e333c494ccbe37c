import Addressing
public import MappingTables

/// Which profile, switches and tables an item is translated under.
public enum Routing: Sendable {
    /// Those that the route table names for the neighbor.
    case tables
    /// These, whoever the neighbor is.
    case fixed(Route)
}

/// Translates messages in two steps through the pivot, under the tables of one generation.
///
/// Source: RFC 3922 §4, RFC 7572 §4, §5.
public struct MessageTranslator: Sendable {
    let generation: Generation
    let routing: Routing
    let memory: EndsMemory?

    /// Makes a translator.
    ///
    /// - Parameters:
    ///   - generation: the tables.
    ///   - routing: how the route of an item is found.
    ///   - memory: the ends that were found before, for messages from one shore; nil to search them each time.
    public init(generation: Generation, routing: Routing = .tables, memory: EndsMemory? = nil) {
        self.generation = generation
        self.routing = routing
        self.memory = memory
    }

    /// The route of items to and from a domain of the CPIM shore.
    func route(_ domain: @autoclosure () -> String) -> Route {
        switch routing {
        case .tables: generation.route(peer: domain())
        case .fixed(let route): route
        }
    }

    func setting(_ facts: Facts, _ route: Route) -> Setting {
        Setting(facts, route, generation.addresses)
    }
}
