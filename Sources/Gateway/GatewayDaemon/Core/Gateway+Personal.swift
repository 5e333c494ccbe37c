import BridgeCore
import Interworking
import Ledger
import Logging
import MappingTables
import SIMPLELegs
import XMPPLegs

/// What users tell of themselves beside their presence, and what may be known of them.
extension Gateway {
    // MARK: From the XMPP shore

    /// A user of the XMPP shore tells a contact something; only contacts that may see the user are told.
    func accept(_ item: PersonalItem, of key: WatchKey, account: Arrival.Account) {
        let filed = filed(key)
        guard filed != key || presence.isApproved(key) else {
            refused(account, code: "event-of-stranger", trace: [])
            return
        }
        for effect in personal.received(item, of: filed) {
            guard effect == .changed(filed) else {
                perform([effect])
                continue
            }
            record(.presence, item.isStop ? "event-stopped" : "event", account, [])
            perform([.changed(key)])
        }
    }

    /// Under which watch it is kept what a user of the XMPP shore tells: one for all contacts of a domain to which the
    /// user is published.
    private func filed(_ key: WatchKey) -> WatchKey {
        guard key.target == .xmpp, let domain = simple?.publishedDomain(of: key) else { return key }
        return WatchKey(watcher: domain, presentity: key.presentity, target: .xmpp)
    }

    /// Nothing of a user is published to a domain any more, so that nothing more is known of it there.
    func unpublished(_ user: String, to domain: String) {
        perform(personal.ended(WatchKey(watcher: domain, presentity: user, target: .xmpp)))
    }

    /// A device of the XMPP shore wants to be told what a contact tells.
    func interested(_ key: WatchKey, device: String, in nodes: Set<String>) {
        guard presence.isWatched(key) else { return }
        perform(personal.online(device, key, wants: nodes))
    }

    /// What a user of the XMPP shore may know of a contact.
    ///
    /// Both who may see the contact and whom the contact may see know that it is there; only the former learn more.
    ///
    /// Source: XEP-0012 §3, §4, XEP-0030 §8.
    func acquaintance(of asker: String, with contact: String, device: String?, node: String?) -> Acquaintance? {
        let key = WatchKey(watcher: asker, presentity: contact, target: .cpim)
        guard presence.isApproved(key) else { return presence.isApproved(key.reversed) ? Acquaintance() : nil }
        var known = node.map { self.known($0, of: key) } ?? Acquaintance()
        known.idleSeconds = activeSince(key, device).map { max(0, (now.wall - $0) / 1_000) }
        return known
    }

    /// When a device was active last, or a user who is gone was there; nil when that is not known or not told.
    private func activeSince(_ key: WatchKey, _ device: String?) -> Int64? {
        guard let device else { return presence.closedSince(key) }
        let part = presence.shown(to: key).first { $0.name == device && $0.isOpen }
        return part.flatMap { ContactPresence(stored: $0.content)?.idleSince }
    }

    // MARK: From the CPIM shore

    /// A presentity of the CPIM shore tells all this to a watcher.
    func personal(_ items: [PersonalItem], of key: WatchKey) {
        guard presence.isApproved(key) else { return }
        perform(personal.state(key, pictured(items, of: key), now: now.wall))
    }

    /// What a user of the XMPP shore tells, as a watcher of the CPIM shore may know it.
    func personalItems(of key: WatchKey) -> [PersonalItem] { personal.items(of: filed(key)) }

    /// A wish to see somebody goes under the name that its sender is known by, when it has none of its own.
    ///
    /// Source: RFC 4482 §3.2, XEP-0172 §4.1.
    func named(_ step: PresenceStep, _ key: WatchKey) -> PresenceStep {
        guard case .ask(let note, nil) = step else { return step }
        let names = personal.items(of: key.reversed).lazy
            .compactMap { PersonalEvent(node: $0.node, payload: $0.payload).nickname }
        return .ask(note: note, nick: names.first)
    }

    // MARK: The flow

    func perform(_ effects: [PersonalEffect]) {
        for effect in effects {
            switch effect {
            case .publish(let key, let item, let devices):
                inOrder(PresenceShow(key: key, what: .item(item, to: devices)))
            case .changed(let key):
                simple?.presenceChanged(key)
                simple?.publishAgain(key)
            case .overflow(let key):
                logger.warning("a personal event is not kept: it is too large, or there is no room")
                refused(account(of: key), code: "event-overflow", trace: [])
            }
        }
        if !effects.isEmpty { scheduleFlush() }
    }
}
