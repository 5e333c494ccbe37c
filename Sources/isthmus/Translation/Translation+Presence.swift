import Addressing
import BridgeCore
import Interworking
import MappingTables
import PIDF
import XMLStreams
import XMPPStanzas

/// Presence of single users: by the code of live traffic, over what the facts say of watches.
extension Translation {
    var presences: PresenceTranslator { PresenceTranslator(generation: setup.generation, routing: setup.routing) }

    /// The time of the facts, for the flow.
    var moment: Moment { Moment(monotonic: 0, wall: facts.now) }

    // MARK: From the XMPP shore

    func presence(_ stanza: PresenceStanza, to form: Form) throws(Stop) -> Result {
        guard form != .cpim else {
            throw .usage("presence becomes a document or a SUBSCRIBE; use --to pidf or --to sip")
        }
        var result = Result()
        let operation = presences.operation(from: stanza, facts: facts)
        result.add(operation)
        if let value = operation.value {
            result.domain = value.contact.domain
            switch value.kind {
            case .available, .unavailable:
                guard form == .pidf else {
                    throw .usage("a NOTIFY needs the subscription of a running gateway; its document is --to pidf")
                }
                write(stanza, value, &result)
            case .subscribe, .probe:
                guard form == .sip else { throw .usage("a request to watch becomes a SUBSCRIBE; use --to sip") }
                subscribe(value, &result)
            case .unsubscribe, .subscribed, .unsubscribed, .error:
                result.nothing = "this concerns a subscription that stands, which only a running gateway has"
            }
        }
        if let refusal = result.refusal, let from = stanza.from, let to = stanza.to, let sender = try? JID(from),
            let recipient = try? JID(to)
        {
            let origin = StanzaOrigin(from: sender, to: recipient, id: stanza.id, kind: .presence)
            let error = errors.stanza(for: refusal, origin: origin, facts: facts, contentNamespace: Self.namespace)
            result.products = [Product(kind: .error, form: .xmpp, bytes: Self.document(error.bytes))]
        }
        return result
    }

    private func write(_ stanza: PresenceStanza, _ operation: PresenceOperation, _ result: inout Result) {
        let user = operation.user
        let key = WatchKey(watcher: operation.contact.key, presentity: user.key, target: .xmpp)
        var flow = PresenceFlow(now: moment)
        flow.restore(WatchRecord(approving: key, parts: online(user.jid.bare)))
        var writer = XML.Writer()
        writer.copy(stanza.element)
        let isOpen = operation.kind == .available
        let name = user.jid.resource ?? ""
        let part = PresencePart(name: name, isOpen: isOpen, content: writer.bytes, seen: facts.now)
        var effects: [PresenceEffect] = []
        flow.handle(isOpen || !name.isEmpty ? .said(key, part) : .silent(key, part), now: moment, effects: &effects)
        let resources = flow.parts(of: key).compactMap { part in
            ResourcePresence(
                part.content,
                of: part.name,
                user: user.jid.bare,
                seen: part.seen,
                isAvailable: part.isOpen
            )
        }
        let document = presences.document(of: user, resources: resources, for: operation.contact, facts: facts)
        result.add(document)
        guard let value = document.value else { return }
        result.products = [Product(kind: .presence, form: .pidf, bytes: PIDFWriter.write(value))]
    }

    /// What the devices of a user have said, by the facts.
    private func online(_ user: BareJID) -> [PresencePart] {
        facts.presence.online.filter { $0.jid.bare == user }.map { known in
            var builder = XML.ElementBuilder("presence", Self.namespace, ["from": known.jid.description])
            if known.priority != 0 { builder.element("priority", Self.namespace, text: String(known.priority)) }
            var writer = XML.Writer()
            writer.copy(builder.finish())
            let name = known.jid.resource ?? ""
            return PresencePart(name: name, isOpen: true, content: writer.bytes, seen: facts.now)
        }
    }

    // MARK: From the CPIM shore

    func document(_ bytes: [UInt8], to form: Form) throws(Stop) -> Result {
        guard form == .xmpp else { throw .usage("a presence document becomes stanzas; use --to xmpp") }
        let document: PresenceDocument
        do throws(PIDFError) {
            document = try PIDFReader().read(bytes[...])
        } catch {
            throw Place.fault(error.reason, code: error.code.rawValue, at: error.offset, in: bytes, file: file)
        }
        guard let watcher = facts.presence.watcher else {
            throw .usage("nobody watches; name the watcher with --facts watcher=juliet@example.com")
        }
        var result = Result()
        let found: Correspondent?
        do throws(Interworking.Refusal) { found = try presentity(of: document) } catch {
            result.refusal = error.worded(by: setup.route("").errors)
            return result
        }
        guard let contact = found else {
            let reason = "the document names nobody; say whom it is about with --facts presentity=romeo@example.net"
            throw Place.fault(reason, code: "no-presentity", at: 0, in: bytes, file: file)
        }
        result.domain = contact.uri.host.canonical
        let body = PresenceBody(type: "application/pidf+xml", bytes: bytes)
        show(body, of: contact, to: watcher, isApproved: true, &result)
        return result
    }

    /// The stanzas that a document of a contact makes for a watcher.
    ///
    /// - Parameters:
    ///   - body: the document; nil for none, which says that nobody is there.
    ///   - contact: whom it is about.
    ///   - watcher: who is told.
    ///   - isApproved: whether the watcher knew before that it may see the contact.
    ///   - result: takes the stanzas.
    func show(
        _ body: PresenceBody?,
        of contact: Correspondent,
        to watcher: JID,
        isApproved: Bool,
        _ result: inout Result
    ) {
        var parts = [PresencePart(name: "", isOpen: false, seen: facts.now)]
        if let body {
            let found = presences.presences(from: body, of: contact, facts: facts)
            result.add(found)
            guard let value = found.value else { return }
            parts = value.map {
                PresencePart(name: $0.resource ?? "", isOpen: $0.isAvailable, content: $0.stored, seen: facts.now)
            }
        }
        let key = WatchKey(watcher: watcher.bare.description, presentity: contact.key, target: .cpim)
        var flow = told(key, contact, isApproved: isApproved)
        var effects: [PresenceEffect] = []
        flow.handle(.admitted(key), now: moment, effects: &effects)
        flow.handle(.state(key, parts), now: moment, effects: &effects)
        write(effects, of: contact, to: watcher, &result)
    }

    /// The flow of a watcher who was told what the facts say.
    func told(_ key: WatchKey, _ contact: Correspondent, isApproved: Bool) -> PresenceFlow {
        var flow = PresenceFlow(now: moment)
        let parts = facts.presence.lastStates.filter { $0.key.bare == contact.jid.bare }
            .sorted { $0.key.description < $1.key.description }
            .map { jid, state in
                let presence = ContactPresence(resource: jid.resource, isAvailable: state == .open)
                let (name, isOpen) = (jid.resource ?? "", presence.isAvailable)
                return PresencePart(name: name, isOpen: isOpen, content: presence.stored, seen: facts.now)
            }
        if isApproved {
            flow.restore(WatchRecord(approving: key, parts: parts), isSubscribed: true)
        } else {
            flow.restore(WatchRecord(asking: key, parts: parts), isSubscribed: true)
        }
        return flow
    }

    /// What the flow asks for at the shore of the watcher, as stanzas.
    func write(
        _ effects: [PresenceEffect],
        of contact: Correspondent,
        to watcher: JID,
        _ result: inout Result
    ) {
        let bare = contact.jid.bare
        for effect in effects {
            switch effect {
            case .show(_, let parts, _):
                for part in parts {
                    var presence = ContactPresence(stored: part.content) ?? .gone(nil)
                    presence.resource = part.name.isEmpty ? nil : part.name
                    presence.isAvailable = part.isOpen
                    add(
                        presences.stanza(presence, from: bare, to: watcher, contentNamespace: Self.namespace),
                        &result
                    )
                }
            case .tell(_, .approved):
                add(
                    presences.stanza(.subscribed, from: bare.jid, to: watcher, contentNamespace: Self.namespace),
                    &result
                )
            case .tell(_, .refused):
                add(
                    presences.stanza(.unsubscribed, from: bare.jid, to: watcher, contentNamespace: Self.namespace),
                    &result
                )
            default: break
            }
        }
    }

    private func add(_ stanza: [UInt8], _ result: inout Result) {
        result.products.append(Product(kind: .presence, form: .xmpp, bytes: Self.document(stanza)))
    }

    /// Whom a document is about: as the facts say, else as it says itself.
    private func presentity(of document: PresenceDocument) throws(Interworking.Refusal) -> Correspondent? {
        let addresses = AddressTranslator(table: setup.generation.addresses, switches: setup.route("").switches)
        if let jid = facts.presence.presentity {
            return Correspondent(jid: jid, uri: try addresses.uri(for: jid, facts: facts).uri)
        }
        guard let entity = document.entity, let uri = try? AddressURI(entity) else { return nil }
        let jid = try addresses.jid(for: uri, role: .sender, facts: facts).jid
        return Correspondent(jid: jid, uri: try addresses.uri(for: jid, facts: facts).uri)
    }
}

extension WatchRecord {
    /// A watch whose watcher may see.
    fileprivate init(approving key: WatchKey, parts: [PresencePart]) {
        self.init(key: key, state: key.target == .cpim ? 1 : 2, request: nil, parts: parts)
    }

    /// A watch of the XMPP shore that nobody has decided on.
    fileprivate init(asking key: WatchKey, parts: [PresencePart]) {
        self.init(key: key, state: 0, request: nil, parts: parts)
    }
}
