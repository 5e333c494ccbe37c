/// What a watcher of the XMPP shore is told of one resource of a user of the CPIM shore.
///
/// Two that are equal say the same, so the second one need not be sent.
///
/// Source: RFC 3922 §6.3.1.
public struct ContactPresence: Sendable, Hashable {
    /// The resource; nil when it is said of the user as a whole.
    public var resource: String?
    /// Whether the resource is available.
    public var isAvailable: Bool
    /// The children of the stanza, those of the stream's namespace without a declaration.
    ///
    /// Shape: UTF-8, well-formed XML content for a stanza of any content namespace.
    public var payload: [UInt8]
    /// The language of the stanza; nil when nothing says it.
    public var language: String?
    /// Since when that holds, in milliseconds since 1970-01-01T00:00:00Z; nil when nothing says it.
    ///
    /// Two that differ in it alone say the same.
    ///
    /// Source: RFC 3863 §4.1.7.
    public var since: Int64?

    /// Makes a presence.
    ///
    /// - Parameters:
    ///   - resource: the resource; nil for the user as a whole.
    ///   - isAvailable: whether the resource is available.
    ///   - payload: the children of the stanza.
    ///   - language: the language of the stanza.
    public init(resource: String?, isAvailable: Bool, payload: [UInt8] = [], language: String? = nil) {
        self.resource = resource
        self.isAvailable = isAvailable
        self.payload = payload
        self.language = language
    }

    /// Whether two say the same.
    public static func == (one: ContactPresence, other: ContactPresence) -> Bool {
        one.resource == other.resource && one.isAvailable == other.isAvailable && one.payload == other.payload
            && one.language == other.language
    }

    /// Hashes what a presence says.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(resource)
        hasher.combine(isAvailable)
        hasher.combine(payload)
        hasher.combine(language)
    }

    /// That a resource is not available any more.
    ///
    /// - Parameter resource: the resource; nil for the user as a whole.
    /// - Returns: the presence.
    ///
    /// Source: RFC 3922 §6.3.1, RFC 8048 §5.3.3.
    public static func gone(_ resource: String?) -> ContactPresence {
        ContactPresence(resource: resource, isAvailable: false)
    }
}
