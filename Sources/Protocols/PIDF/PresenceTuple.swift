/// One tuple: a service or resource of the presentity and its status.
///
/// Source: RFC 3863 §4.1.2.
public struct PresenceTuple: Sendable, Hashable {
    /// Whether messages can be received.
    ///
    /// Source: RFC 3863 §4.1.4.
    public enum Basic: String, Sendable, Hashable, CaseIterable {
        /// Ready to accept messages.
        case open
        /// Unable to accept messages.
        case closed
    }

    /// What tells the tuple from the others; nil when the document gives none.
    public var id: String?
    /// The basic status; nil when the tuple says nothing about availability.
    public var basic: Basic?
    /// Whether there is a status element at all.
    public var hasStatus: Bool
    /// The extensions inside the status element.
    public var status: [PresenceElement]
    /// The extensions of the tuple itself.
    public var elements: [PresenceElement]
    /// The address to reach the service at.
    public var contact: PresenceContact?
    /// The notes about the tuple.
    public var notes: [PresenceNote]
    /// When the status changed, in the form of RFC 3339.
    public var timestamp: String?

    /// Makes a tuple with a status element.
    ///
    /// - Parameters:
    ///   - id: what tells the tuple from the others.
    ///   - basic: the basic status.
    public init(id: String?, basic: Basic?) {
        self.id = id
        self.basic = basic
        hasStatus = true
        status = []
        elements = []
        notes = []
    }
}
