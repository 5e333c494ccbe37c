extension PresenceElement {
    /// When the element begins to hold; nil when it does not say, or not as RFC 3339 has it.
    ///
    /// Source: RFC 4480 §3.1; RFC 4481 §3.
    public var from: PresenceTime? { time("from") }

    /// When the element ceases to hold; nil when it does not say, or not as RFC 3339 has it.
    ///
    /// Source: RFC 4480 §3.1; RFC 4481 §3.
    public var until: PresenceTime? { time("until") }

    /// Whether the element holds at an instant: from its beginning on, and before its end.
    ///
    /// - Parameter now: the instant.
    /// - Returns: true as well for an element that says nothing of time.
    ///
    /// Source: RFC 4480 §3.1.
    public func holds(at now: PresenceTime) -> Bool {
        if let from, now < from { return false }
        if let until, now >= until { return false }
        return true
    }

    private func time(_ name: String) -> PresenceTime? {
        attribute(name).flatMap { PresenceTime(XMLSpace.trimmed($0)) }
    }
}

extension PresenceTuple {
    /// The timed status elements that hold at an instant, in order; several may overlap.
    ///
    /// - Parameter now: the instant.
    /// - Returns: the elements, each with its own basic status, notes and extensions.
    ///
    /// Source: RFC 4481 §3.
    public func timedStatuses(at now: PresenceTime) -> [PresenceElement] {
        elements.filter { $0.is("timed-status", PresenceNamespace.timed) && $0.from != nil && $0.holds(at: now) }
    }
}

extension PresenceDocument {
    /// When the document next says something else than at an instant, because an extension begins or ceases to hold.
    ///
    /// - Parameter now: the instant.
    /// - Returns: the first such instant after `now`; nil when there is none.
    ///
    /// Source: RFC 4480 §3.1; RFC 4481 §3.
    public func nextChange(after now: PresenceTime) -> PresenceTime? {
        var next: PresenceTime?
        func look(at elements: [PresenceElement]) {
            for element in elements where !element.attributes.isEmpty {
                for time in [element.from, element.until] {
                    if let time, time > now, next.map({ time < $0 }) ?? true { next = time }
                }
            }
        }
        for tuple in tuples {
            look(at: tuple.status)
            look(at: tuple.elements)
        }
        for person in persons { look(at: person.elements) }
        for device in devices { look(at: device.elements) }
        look(at: elements)
        return next
    }
}
