import Addressing
import CPIM
import MappingTables
public import PIDF
public import XMLStreams
import XMPPStanzas

extension PresenceTranslator {
    /// Makes the document of a user of the XMPP shore: all its resources as one watcher may see them.
    ///
    /// Shape: available resources by falling priority, then those that are not; equal ones in the order given. One
    /// closed tuple when there are none.
    ///
    /// - Parameters:
    ///   - user: the user.
    ///   - resources: the last presence of each resource that was sent to the watcher, the one seen first first.
    ///   - events: the payloads of the user's personal events that the watcher may see, one of each kind, and its card.
    ///   - contact: the watcher, by whom the route is chosen.
    ///   - facts: what is known.
    /// - Returns: the document; a refusal when the user has no address on the CPIM shore.
    ///
    /// Source: RFC 3922 §5.1, §6.3.1, RFC 8048 §6.2.
    public func document(
        of user: Correspondent,
        resources: [ResourcePresence],
        events: [XML.Element] = [],
        for contact: Correspondent,
        facts: Facts
    ) -> Translated<PresenceDocument> {
        Crossing.run(setting(facts, contact)) { crossing throws(Refusal) in
            let names = try UserNames(user, crossing.setting)
            return .value(try document(of: user, names, resources, events, &crossing).completed())
        }
    }

    func document(
        of user: Correspondent,
        _ names: UserNames,
        _ resources: [ResourcePresence],
        _ events: [XML.Element],
        _ crossing: inout Crossing
    ) throws(Refusal) -> PresenceDocument {
        crossing.fire(names.row)
        var document = PresenceDocument(entity: names.entity)
        let conversion = FieldConversion(sender: names.spelling, recipient: ("", ""), setting: crossing.setting)
        var best: (rank: Int, person: [PresenceElement], location: LocationDraft)?
        for resource in Self.ordered(resources) {
            guard let found = try add(resource, of: user, names, conversion, to: &document, &crossing), found.isOpen
            else { continue }
            // Where there is one, it speaks for the person.
            let rank = resources.count > 1 ? Self.rank(resource) : 0
            if best.map({ rank < $0.rank }) ?? true { best = (rank, found.person, found.location) }
        }
        if document.tuples.isEmpty { document.tuples = [PresenceTuple(id: TupleID.bare, basic: .closed)] }
        // Of somebody who is gone nothing more is told than that.
        if let best {
            var person = ElementTree(side: .document, elements: best.person)
            let told = try told(events, of: user, conversion, &crossing)
            person.merge(told.person)
            let location = [told.location, best.location].compactMap { crossing.tuple(of: $0, user) }.first
            if let location { document.tuples.append(location) }
            if !person.elements.isEmpty {
                document.persons = [PresencePerson(id: Self.personID, elements: person.elements)]
            }
        }
        return document
    }

    /// What personal events say of the person, and of where it is.
    ///
    /// Source: RFC 4480 §3, XEP-0163 §4.
    private func told(
        _ events: [XML.Element],
        of user: Correspondent,
        _ conversion: FieldConversion,
        _ crossing: inout Crossing
    ) throws(Refusal) -> (person: [PresenceElement], location: LocationDraft) {
        var target = TupleTarget(id: TupleID.bare, basic: .open)
        if events.isEmpty { return ([], target.location) }
        let isOpen = crossing.mayTellLocation(of: user)
        let payloads = events.filter { isOpen || !$0.is("geoloc", PresenceNames.location) }
        if payloads.isEmpty { return ([], target.location) }
        let source = EventSource(payloads: payloads)
        try crossing.apply(crossing.route.presenceFields, from: source, to: &target, way: .toPIDF, conversion)
        for payload in payloads { crossing.loseUnnamed(inEvent: payload) }
        return (target.person.elements, target.location)
    }

    /// Which resource speaks for the person: the one that is available most.
    private static func rank(_ resource: ResourcePresence) -> Int {
        switch resource.isAvailable ? PresenceStanza(resource.element)?.show : nil {
        case .chat: 0
        case nil: 1
        case .away: 2
        case .xa: 3
        case .dnd: 4
        }
    }

    private static let personID = "person"

    /// Source: RFC 3922 §5.1.1, RFC 3863 §4.1.1.
    static func entity(_ instant: InstantURI) -> String { "pres:\(instant.local)@\(instant.domain)" }

    /// Source: RFC 6121 §4.7.2.3.
    private static func ordered(_ resources: [ResourcePresence]) -> [ResourcePresence] {
        guard resources.count > 1 else { return resources }
        let ranked = resources.enumerated().map { place, resource in
            let priority = resource.isAvailable ? PresenceStanza(resource.element)?.priority ?? 0 : Int.min
            return (place, priority, resource)
        }
        return ranked.sorted { ($1.1, $0.0) < ($0.1, $1.0) }.map(\.2)
    }

    // MARK: Tuples

    /// Adds the tuple of one resource.
    private func add(
        _ resource: ResourcePresence,
        of user: Correspondent,
        _ names: UserNames,
        _ conversion: FieldConversion,
        to document: inout PresenceDocument,
        _ crossing: inout Crossing
    ) throws(Refusal) -> Found? {
        guard let source = PresenceSource(resource, of: user.jid, setting: crossing.setting) else { return nil }
        let form: TupleID.Form = crossing.isSet(.tupleID, "raw") ? .raw : .prefixed
        let id = resource.resource.map { TupleID.id(of: $0, form: form) } ?? TupleID.bare
        let status = OutgoingStatus(source.stanza, isAvailable: resource.isAvailable, &crossing)
        var target = TupleTarget(id: id, basic: status.basic)
        try crossing.apply(crossing.route.presenceFields, from: source, to: &target, way: .toPIDF, conversion)
        crossing.loseUnnamed(of: source.stanza)
        target.tuple.status = status.elements + target.status.elements
        target.tuple.elements = target.elements.elements
        target.tuple.contact = names.contact(of: resource.resource, target.priority)
        document.tuples.append(target.tuple)
        var location = target.location
        // A location inside a presence is as old as that.
        if !location.isEmpty { location.set(time: source.time.utcText) }
        return Found(
            isOpen: status.basic == .open,
            person: status.person + target.person.elements,
            location: location
        )
    }

    /// What the presence of one resource says.
    private struct Found {
        let isOpen: Bool
        let person: [PresenceElement]
        let location: LocationDraft
    }
}

extension Crossing {
    /// The tuple of a location; nil when there is none, or none that may be told.
    fileprivate mutating func tuple(of draft: LocationDraft, _ user: Correspondent) -> PresenceTuple? {
        guard !draft.isEmpty, mayTellLocation(of: user) else { return nil }
        switch draft.outcome(now: facts.now, lose: { trace.lose(.presenceValue, $0) }) {
        case .tuple(let tuple): return tuple
        case .nothing: return nil
        case .expired:
            notes.append("geo-expired")
            return nil
        }
    }

    /// Records an event that no row takes, and the parts of a location that none does.
    ///
    /// Source: XEP-0080 §3.
    fileprivate mutating func loseUnnamed(inEvent payload: XML.Element) {
        let rules = route.presenceFields
        guard Self.isNamed(payload, rules) else {
            return trace.lose(.presenceElement, "{\(payload.namespace)}\(payload.name)")
        }
        guard payload.is("geoloc", PresenceNames.location) else { return }
        var lost: Set<String> = []
        for child in payload.children where child.name != "datum" || EventSource.isForeignDatum(payload) {
            let location = FieldAnchor(namespace: PresenceNames.location, name: "geoloc")
            guard !rules.enters(location, by: child.name, .toPIDF), lost.insert(child.name).inserted else { continue }
            trace.lose(.presenceElement, "geoloc/\(child.name)")
        }
    }

    /// Records the elements of a stanza that no row takes.
    ///
    /// Source: RFC 3922 §5.1.8.
    fileprivate mutating func loseUnnamed(of stanza: PresenceStanza) {
        let rules = route.presenceFields
        for child in stanza.payloads where !Self.isNamed(child, rules) {
            trace.lose(.presenceElement, "{\(child.namespace)}\(child.name)")
        }
    }

    private static func isNamed(_ element: XML.Element, _ rules: FieldRules) -> Bool {
        switch (element.name, element.namespace) {
        case ("idle", PresenceNames.idle), ("query", PresenceNames.last): rules.takes(.core(.idle), .toPIDF)
        case ("delay", PresenceNames.delay), ("x", "jabber:x:delay"): true
        default: rules.takes(FieldAnchor(namespace: element.namespace, name: element.name), .toPIDF)
        }
    }
}
