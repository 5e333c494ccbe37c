public import XMLStreams

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
}
