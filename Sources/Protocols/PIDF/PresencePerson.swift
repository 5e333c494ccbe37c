/// What a document says about the human user.
///
/// Source: RFC 4479 §3.1, §5.
public struct PresencePerson: Sendable, Hashable {
    /// What tells the element from the others; nil when the document gives none.
    public var id: String?
    /// The characteristics and states, in order.
    public var elements: [PresenceElement]
    /// The notes about the person.
    public var notes: [PresenceNote]
    /// When this was last changed, in the form of RFC 3339.
    public var timestamp: String?

    /// Makes a person element.
    ///
    /// - Parameters:
    ///   - id: what tells the element from the others.
    ///   - elements: the characteristics and states.
    ///   - notes: the notes about the person.
    ///   - timestamp: when this was last changed, in the form of RFC 3339.
    public init(
        id: String?,
        elements: [PresenceElement] = [],
        notes: [PresenceNote] = [],
        timestamp: String? = nil
    ) {
        self.id = id
        self.elements = elements
        self.notes = notes
        self.timestamp = timestamp
    }
}

/// What a document says about one device.
///
/// Source: RFC 4479 §3.4, §5.
public struct PresenceDevice: Sendable, Hashable {
    /// What tells the element from the others; nil when the document gives none.
    public var id: String?
    /// The URN of the device, which tuples refer to.
    public var deviceID: String?
    /// The characteristics and states, in order.
    public var elements: [PresenceElement]
    /// The notes about the device.
    public var notes: [PresenceNote]
    /// When this was last changed, in the form of RFC 3339.
    public var timestamp: String?

    /// Makes a device element.
    ///
    /// - Parameters:
    ///   - id: what tells the element from the others.
    ///   - deviceID: the URN of the device.
    ///   - elements: the characteristics and states.
    ///   - notes: the notes about the device.
    ///   - timestamp: when this was last changed, in the form of RFC 3339.
    public init(
        id: String?,
        deviceID: String?,
        elements: [PresenceElement] = [],
        notes: [PresenceNote] = [],
        timestamp: String? = nil
    ) {
        self.id = id
        self.deviceID = deviceID
        self.elements = elements
        self.notes = notes
        self.timestamp = timestamp
    }
}
