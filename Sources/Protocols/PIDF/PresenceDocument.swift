/// One presence document: what a presentity says about itself.
///
/// Elements of PIDF and of the data model have properties of their own; every other element is kept as a
/// ``PresenceElement``, in order, at the place where it was found.
///
/// Source: RFC 3863 §4.1.1; RFC 4479 §5.
public struct PresenceDocument: Sendable, Hashable {
    /// The URI of the presentity, as written; nil when the document names none.
    public var entity: String?
    /// The tuples in order.
    public var tuples: [PresenceTuple]
    /// The notes about the presentity.
    public var notes: [PresenceNote]
    /// The person elements in order; more than one is an ambiguity that ``person(preferredAt:)`` resolves.
    public var persons: [PresencePerson]
    /// The device elements in order.
    public var devices: [PresenceDevice]
    /// The other elements of other namespaces, in order.
    public var elements: [PresenceElement]

    /// Makes a document.
    ///
    /// - Parameters:
    ///   - entity: the URI of the presentity.
    ///   - tuples: the tuples in order.
    ///   - notes: the notes about the presentity.
    ///   - persons: the person elements.
    ///   - devices: the device elements.
    ///   - elements: other elements of other namespaces.
    public init(
        entity: String?,
        tuples: [PresenceTuple] = [],
        notes: [PresenceNote] = [],
        persons: [PresencePerson] = [],
        devices: [PresenceDevice] = [],
        elements: [PresenceElement] = []
    ) {
        self.entity = entity
        self.tuples = tuples
        self.notes = notes
        self.persons = persons
        self.devices = devices
        self.elements = elements
    }
}
