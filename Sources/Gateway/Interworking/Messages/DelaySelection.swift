import Addressing
import CPIM
import XMLStreams
import XMPPStanzas

/// Chooses among the stamps of a delayed stanza.
///
/// Source: XEP-0203 §4, §5.
enum DelaySelection {
    private static let delay = "urn:xmpp:delay"
    private static let legacyDelay = "jabber:x:delay"

    /// When the stanza was first sent.
    ///
    /// A stamp of the gateway's own is discarded, as is one of the future. Of several, that of the sender's own server
    /// counts, else the oldest. The form that came before counts only where the newer one is absent.
    ///
    /// - Parameters:
    ///   - stanza: a message or presence.
    ///   - sender: who sent it.
    ///   - now: the time, in milliseconds since 1970-01-01T00:00:00Z.
    ///   - gateway: the gateway's own name.
    /// - Returns: the time; nil when the stanza was not delayed.
    static func stamp(of stanza: some Stanza, sender: JID, now: Int64, gateway: String) -> CPIMDateTime? {
        var stamps: [(time: CPIMDateTime, from: String?)] = []
        var legacy: [(time: CPIMDateTime, from: String?)] = []
        for child in stanza.element.children {
            if child.is("delay", delay) {
                guard let text = child.attribute("stamp"), let time = CPIMDateTime(text) else { continue }
                stamps.append((time, child.attribute("from")))
            } else if child.is("x", legacyDelay) {
                guard let text = child.attribute("stamp"), let time = CPIMDateTime(legacyStamp: text) else { continue }
                legacy.append((time, child.attribute("from")))
            }
        }
        if stamps.isEmpty, legacy.isEmpty { return nil }
        let usable = (stamps.isEmpty ? legacy : stamps).filter { stamp in
            stamp.time.milliseconds <= now && domain(stamp.from) != gateway
        }
        if let own = usable.first(where: { domain($0.from) == sender.domain }) { return own.time }
        return usable.map(\.time).min()
    }

    private static func domain(_ from: String?) -> String? { from.flatMap { try? JID($0) }?.domain }
}
