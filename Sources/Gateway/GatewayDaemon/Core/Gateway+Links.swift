import BridgeCore
import XMPPLegs

extension Gateway {
    /// Links of the XMPP shore, with what the store has for them.
    func links(peer: String?) -> ControlReply {
        var stored = Dictionary(bridge.hopStates.map { ($0.name, $0.items) }) { one, _ in one }
        let rows = (xmpp?.links(peer: peer) ?? []).map { link in
            var row = link
            // What is on its way is stored, too, until it is confirmed; a stream that only brings stanzas has no part.
            if row.direction != .in, let items = stored.removeValue(forKey: row.link) {
                row.queued = max(row.queued, items - row.unconfirmed)
            }
            return row.fields
        }
        return ControlReply(rows: rows)
    }
}
