/// Something that a reader tolerated, and in which tuple, person or device.
public struct PIDFWarning: Sendable, Hashable, CustomStringConvertible {
    /// The closed list of what is tolerated.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// There is no XML declaration (RFC 3863 §4.1).
        case missingDeclaration
        /// The XML declaration names another encoding than the carrier does, which takes precedence.
        ///
        /// Source: RFC 3863 §4.1.
        case overriddenEncoding
        /// The root has no entity; RFC 4479 §7.1 prints such a document.
        case missingEntity
        /// An element comes before one that the schema puts first.
        ///
        /// Source: RFC 4479 §5.
        case order
        /// Text stands between elements; it was ignored.
        case strayText
        /// An element that the format knows stands at a place it has none for, or one of its namespace has an unknown
        /// name, or one is in no namespace; it was ignored with its content.
        ///
        /// Source: RFC 3863 §4.2.3.
        case misplacedElement
        /// A tuple, person or device has no id.
        case missingID
        /// Several tuples have one id; the last one was taken.
        case repeatedID
        /// A tuple has no status element.
        case missingStatus
        /// A status element is empty.
        case emptyStatus
        /// A second status, basic, contact, timestamp or deviceID element was ignored.
        case repeatedElement
        /// White space stood around a basic status.
        case spacedBasic
        /// A basic status is neither open nor closed; there is none then.
        case invalidBasic
        /// White space stood around a contact URI or an entity.
        case spacedURI
        /// A contact holds no URI; it was ignored.
        case emptyContact
        /// A priority is out of range or no decimal number; it was ignored.
        case invalidPriority
        /// A priority has more than three digits behind the point; they were cut off.
        case longPriority
        /// A timestamp is no date and time of RFC 3339 with a zone; it was ignored.
        case invalidTimestamp
        /// A person or device has its note or timestamp in the namespace of PIDF instead of the data model's.
        case foreignNamespace
        /// A device names no deviceID.
        case missingDeviceID
    }

    /// What was tolerated.
    public let kind: Kind
    /// The id of the tuple, person or device it was in; nil outside of them and where there is no id.
    public let id: String?

    /// Makes a warning.
    ///
    /// - Parameters:
    ///   - kind: what was tolerated.
    ///   - id: the id of the tuple, person or device it was in.
    public init(_ kind: Kind, in id: String? = nil) {
        self.kind = kind
        self.id = id
    }

    /// The kind and the id, for logs.
    public var description: String { id.map { "\(kind.rawValue) in \($0)" } ?? kind.rawValue }
}
