import MappingTables
import PIDF
import XMLStreams
import XMPPStanzas

/// What the value table makes of the type and the show of a stanza.
///
/// Source: RFC 3922 §5.1.4, §5.1.5, RFC 8048 §6.2, RFC 4480 §3.2.
struct OutgoingStatus {
    let basic: PresenceTuple.Basic
    /// What stands beside the basic status.
    let elements: [PresenceElement]
    /// What is said of the person.
    let person: [PresenceElement]

    init(_ stanza: PresenceStanza, isAvailable: Bool, _ crossing: inout Crossing) {
        let word = Self.word(stanza, isAvailable: isAvailable)
        let answer = crossing.route.values("presence.show")?.answer(word.column, word.value, to: .pidf)
        if let row = answer?.row { crossing.trace.fire(row) }
        if let loss = answer?.loss { crossing.trace.lose(loss) }
        basic = isAvailable && answer?["basic"] != "closed" ? .open : .closed
        var elements: [PresenceElement] = []
        // The namespace of a show is this one whatever that of the stream is (RFC 8048 §6.2).
        if let show = answer?["show"] {
            elements.append(PresenceElement("show", PresenceNamespace.jabberClient, text: show))
        }
        if let status = answer?["im"] { elements.append(PresenceElement("im", PresenceNamespace.im, text: status)) }
        self.elements = elements
        let activities = crossing.isSet(.richPresence, "on") ? answer?.values["activities"] ?? [] : []
        person =
            activities.isEmpty
            ? []
            : [
                PresenceElement(
                    "activities",
                    PresenceNamespace.rpid,
                    children: activities.map { PresenceElement($0, PresenceNamespace.rpid) }
                )
            ]
    }

    /// The stanza as a record of the table.
    private static func word(_ stanza: PresenceStanza, isAvailable: Bool) -> (column: String, value: String?) {
        guard isAvailable else { return ("type", "unavailable") }
        let show = stanza.element.children.first { $0.sharesNamespace(with: stanza.element) && $0.isNamed("show") }
        return ("show", show?.text)
    }
}
