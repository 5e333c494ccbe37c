import Addressing
import BridgeCore
import Interworking
import MappingTables
import SIPMessages
import SIPTransactions
import XMLStreams

/// Documents about users of the other shore.
extension SIMPLELeg {
    /// The document for a watcher: that of the presentity, one in which nobody is there, or none.
    func composed(
        for entry: Subscriptions.Notified,
        _ status: SubscriptionState,
        withBody: Bool
    ) -> PresenceBody? {
        let isLast = status.phase == .terminated
        let policy = policy(of: entry)
        // A NOTIFY that was owed when the tables changed.
        guard withBody || entry.isFetch, policy != "block" else { return nil }
        var parts = withBody ? entry.gone.take(host.presenceParts(of: entry.key)) : []
        let isPolite = policy == "polite-block"
        if isPolite { parts = [] }
        if parts.isEmpty {
            // Nothing is known yet, which is no state (RFC 3856 §6.7); a fetch has no other answer.
            guard entry.isFetch || isPolite else { return nil }
            parts = [PresencePart(name: "", isOpen: false, seen: host.now.wall)]
        }
        if isLast, !entry.isFetch {
            for index in parts.indices {
                parts[index].isOpen = false
                parts[index].content = []
                // Another state has another time (RFC 3863 §4.1.7).
                parts[index].seen = max(host.now.wall, parts[index].seen + 1)
            }
        }
        return body(of: parts, entry.key, accepts: entry.accepts)
    }

    /// What the route, or a list of its own, lets a watcher see.
    ///
    /// Source: RFC 3856 §6.6.
    func policy(of entry: Subscriptions.Notified) -> String {
        host.generation.route(peer: entry.domain).switches.policy(of: entry.key.watcher)
    }

    /// Makes the body from what the devices said.
    func body(
        of parts: [PresencePart],
        _ key: WatchKey,
        as event: String = "notify",
        accepts: AcceptedTypes = []
    ) -> PresenceBody? {
        let (ends, facts) = watch(key)
        guard let ends else { return nil }
        let user = ends.user.jid.bare
        let resources = parts.compactMap { part in
            ResourcePresence(
                part.content,
                of: part.name,
                user: user,
                seen: part.seen,
                isAvailable: part.isOpen,
                told: part.seen,
                as: host.saidLast(part.content)
            )
        }
        let body = PresenceTranslator(generation: host.generation).body(
            about: ends,
            resources: resources,
            events: host.personalItems(of: key).compactMap { try? XML.DocumentReader.read($0.payload[...]) },
            facts: facts,
            accepts: accepts.ranges
        )
        guard let made = body.value else { return nil }
        let voucher = host.voucher(of: user.domain, to: ends.contact.jid.domain)
        let account = Arrival.Account(
            leg: "xmpp",
            peer: voucher.peer,
            proof: voucher.proof,
            sender: key.presentity,
            recipient: key.watcher,
            identifiers: []
        )
        host.recordPresence(event, account, trace: body.trace, notes: body.notes, isSubscription: false)
        return made
    }
}
