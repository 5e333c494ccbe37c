public import Addressing
import XMLStreams
public import XMPPStanzas

/// The resources of one user of the XMPP shore, as one watcher may see them.
///
/// A resource that went away stands in one document, and then in none; the last one stays.
///
/// Source: RFC 3922 §6.3.1, §6.3.2, RFC 6121 §4.5.3.
public struct SeenResources: Sendable {
    /// The last presence of each resource, the one seen first first.
    public private(set) var resources: [ResourcePresence] = []

    /// Makes a list of nobody's resources.
    public init() {}

    /// Makes the list of the resources of a user that are known to be available.
    ///
    /// - Parameters:
    ///   - user: the user.
    ///   - facts: what is known.
    public init(of user: BareJID, facts: Facts) {
        for known in facts.presence.online where known.jid.bare == user {
            var builder = XML.ElementBuilder("presence", XMPPNamespace.client, ["from": known.jid.description])
            if known.priority != 0 {
                builder.element("priority", XMPPNamespace.client, text: String(known.priority))
            }
            resources.append(
                ResourcePresence(
                    resource: known.jid.resource,
                    element: builder.finish(),
                    seen: facts.now,
                    isAvailable: true
                )
            )
        }
    }

    /// Takes the presence of a resource; presence that names none is that of all of them.
    ///
    /// - Parameters:
    ///   - stanza: presence without a type, or of type `unavailable`; others change nothing.
    ///   - sender: whose it is.
    ///   - now: the time, in milliseconds since 1970-01-01T00:00:00Z.
    public mutating func receive(_ stanza: PresenceStanza, from sender: JID, now: Int64) {
        guard let kind = stanza.kind, kind == .available || kind == .unavailable else { return }
        let isAvailable = kind == .available
        let kept = resources.filter { $0.isAvailable || $0.resource == sender.resource }
        resources = kept
        if sender.resource == nil, !isAvailable, !resources.isEmpty {
            for index in resources.indices { replace(index, stanza, now, isAvailable) }
            return
        }
        if let index = resources.firstIndex(where: { $0.resource == sender.resource }) {
            replace(index, stanza, now, isAvailable)
        } else {
            resources.append(
                ResourcePresence(
                    resource: sender.resource,
                    element: stanza.element,
                    seen: later(than: nil, now),
                    isAvailable: isAvailable
                )
            )
        }
    }

    private mutating func replace(_ index: Int, _ stanza: PresenceStanza, _ now: Int64, _ isAvailable: Bool) {
        resources[index].seen = later(than: resources[index].seen, now)
        resources[index].element = stanza.element
        resources[index].isAvailable = isAvailable
    }

    /// A change is never dated like the one before.
    ///
    /// Source: RFC 3863 §4.1.7.
    private func later(than seen: Int64?, _ now: Int64) -> Int64 { max(now, seen.map { $0 + 1 } ?? now) }
}
