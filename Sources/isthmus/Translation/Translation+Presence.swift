import Addressing
import Interworking
import MappingTables
import PIDF
import XMPPStanzas

/// Presence of single users, without the subscriptions and the pace that live traffic has.
extension Translation {
    private var translator: PresenceTranslator {
        PresenceTranslator(generation: setup.generation, routing: setup.routing)
    }

    // MARK: From the XMPP shore

    func presence(_ stanza: PresenceStanza, to form: Form) throws(Stop) -> Result {
        guard form == .pidf else { throw .usage("presence becomes a document; use --to pidf") }
        var result = Result()
        let operation = translator.operation(from: stanza, facts: facts)
        result.add(operation)
        if let value = operation.value {
            result.domain = value.contact.uri.host.canonical
            switch value.kind {
            case .available, .unavailable: write(stanza, value, &result)
            default: result.nothing = "subscription"
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
        var seen = SeenResources(of: operation.user.jid.bare, facts: facts)
        seen.receive(stanza, from: operation.user.jid, now: facts.now)
        let document = translator.document(
            of: operation.user,
            resources: seen.resources,
            for: operation.contact,
            facts: facts
        )
        result.add(document)
        guard let value = document.value else { return }
        result.products = [Product(kind: .presence, form: .pidf, bytes: PIDFWriter.write(value))]
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
        do throws(Refusal) { found = try presentity(of: document) } catch {
            result.refusal = error.worded(by: setup.route("").errors)
            return result
        }
        guard let contact = found else {
            let reason = "the document names nobody; say whom it is about with --facts presentity=romeo@example.net"
            throw Place.fault(reason, code: "no-presentity", at: 0, in: bytes, file: file)
        }
        result.domain = contact.uri.host.canonical
        let body = PresenceBody(type: "application/pidf+xml", bytes: bytes)
        let presences = translator.presences(from: body, of: contact, facts: facts)
        result.add(presences)
        var told = ToldPresence(of: contact, facts: facts)
        for presence in told.update(presences.value ?? []) {
            let stanza = translator.stanza(
                presence,
                from: contact.jid.bare,
                to: watcher,
                contentNamespace: Self.namespace
            )
            result.products.append(Product(kind: .presence, form: .xmpp, bytes: Self.document(stanza)))
        }
        return result
    }

    /// Whom a document is about: as the facts say, else as it says itself.
    private func presentity(of document: PresenceDocument) throws(Refusal) -> Correspondent? {
        let addresses = AddressTranslator(table: setup.generation.addresses, switches: setup.route("").switches)
        if let jid = facts.presence.presentity {
            return Correspondent(jid: jid, uri: try addresses.uri(for: jid, facts: facts).uri)
        }
        guard let entity = document.entity, let uri = try? AddressURI(entity) else { return nil }
        let jid = try addresses.jid(for: uri, role: .sender, facts: facts).jid
        return Correspondent(jid: jid, uri: try addresses.uri(for: jid, facts: facts).uri)
    }
}
