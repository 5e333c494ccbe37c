public import Addressing
import CPIM
public import XMLStreams

extension PersonalEvent {
    /// What a card says of a user of the CPIM shore, completed for whoever asks for it.
    ///
    /// - Parameter contact: the user.
    /// - Returns: the card with one of each entry and the user's address; nil for an event that is no card.
    ///
    /// Source: XEP-0054 §9, RFC 4482 §3.
    public func card(of contact: BareJID) -> [UInt8]? {
        guard node == Self.card, let card = try? XML.DocumentReader.read(payload[...]) else { return nil }
        var writer = XML.Writer()
        writer.start("vCard", Self.card)
        var written: Set<String> = []
        for entry in card.children where written.insert(entry.name).inserted { writer.copy(entry) }
        writer.element("JABBERID", nil, text: contact.description)
        writer.end()
        return writer.bytes
    }

    /// What a card of a user of the XMPP shore says, without pictures and sounds in it.
    ///
    /// - Parameter card: the answer to a question for the card.
    /// - Returns: the event, which says nothing when the card does not; nil when there is no card.
    ///
    /// Source: XEP-0054 §9.
    public static func told(byCard card: XML.Element) -> PersonalEvent? {
        guard card.is("vCard", Self.card) else { return nil }
        var writer = XML.Writer()
        writer.start("vCard", Self.card)
        var isEmpty = true
        for entry in card.children where entry.first("BINVAL", Self.card) == nil {
            writer.copy(entry)
            isEmpty = false
        }
        writer.end()
        return PersonalEvent(node: Self.card, payload: isEmpty ? [] : writer.bytes)
    }

    /// The name that an event tells; nil for events of other kinds.
    ///
    /// Source: XEP-0172 §3.
    public var nickname: String? {
        guard node == PresenceNames.nick, let nick = try? XML.DocumentReader.read(payload[...]) else { return nil }
        let line = SingleLine.text(nick.text)
        return line.isEmpty ? nil : line
    }
}

extension ContactPresence {
    /// Since when the resource is idle, in milliseconds since 1970-01-01T00:00:00Z; nil when it does not say.
    ///
    /// Source: XEP-0319 §2.
    public var idleSince: Int64? {
        guard isAvailable, !payload.isEmpty,
            let all = try? XML.DocumentReader.read((Array("<p>".utf8) + payload + Array("</p>".utf8))[...]),
            let since = all.first("idle", PresenceNames.idle)?.attribute("since")
        else { return nil }
        return CPIMDateTime(since)?.milliseconds
    }
}
