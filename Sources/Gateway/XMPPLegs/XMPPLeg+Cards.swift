import Addressing
import BridgeCore
import Interworking
import MappingTables
import XMLStreams
import XMPPStanzas

/// Cards of users of this shore, where a route takes something of them.
extension XMPPLeg {
    /// The beginning of the ids of questions for cards.
    static let cardPrefix = "card-"

    /// A user is there for a contact who may know it: its card is asked for, once in a while.
    ///
    /// Source: XEP-0054 §3, RFC 4482 §3.3.
    func askForCard(of user: BareJID, contact: BareJID, on link: any XMPPLink) {
        let key = WatchKey(watcher: contact.description, presentity: user.description, target: .xmpp)
        guard host.isPresenceApproved(key) else { return }
        let id = Self.cardPrefix + host.freshToken()
        guard cards.isToBeAsked(user.description, by: contact.description, now: now.wall, id: id) else { return }
        var writer = XML.Writer(inherited: XMPPNamespace.component)
        writer.startStanza(.iq, to: user.description, from: contact.description, id: id, type: "get")
        writer.element("vCard", XMPPNamespace.card)
        writer.end()
        link.write(writer.bytes, to: user.domain)
    }

    /// Takes the answer to a question for a card.
    func receivedCard(_ iq: IQStanza, _ id: String, of user: JID, on link: any XMPPLink) {
        guard user.resource == nil, let contact = cards.answered(id, by: user.description), iq.kind == .result,
            let event = iq.payload.flatMap({ PersonalEvent.told(byCard: $0) })
        else { return }
        let voucher = link.voucher(for: user.domain)
        let account = Arrival.Account(
            leg: "xmpp",
            peer: voucher.peer,
            proof: voucher.proof,
            sender: iq.from ?? "",
            recipient: iq.to ?? "",
            identifiers: [("stanza.id", id)]
        )
        let key = WatchKey(watcher: contact, presentity: user.description, target: .xmpp)
        host.accept(PersonalItem(node: event.node, payload: event.payload), of: key, account: account)
    }
}
