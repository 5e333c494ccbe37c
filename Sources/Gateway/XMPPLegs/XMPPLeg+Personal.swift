import Addressing
public import BridgeCore
import Interworking
import Logging
import MappingTables
import XMPPStanzas

/// What users tell of themselves beside their presence.
extension XMPPLeg {
    /// Tells devices of a watcher what a contact tells of itself, or that it tells it no more.
    ///
    /// - Parameters:
    ///   - item: what is told.
    ///   - key: the watcher of this shore and the contact.
    ///   - devices: the resources of the watcher.
    ///
    /// Source: XEP-0163 §4.3.
    public func publish(_ item: PersonalItem, of key: WatchKey, to devices: [String]) {
        guard let contact = try? BareJID(key.presentity), let link = links[contact.domain],
            let watcher = try? BareJID(key.watcher)
        else { return }
        let translator = PresenceTranslator(generation: host.generation)
        let told = PersonalEvent(node: item.node, payload: item.payload)
        guard let event = item.isStop ? translator.stopped(item.node) : told else { return }
        for device in devices {
            guard let to = try? watcher.with(resource: device) else { continue }
            link.write(
                translator.stanza(
                    event,
                    from: contact,
                    to: to,
                    contentNamespace: XMPPNamespace.component,
                    id: host.freshToken()
                ),
                to: to.domain
            )
        }
    }

    /// The events that a message brings; nil for one that crosses as a message.
    func events(in message: MessageStanza) -> [PersonalEvent]? {
        guard let events = PersonalEvent.events(in: message) else { return nil }
        return message.kind == .headline || message.bodyBytes == nil ? events : nil
    }

    /// Takes events of a user; they never cross as messages.
    ///
    /// Source: XEP-0163 §4.3.1.
    func received(_ events: [PersonalEvent], _ message: MessageStanza, from: JID, to: JID, on link: any XMPPLink) {
        let account = account(of: message, from: from.domain, on: link)
        guard from.resource == nil, from.local != nil, to.local != nil else {
            host.refused(account, code: "event-not-of-account", trace: [])
            return
        }
        let taken = announced(of: to.bare).nodes
        let key = WatchKey(watcher: to.bare.description, presentity: from.description, target: .xmpp)
        for event in events {
            guard taken.contains(event.node) else {
                // What the route could take, and does not, is a loss; of the rest there is no end.
                if host.generation.eventNodes.contains(event.node) {
                    host.refused(account, code: "event-not-taken", trace: [])
                } else {
                    logger.debug("an event on a node that is not known", metadata: link.metadata())
                }
                continue
            }
            host.accept(PersonalItem(node: event.node, payload: event.payload), of: key, account: account)
        }
    }
}
