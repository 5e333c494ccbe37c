import Addressing
import BridgeCore
import Interworking
import MappingTables
import SIPMessages
import SIPTransactions

/// What a SUBSCRIBE of the gateway looks like.
///
/// Source: RFC 6665 §4.1.2.1, RFC 8048 §5.2.1.
extension SIMPLELeg {
    /// Sends a SUBSCRIBE that the machine asks for.
    func send(_ subscribe: SubscriberState.Subscribe, _ id: UInt64) {
        guard let entry = subscriptions.subscribed[id], let route = settings.routes[entry.domain] else {
            finished(subscriber: id, subscribe.attempt, .transportError(wasSent: false))
            return
        }
        var request: OutgoingEvent?
        switch subscribe.place {
        case .fresh(let sequence):
            if let old = subscriptions.subscribed[id]?.requestKey { subscriptions.byRequest[old] = nil }
            subscriptions.subscribed[id]?.callID = freshCallID()
            subscriptions.subscribed[id]?.localTag = host.freshToken()
            if let named = subscriptions.subscribed[id] {
                let key = DialogKey(callID: named.callID, localTag: named.localTag, remoteTag: nil)
                subscriptions.subscribed[id]?.requestKey = key
                subscriptions.byRequest[key] = id
            }
            request = initial(id, sequence, route)
        case .again(let sequence): request = initial(id, sequence, route)
        case .dialog(let dialog): request = outgoing(dialog, domain: entry.domain)
        }
        guard var request else {
            finished(subscriber: id, subscribe.attempt, .transportError(wasSent: false))
            return
        }
        request.builder.add(contact(for: entry.domain))
        request.builder.add(SIPHeaderLine(.event, entry.machine.event.description))
        // Who leaves takes no more documents (RFC 8048 §5.2.3).
        if subscribe.expires > 0 || entry.machine.isFetch {
            request.builder.add(SIPHeaderLine(.accept, accepted(from: entry.domain)))
        }
        request.builder.add(SIPHeaderLine(.expires, String(subscribe.expires)))
        subscriptions.attempts[id] = subscribe.attempt
        send(request.builder.message(), request, method: .subscribe, for: id)
    }

    private func accepted(from domain: String) -> String {
        host.generation.route(peer: domain).switches.isSet(.presenceCarrier, "cpim")
            ? "message/cpim, \(Self.pidf)" : Self.pidf
    }

    /// A SUBSCRIBE outside a dialog.
    private func initial(_ id: UInt64, _ sequence: UInt32, _ route: SIMPLELegSettings.Route) -> OutgoingEvent? {
        guard let entry = subscriptions.subscribed[id], let ends = ends(of: entry.key) else { return nil }
        var request = outgoing(
            .subscribe,
            from: ends.user.uri.description,
            to: ends.contact.uri.description,
            tag: entry.localTag,
            callID: entry.callID,
            sequence,
            by: route
        )
        if let note = entry.note, !note.isEmpty { request.builder.add(.subject, note) }
        return request
    }
}
