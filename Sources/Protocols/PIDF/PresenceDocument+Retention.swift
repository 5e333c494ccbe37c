extension PresenceDocument {
    /// What came of discarding locations that may not be kept.
    public struct Retention: Sendable, Hashable {
        /// Whether any was discarded.
        public var hasDiscarded = false
        /// From when on the first of the others may not be kept; nil when there is none.
        public var next: PresenceTime?
    }

    /// Discards the locations that may not be kept any longer, wherever in the document they stand.
    ///
    /// - Parameters:
    ///   - now: the time.
    ///   - received: when the document was received.
    /// - Returns: whether any was discarded, and when the next one is due.
    ///
    /// Source: RFC 4119 §2.2.2.
    public mutating func discardLocations(expiredAt now: PresenceTime, receivedAt received: PresenceTime) -> Retention {
        var retention = Retention()
        let times = Retention.Times(now: now, received: min(received, now))
        for index in devices.indices {
            retention.discard(from: &devices[index].elements, devices[index].timestamp, times)
        }
        for index in tuples.indices {
            retention.discard(from: &tuples[index].status, tuples[index].timestamp, times)
            retention.discard(from: &tuples[index].elements, tuples[index].timestamp, times)
        }
        for index in persons.indices {
            retention.discard(from: &persons[index].elements, persons[index].timestamp, times)
        }
        retention.discard(from: &elements, nil, times)
        return retention
    }
}

extension PresenceDocument.Retention {
    fileprivate struct Times {
        let now: PresenceTime
        let received: PresenceTime
    }

    fileprivate mutating func discard(
        from elements: inout [PresenceElement],
        _ timestamp: String?,
        _ times: Times
    ) {
        guard elements.contains(where: Self.holdsLocation) else { return }
        elements = elements.compactMap { rest(of: $0, timestamp, times) }
    }

    /// What is left of an element; the depth is that of the document, which its reader bounds.
    private mutating func rest(
        of element: PresenceElement,
        _ timestamp: String?,
        _ times: Times
    ) -> PresenceElement? {
        if let location = LocationObject(element) {
            let end = location.rules.expires(timestamp: timestamp, receivedAt: times.received)
            guard end > times.now else {
                hasDiscarded = true
                return nil
            }
            next = min(next ?? end, end)
            return element
        }
        var rest = element
        rest.content = element.content.compactMap { item in
            guard case .element(let child) = item else { return item }
            return self.rest(of: child, timestamp, times).map { .element($0) }
        }
        return rest
    }

    private static func holdsLocation(_ element: PresenceElement) -> Bool {
        element.is("geopriv", PresenceNamespace.geopriv) || element.children.contains { holdsLocation($0) }
    }
}
