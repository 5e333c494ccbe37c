import Addressing
public import MappingTables

/// Translates presence and what is said about subscriptions to it, under the tables of one generation.
///
/// It keeps nothing: who may see whom, what a watcher was told and what is owed are the caller's.
///
/// Source: RFC 8048 §4, RFC 3922 §5, §6.
public struct PresenceTranslator: Sendable {
    let generation: Generation
    let routing: Routing
    let memory: EndsMemory?

    /// Makes a translator.
    ///
    /// - Parameters:
    ///   - generation: the tables.
    ///   - routing: how the route of an item is found.
    ///   - memory: the ends that were found before, for items from the XMPP shore; nil to search them each time.
    public init(generation: Generation, routing: Routing = .tables, memory: EndsMemory? = nil) {
        self.generation = generation
        self.routing = routing
        self.memory = memory
    }

    /// Maps addresses and admits senders by the rules that hold for messages.
    var messages: MessageTranslator { MessageTranslator(generation: generation, routing: routing, memory: memory) }

    /// The route of items to and from a user of the CPIM shore.
    func route(of contact: Correspondent) -> Route {
        messages.route(AddressTranslator.peerDomain(of: contact.jid.bare, generation.addresses))
    }

    func setting(_ facts: Facts, _ contact: Correspondent) -> Setting { messages.setting(facts, route(of: contact)) }
}
