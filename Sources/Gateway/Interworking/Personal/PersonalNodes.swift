public import Addressing
import MappingTables

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
        return PersonalEvent.nodes.filter { node in rules.contains { $0.source.elementNamespace == node } }.sorted()
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
            .contains { $0.source.elementNamespace == PersonalEvent.card }
    }

    /// Whether something of a document of a user of the CPIM shore may become a personal event, by the rows of the
    /// route's table.
    ///
    /// - Parameter contact: the user, by its address on the XMPP shore.
    /// - Returns: whether the features of its watchers matter.
    public func tellsEvents(of contact: BareJID) -> Bool {
        messages.route(AddressTranslator.peerDomain(of: contact, generation.addresses)).presenceFields.outward
            .contains { $0.target.elementNamespace.map { PersonalEvent.nodes.contains($0) } ?? false }
    }
}

extension PersonalEvent {
    /// What makes a node the name of the wish to be told of it.
    ///
    /// Source: XEP-0163 §4.2.
    static let interest = "+notify"

    /// Whether some row of some route may take something of a node.
    ///
    /// - Parameter node: any node.
    /// - Returns: whether the gateway knows it.
    public static func isKnown(_ node: String) -> Bool { nodes.contains(node) }

    /// The nodes that an entity with these features wants to be told of.
    ///
    /// - Parameter features: the features.
    /// - Returns: those nodes among them that the gateway has events on.
    ///
    /// Source: XEP-0163 §4.2.
    public static func nodes(wantedBy features: [String]) -> Set<String> {
        Set(features.compactMap { $0.hasSuffix(interest) ? String($0.dropLast(interest.count)) : nil })
            .intersection(nodes)
    }
}

extension FieldSelector {
    /// The namespace of the element of a stanza that is named; nil for everything else.
    fileprivate var elementNamespace: String? {
        switch self {
        case .element(let namespace, _, _), .descendant(let namespace, _, _, _): namespace
        case .core, .header, .annotation, .part: nil
        }
    }
}
