public import Addressing
import XMLStreams
public import XMPPStanzas

extension PresenceTranslator {
    /// Writes what a watcher is told of a resource.
    ///
    /// - Parameters:
    ///   - presence: what it is told.
    ///   - contact: the user of the CPIM shore.
    ///   - watcher: who is told: a bare address, or the full one that asked with a probe.
    ///   - contentNamespace: the namespace of the stream.
    ///   - id: the identifier; nil for none.
    /// - Returns: the whole stanza.
    ///
    /// Source: RFC 3922 §5.2.1, §5.2.2, RFC 8048 §6.3.
    public func stanza(
        _ presence: ContactPresence,
        from contact: BareJID,
        to watcher: JID,
        contentNamespace: String,
        id: String? = nil
    ) -> [UInt8] {
        let from = presence.resource.flatMap { try? contact.with(resource: $0) } ?? contact.jid
        var writer = XML.Writer(inherited: contentNamespace)
        writer.startStanza(
            .presence,
            to: watcher.description,
            from: from.description,
            id: id,
            type: presence.isAvailable ? nil : PresenceStanza.Kind.unavailable.rawValue,
            language: presence.language
        )
        if presence.payload.isEmpty {
            writer.end()
            return writer.bytes
        }
        writer.closeHeader()
        return writer.bytes + presence.payload + Array("</presence>".utf8)
    }

    /// Writes what is said of a subscription, or asked once.
    ///
    /// - Parameters:
    ///   - kind: what is said.
    ///   - from: in whose name.
    ///   - to: to whom.
    ///   - status: why the sender wishes to subscribe.
    ///   - nick: the name that the sender goes by.
    ///   - contentNamespace: the namespace of the stream.
    ///   - id: the identifier; nil for none.
    /// - Returns: the whole stanza.
    ///
    /// Source: RFC 6121 §3.1, §4.7.1, XEP-0172 §4.1.
    public func stanza(
        _ kind: PresenceStanza.Kind,
        from: JID,
        to: JID,
        status: String? = nil,
        nick: String? = nil,
        contentNamespace: String,
        id: String? = nil
    ) -> [UInt8] {
        var writer = XML.Writer(inherited: contentNamespace)
        writer.startStanza(
            .presence,
            to: to.description,
            from: from.description,
            id: id,
            type: kind == .available ? nil : kind.rawValue
        )
        if let status, !status.isEmpty { writer.element("status", text: status) }
        if let nick, !nick.isEmpty { writer.element("nick", PresenceNames.nick, text: nick) }
        writer.end()
        return writer.bytes
    }
}
