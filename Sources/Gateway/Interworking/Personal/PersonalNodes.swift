public import Addressing
import MappingTables
import XMLStreams

extension PresenceTranslator {
    /// The nodes of personal events that may become part of documents for a user of the CPIM shore: those of which a
    /// row of the route's table takes something.
    ///
    /// - Parameter contact: the user, by its address on the XMPP shore.
    /// - Returns: the nodes, sorted.
    ///
    /// Source: XEP-0163 §4.2, RFC 4480 §3.
    public func nodes(for contact: BareJID) -> [String] {
        let rules = messages.route(AddressTranslator.peerDomain(of: contact, generation.addresses))
            .presenceFields.inward
        return Set(rules.compactMap { $0.isEvent ? $0.source.element?.namespace : nil }).sorted()
    }

    /// What a user of the CPIM shore is announced to want, by the rows of the route's table.
    ///
    /// - Parameter contact: the user, by its address on the XMPP shore.
    /// - Returns: the features, sorted.
    ///
    /// Source: XEP-0163 §4.2, XEP-0060 §9.2.
    public func interests(of contact: BareJID) -> [String] { nodes(for: contact).map { $0 + PersonalEvent.interest } }

    /// Whether something of the cards of users of the XMPP shore may become part of documents for a user of the CPIM
    /// shore, by the rows of the route's table.
    ///
    /// - Parameter contact: the user, by its address on the XMPP shore.
    /// - Returns: whether it is worth asking for the cards.
    ///
    /// Source: RFC 4482 §3.3, XEP-0054 §3.
    public func takesCards(for contact: BareJID) -> Bool {
        messages.route(AddressTranslator.peerDomain(of: contact, generation.addresses)).presenceFields.inward
            .contains { $0.source.element?.namespace == PersonalEvent.card }
    }

    /// Whether something of a document of a user of the CPIM shore may become a personal event, by the rows of the
    /// route's table.
    ///
    /// - Parameter contact: the user, by its address on the XMPP shore.
    /// - Returns: whether the features of its watchers matter.
    public func tellsEvents(of contact: BareJID) -> Bool {
        messages.route(AddressTranslator.peerDomain(of: contact, generation.addresses)).presenceFields.outward
            .contains(where: \.isEvent)
    }

    /// That nothing more is told on a node.
    ///
    /// - Parameter node: the node of the events before.
    /// - Returns: the event; nil for a node of which no row makes something.
    ///
    /// Source: XEP-0107 §2.2, XEP-0108 §2.2, XEP-0080 §4.1, XEP-0172 §4.3.
    public func stopped(_ node: String) -> PersonalEvent? {
        guard let name = generation.events[node] else { return nil }
        var writer = XML.Writer()
        writer.element(name, node)
        return PersonalEvent(node: node, payload: writer.bytes)
    }
}

extension PersonalEvent {
    /// What makes a node the name of the wish to be told of it.
    ///
    /// Source: XEP-0163 §4.2.
    static let interest = "+notify"

    /// The nodes that an entity with these features wants to be told of.
    ///
    /// - Parameters:
    ///   - nodes: the nodes that the gateway has events on.
    ///   - features: the features.
    /// - Returns: those of the nodes that are wanted.
    ///
    /// Source: XEP-0163 §4.2.
    public static func nodes(_ nodes: Set<String>, wantedBy features: [String]) -> Set<String> {
        Set(features.compactMap { $0.hasSuffix(interest) ? String($0.dropLast(interest.count)) : nil })
            .intersection(nodes)
    }
}
