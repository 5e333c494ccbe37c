public import Addressing
public import XMLStreams
import XMPPStanzas

/// The last presence of one resource of a user of the XMPP shore.
public struct ResourcePresence: Sendable {
    /// The resource; nil for presence that names none.
    public var resource: String?
    /// The last presence stanza of the resource.
    public var element: XML.Element
    /// When it came, in milliseconds since 1970-01-01T00:00:00Z; later with every change.
    ///
    /// Source: RFC 3863 §4.1.7.
    public var seen: Int64
    /// The time that the document tells, in milliseconds since 1970-01-01T00:00:00Z; nil for when the stanza was first
    /// sent, or else came.
    ///
    /// Source: RFC 3863 §4.1.7.
    public var told: Int64?
    /// Whether the resource is available; one that is not stands in one document and then in none.
    public var isAvailable: Bool

    /// Makes a presence.
    ///
    /// - Parameters:
    ///   - resource: the resource.
    ///   - element: the last presence stanza.
    ///   - seen: when it came, in milliseconds since 1970-01-01T00:00:00Z.
    ///   - isAvailable: whether the resource is available.
    public init(resource: String?, element: XML.Element, seen: Int64, isAvailable: Bool) {
        self.resource = resource
        self.element = element
        self.seen = seen
        self.isAvailable = isAvailable
    }

    /// Reads a presence that was kept.
    ///
    /// - Parameters:
    ///   - content: the stanza; empty for a resource that went without a word.
    ///   - name: the resource; empty for presence that names none.
    ///   - user: whose it is.
    ///   - seen: when it came.
    ///   - isAvailable: whether the resource is available.
    ///   - told: the time that the document tells; nil for when the stanza was first sent, or else came.
    ///   - element: the stanza, where it was read already.
    public init?(
        _ content: [UInt8],
        of name: String,
        user: BareJID,
        seen: Int64,
        isAvailable: Bool,
        told: Int64? = nil,
        as element: XML.Element? = nil
    ) {
        let resource = name.isEmpty ? nil : name
        if let element {
            self.init(resource: resource, element: element, seen: seen, isAvailable: isAvailable)
            self.told = told
            return
        }
        var bytes = content
        if bytes.isEmpty {
            var writer = XML.Writer()
            writer.start("presence", XMPPNamespace.client)
            writer.attribute("from", ((try? resource.map { try user.with(resource: $0) }) ?? user.jid).description)
            writer.attribute("type", PresenceStanza.Kind.unavailable.rawValue)
            writer.end()
            bytes = writer.bytes
        }
        guard let element = try? XML.DocumentReader.read(bytes[...]) else { return nil }
        self.init(resource: resource, element: element, seen: seen, isAvailable: isAvailable)
        self.told = told
    }
}
