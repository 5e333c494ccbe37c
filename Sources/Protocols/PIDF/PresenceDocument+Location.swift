/// Where a document says that the presentity is.
public struct PlacedLocation: Sendable, Hashable {
    /// The location.
    public var object: LocationObject
    /// When that was, in the form of RFC 3339; nil when it is not said.
    public var timestamp: String?
    /// From when on it may not be kept.
    ///
    /// Source: RFC 4119 §2.2.2.
    public var expires: PresenceTime
}

/// What came of looking for the location in a document.
public struct LocationFinding: Sendable, Hashable {
    /// The location that counts; nil when there is none.
    public var location: PlacedLocation?
    /// The expanded names of descriptions that were not read, in order, of those looked at.
    public var unread: [String] = []
    /// Whether a location was discarded because it may not be kept any more.
    public var hasExpired = false

    /// Makes a finding.
    ///
    /// - Parameters:
    ///   - location: the location that counts.
    ///   - unread: the names of descriptions that were not read.
    ///   - hasExpired: whether a location was discarded.
    public init(location: PlacedLocation? = nil, unread: [String] = [], hasExpired: Bool = false) {
        self.location = location
        self.unread = unread
        self.hasExpired = hasExpired
    }
}

extension PresenceDocument {
    /// Finds where the presentity is.
    ///
    /// Devices count before tuples, those before persons, and of each the first with a location. Passed over are
    /// locations that may not be kept any more or that cannot be read, and tuples of other people.
    ///
    /// - Parameters:
    ///   - now: the time at which the document is received.
    ///   - limits: the bounds of one location.
    /// - Returns: the location, and what was passed over before it.
    ///
    /// Source: RFC 5491 §3, RFC 4119 §2.2.2, RFC 4480 §3.9.
    public func location(
        receivedAt now: PresenceTime,
        limits: LocationObject.Limits = LocationObject.Limits()
    ) -> LocationFinding {
        var finding = LocationFinding()
        let places =
            devices.map { ($0.elements, $0.timestamp) }
            + tuples.filter { !$0.isOfAnother }.map { ($0.status, $0.timestamp) }
            + persons.map { ($0.elements, $0.timestamp) }
        for (elements, timestamp) in places {
            for element in elements {
                guard let object = LocationObject(element, limits: limits) else { continue }
                let expires = object.rules.expires(timestamp: timestamp, receivedAt: now)
                guard expires > now else {
                    finding.hasExpired = true
                    continue
                }
                finding.unread += object.unread
                if object.isEmpty { continue }
                finding.location = PlacedLocation(object: object, timestamp: timestamp, expires: expires)
                return finding
            }
        }
        return finding
    }
}

extension LocationObject.UsageRules {
    /// From when on a location may not be kept: as it says, else a day after what is around it was so, or was received.
    ///
    /// - Parameters:
    ///   - timestamp: when what is around it was so, in the form of RFC 3339; nil when that is not said.
    ///   - now: the time at which the location is received.
    /// - Returns: the time.
    ///
    /// Source: RFC 4119 §2.2.2.
    public func expires(timestamp: String?, receivedAt now: PresenceTime) -> PresenceTime {
        if let retentionExpires { return retentionExpires }
        let start = min(timestamp.flatMap(PresenceTime.init) ?? now, now)
        return PresenceTime(seconds: start.seconds + Self.retention, nanoseconds: start.nanoseconds)
    }
}

extension PresenceTuple {
    /// Whether the tuple is of somebody or something with a relationship to the presentity.
    ///
    /// Source: RFC 4480 §3.9.
    fileprivate var isOfAnother: Bool {
        elements.contains { relationship in
            relationship.is("relationship", PresenceNamespace.rpid) && !relationship.children.isEmpty
                && !relationship.children.contains { $0.is("self", PresenceNamespace.rpid) }
        }
    }
}
