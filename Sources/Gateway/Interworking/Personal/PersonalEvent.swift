public import Addressing
import XMLStreams
import XMPPStanzas

/// Something that a user of the CPIM shore tells of itself, beside its presence.
///
/// Two that are equal say the same.
///
/// Source: XEP-0163 §4.
public struct PersonalEvent: Sendable, Hashable {
    /// The node, which is the namespace of the payload.
    public var node: String
    /// The payload; empty in an event that came and ends what was told.
    ///
    /// Shape: one XML element in UTF-8 with the declaration of its namespace.
    public var payload: [UInt8]

    /// Makes an event.
    ///
    /// - Parameters:
    ///   - node: the node.
    ///   - payload: the payload.
    public init(node: String, payload: [UInt8]) {
        self.node = node
        self.payload = payload
    }

    /// The name under which what a card says is kept beside the events; nobody is told of it by itself.
    ///
    /// Source: XEP-0054 §3.
    public static let card = PresenceNames.card
}

extension PresenceTranslator {
    /// Writes an event for a watcher whose capabilities ask for its node.
    ///
    /// - Parameters:
    ///   - event: the event.
    ///   - contact: the user of the CPIM shore.
    ///   - watcher: who is told, by a full address.
    ///   - contentNamespace: the namespace of the stream.
    ///   - id: the identifier.
    /// - Returns: the whole stanza, a message of type `headline`.
    ///
    /// Source: XEP-0163 §4, XEP-0060 §7.1.2.
    public func stanza(
        _ event: PersonalEvent,
        from contact: BareJID,
        to watcher: JID,
        contentNamespace: String,
        id: String
    ) -> [UInt8] {
        var writer = XML.Writer(inherited: contentNamespace)
        writer.startStanza(
            .message,
            to: watcher.description,
            from: contact.description,
            id: id,
            type: "headline"
        )
        writer.start("event", PresenceNames.event)
        writer.start("items", nil, ["node": event.node])
        writer.start("item", nil, ["id": "current"])
        writer.closeHeader()
        return writer.bytes + event.payload + Array("</item></items></event></message>".utf8)
    }
}
