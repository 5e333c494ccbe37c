import XMLStreams
public import XMPPStanzas

extension PersonalEvent {
    /// The events that a message brings; an event without a payload ends what was told on its node.
    ///
    /// - Parameter message: any message.
    /// - Returns: the last event of each node, with an empty payload where nothing is told any more; nil for a message
    ///   that brings none.
    ///
    /// Source: XEP-0163 §4.3, XEP-0060 §7.1.2, §7.2.2.
    public static func events(in message: MessageStanza) -> [PersonalEvent]? {
        guard message.kind != .error, let event = message.payload("event", PresenceNames.event) else { return nil }
        return event.children.compactMap { child in
            guard child.namespace == PresenceNames.event, let node = child.attribute("node") else { return nil }
            switch child.name {
            case "items":
                let items = child.children.map { $0 }
                // One that was retracted counts as one without payload.
                guard let last = items.last else { return nil }
                let payload = last.name == "item" ? last.children.first { $0.namespace == node } : nil
                guard let payload, saysSomething(payload) else { return PersonalEvent(node: node, payload: []) }
                var writer = XML.Writer()
                writer.copy(payload)
                return PersonalEvent(node: node, payload: writer.bytes)
            case "purge", "delete": return PersonalEvent(node: node, payload: [])
            default: return nil
            }
        }
    }

    /// Source: XEP-0107 §2.2, XEP-0108 §2.2, XEP-0080 §4.1.
    private static func saysSomething(_ payload: XML.Element) -> Bool {
        payload.elementCount > 1 || !Blank.isBlank(payload.text)
    }
}
