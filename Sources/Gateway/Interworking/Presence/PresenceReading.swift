/// What a document of a user of the CPIM shore says to a watcher of the XMPP shore.
public struct PresenceReading: Sendable, Hashable {
    /// The presence of each resource, in document order; of the user as a whole when the document says that there are
    /// none.
    ///
    /// Resources that a watcher was told of and that are missing here are not available any more.
    public var presences: [ContactPresence]
    /// What the document says of the user as a person: for watchers who ask for it, and never in presence.
    ///
    /// What a card has of it is among them, on ``PersonalEvent/card``.
    ///
    /// Source: XEP-0163 §4, XEP-0107 §2.2, XEP-0054 §3.
    public var events: [PersonalEvent]
    /// The newest timestamp in the document, in milliseconds since 1970-01-01T00:00:00Z; nil for none.
    ///
    /// A document whose newest timestamp is older than one already seen is outdated.
    ///
    /// Source: RFC 3863 §6.
    public var newest: Int64?
    /// When the document says something else without having changed, in milliseconds since 1970-01-01T00:00:00Z; nil
    /// when it never does.
    ///
    /// A location that may not be kept any longer is such a change.
    ///
    /// Source: RFC 4480 §3.1, RFC 4119 §2.2.2.
    public var nextChange: Int64?

    /// Makes a reading.
    ///
    /// - Parameters:
    ///   - presences: the presence of each resource.
    ///   - events: what it says of the user as a person.
    ///   - newest: the newest timestamp in the document.
    ///   - nextChange: when the document says something else.
    public init(
        presences: [ContactPresence],
        events: [PersonalEvent] = [],
        newest: Int64? = nil,
        nextChange: Int64? = nil
    ) {
        self.presences = presences
        self.events = events
        self.newest = newest
        self.nextChange = nextChange
    }
}
