import Addressing
import CPIM
import MappingTables
import PIDF
import XMLStreams

extension PresenceTranslator {
    /// What a document says of the user's resources, and of the user as a person.
    ///
    /// Source: RFC 3922 §6.3.1, §6.3.2, §5.2.11.
    static func told(
        _ context: DocumentContext,
        _ carried: Carried,
        of contact: Correspondent,
        in language: String?,
        _ crossing: inout Crossing
    ) throws(Refusal) -> PresenceReading {
        let conversion = FieldConversion(
            sender: (contact.uri.description, contact.jid.description),
            recipient: ("", ""),
            setting: crossing.setting
        )
        crossing.loseUnnamed(of: context)
        var person = PresenceTarget()
        let location = crossing.location(in: context, of: contact)
        let source = PersonSource(context: context, location: location, language: language)
        try crossing.apply(crossing.route.presenceFields, from: source, to: &person, way: .toXMPP, conversion)
        let mayTellLocation = crossing.mayTellLocation(of: contact)
        let events = person.takeEvents(crossing.route.presenceFields.events)
            .filter { mayTellLocation || $0.node != PresenceNames.location }
        let copy = crossing.copy(of: carried.bytes, about: contact)
        let presences = try presences(context, copy?.element, of: contact, person, conversion, &crossing)
        let expires = [location?.expires, copy?.expires].compactMap { $0 }.min().map { $0.seconds * 1_000 }
        return PresenceReading(
            presences: presences,
            events: events,
            newest: context.newest,
            nextChange: [expires, context.nextChange].compactMap { $0 }.min()
        )
    }

    private static func presences(
        _ context: DocumentContext,
        _ copied: XML.Element?,
        of contact: Correspondent,
        _ person: PresenceTarget,
        _ conversion: FieldConversion,
        _ crossing: inout Crossing
    ) throws(Refusal) -> [ContactPresence] {
        let document = context.document
        if document.tuples.isEmpty {
            // What notes say of somebody without resources has no place in a stanza.
            let hasNotes = !(document.notes + (context.person?.notes ?? [])).isEmpty
            if hasNotes { crossing.trace.lose(.presenceNote) }
            return hasNotes ? [] : [.gone(nil)]
        }
        var presences: [ContactPresence] = []
        var room = largestPayloads
        for (place, tuple) in document.tuples.enumerated() {
            guard let basic = tuple.basic, isResource(tuple, crossing) else {
                if !crossing.isLocation(tuple) { crossing.trace.lose(.presenceTuple, tuple.id) }
                continue
            }
            guard let resource = resource(of: tuple, at: place, contact, &crossing) else { continue }
            let status = IncomingStatus(tuple, basic, context, &crossing)
            var target = person
            target.show = status.show
            let source = TupleSource(tuple: tuple, context: context)
            try crossing.apply(crossing.route.presenceFields, from: source, to: &target, way: .toXMPP, conversion)
            if let text = status.text, target.statuses.isEmpty { target.add(status: FieldValue(text: text)) }
            let payload = room > 0 ? target.write(language: context.language, document: copied) : []
            room -= payload.count
            if room <= 0, crossing.notes.last != "pidf-words" { crossing.notes.append("pidf-words") }
            var presence = ContactPresence(
                resource: resource,
                isAvailable: status.isAvailable,
                payload: payload,
                language: context.language
            )
            presence.since = tuple.timestamp.flatMap { CPIMDateTime(SingleLine.text($0)) }?.milliseconds
            // Of two tuples that name one resource the later one counts (RFC 3863 §4.1.2).
            if let earlier = presences.firstIndex(where: { $0.resource == resource }) {
                crossing.notes.append("pidf-repeated-resource")
                presences.remove(at: earlier)
            }
            presences.append(presence)
        }
        return presences
    }

    /// Bytes after which the resources of one document have no words: what it says of the person is said of each.
    static let largestPayloads = 1 << 20

    /// Whether a tuple is about the user itself, at an address for messages or presence.
    ///
    /// Source: RFC 4480 §3.9, RFC 3863 §4.1.4.
    private static func isResource(_ tuple: PresenceTuple, _ crossing: Crossing) -> Bool {
        for relationship in tuple.elements where relationship.is("relationship", PresenceNamespace.rpid) {
            let isSelf = relationship.children.contains { $0.is("self", PresenceNamespace.rpid) }
            if !isSelf, !relationship.children.isEmpty { return false }
        }
        guard crossing.isSet(.tupleFilter, "im-only"), let uri = tuple.contact?.uri,
            let colon = uri.firstIndex(of: ":")
        else { return true }
        return ["im", "sip", "sips", "pres", "xmpp"].contains(uri[..<colon].lowercased())
    }

    /// The resource that a tuple is of: the instance that the contact names, else what the id stands for.
    ///
    /// Ids may change with every document, an instance does not.
    ///
    /// Source: RFC 7247 §6.3, RFC 3922 §5.2.1.
    private static func resource(
        of tuple: PresenceTuple,
        at place: Int,
        _ contact: Correspondent,
        _ crossing: inout Crossing
    ) -> String? {
        let instance = crossing.addresses.isInstanceMapped ? instance(of: tuple, contact) : nil
        let named = tuple.id.map { TupleID.resource(of: $0) }
        for text in [instance, named, tuple.id, "t\(place + 1)"] {
            if let text, !text.isEmpty, let jid = try? contact.jid.bare.with(resource: text) { return jid.resource }
        }
        crossing.trace.lose(.presenceTuple, tuple.id)
        return nil
    }

    private static func instance(of tuple: PresenceTuple, _ contact: Correspondent) -> String? {
        guard let text = tuple.contact?.uri, case .sip(let uri)? = try? AddressURI(text),
            isAddress(.sip(uri), of: contact), case .value(let escaped) = uri.parameter("gr")
        else { return nil }
        return try? PercentEncoding.decodeUTF8(escaped)
    }
}

extension Crossing {
    /// Records the extensions of a document that hide something that must be understood, and those that no row takes
    /// and no other table reads.
    ///
    /// Source: RFC 3922 §5.2.15, RFC 4480 §3, RFC 3863 §4.2.3.
    fileprivate mutating func loseUnnamed(of context: DocumentContext) {
        let document = context.document
        for name in context.ignored { trace.lose(.presenceDocument, name) }
        var contact: [String] = []
        for element in context.person?.elements ?? [] { lose(element, .person, &contact) }
        for tuple in document.tuples {
            for element in tuple.status { lose(element, .status, &contact) }
            for element in tuple.elements { lose(element, .tuple, &contact) }
        }
        guard !contact.isEmpty else { return }
        trace.lose(.presenceDocument, "{\(PresenceNamespace.cipid)}" + contact.prefix(8).joined(separator: ", "))
    }

    /// Whether a tuple says where the user is and nothing of a resource, where rows read that.
    ///
    /// Source: RFC 4119 §2.2, RFC 3863 §4.1.4.
    fileprivate func isLocation(_ tuple: PresenceTuple) -> Bool {
        tuple.basic == nil && tuple.status.contains { $0.is("geopriv", PresenceNamespace.geopriv) }
            && route.presenceFields.readLocations
    }

    /// Records an extension, or puts the name of one with contact information to the others: they are one loss.
    private mutating func lose(
        _ element: PresenceElement,
        _ part: DocumentPart,
        _ contact: inout [String]
    ) {
        switch (part, element.namespace, element.name) {
        case (.person, PresenceNamespace.rpid, "activities"), (_, PresenceNamespace.rpid, "user-input"),
            (.tuple, PresenceNamespace.rpid, "relationship"), (.tuple, PresenceNamespace.dataModel, "deviceID"),
            (.status, PresenceNamespace.jabberClient, "show"), (.status, PresenceNamespace.im, "im"):
            return
        case (.status, PresenceNamespace.geopriv, "geopriv"), (.person, PresenceNamespace.geopriv, "geopriv"):
            if route.presenceFields.readLocations { return }
        default: break
        }
        if route.presenceFields.takes(part, element.namespace, element.name, .toXMPP) { return }
        if element.namespace == PresenceNamespace.cipid {
            if !contact.contains(element.name) { contact.append(element.name) }
        } else {
            trace.lose(.presenceDocument, "{\(element.namespace)}\(element.name)")
        }
    }
}

/// What the value table makes of the status of a tuple and the activities of its person.
///
/// Source: RFC 3922 §5.2.9, §5.2.10, RFC 8048 §6.3, RFC 4480 §3.2.
struct IncomingStatus {
    let isAvailable: Bool
    let show: String?
    /// What stands as status where the document has no note.
    let text: String?

    init(
        _ tuple: PresenceTuple,
        _ basic: PresenceTuple.Basic,
        _ context: DocumentContext,
        _ crossing: inout Crossing
    ) {
        var words = ["basic": [basic.rawValue]]
        for (column, namespace) in [("show", PresenceNamespace.jabberClient), ("im", PresenceNamespace.im)] {
            guard let element = tuple.status.first(where: { $0.is(column, namespace) }) else { continue }
            words[column] = [SingleLine.text(element.text)]
        }
        let activities = context.activities
        if !activities.isEmpty { words["activities"] = activities }
        let answer = crossing.route.values("presence.show")?.answer(words, to: .xmpp)
        if let row = answer?.row { crossing.trace.fire(row) }
        if let loss = answer?.loss { crossing.trace.lose(loss) }
        // An activity never makes somebody available, nor the other way round.
        isAvailable = basic == .open && answer?["type"] != "unavailable"
        show = isAvailable ? answer?["show"] : nil
        text = answer?["status"]
    }
}
