extension PresenceDocument {
    /// The person to believe: the one with the newest timestamp, else the first, with what holds at an instant.
    ///
    /// - Parameter now: the instant.
    /// - Returns: the person without the elements that do not hold yet or any more; nil when there is none.
    ///
    /// Source: RFC 4479 §3.5; RFC 4480 §3.1.
    public func person(preferredAt now: PresenceTime) -> PresencePerson? {
        guard var person = preferredPerson else { return nil }
        if !person.elements.allSatisfy({ $0.holds(at: now) }) { person.elements.removeAll { !$0.holds(at: now) } }
        return person
    }

    private var preferredPerson: PresencePerson? {
        if persons.count < 2 { return persons.first }
        var newest: (time: PresenceTime, person: PresencePerson)?
        for person in persons {
            guard let time = person.timestamp.flatMap(PresenceTime.init(_:)) else { continue }
            if newest.map({ $0.time < time }) ?? true { newest = (time, person) }
        }
        return newest?.person ?? persons.first
    }

    /// What is known of the user's input at a tuple: its own element, else that of its device, else the person's.
    ///
    /// - Parameter tuple: a tuple of this document.
    /// - Returns: the element `user-input`; nil when there is none.
    ///
    /// Source: RFC 4480 §3.14; RFC 4479 §3.4.
    public func userInput(for tuple: PresenceTuple) -> PresenceElement? {
        if let own = Self.userInput(tuple.elements) { return own }
        for id in tuple.deviceIDs {
            for device in devices where device.deviceID == id {
                if let input = Self.userInput(device.elements) { return input }
            }
        }
        return preferredPerson.flatMap { Self.userInput($0.elements) }
    }

    private static func userInput(_ elements: [PresenceElement]) -> PresenceElement? {
        elements.first { $0.is("user-input", PresenceNamespace.rpid) }
    }
}

extension PresenceTuple {
    /// The devices that the service runs on, in order.
    ///
    /// Source: RFC 4479 §5.
    public var deviceIDs: [String] {
        elements.filter { $0.is("deviceID", PresenceNamespace.dataModel) }.map { XMLSpace.trimmed($0.text) }
    }

    /// Whether the tuple describes somebody else than the presentity, such as an assistant.
    ///
    /// Source: RFC 4480 §3.9; RFC 4482 §1.
    public var describesAnother: Bool {
        guard let relationship = elements.first(where: { $0.is("relationship", PresenceNamespace.rpid) }) else {
            return false
        }
        return relationship.children.contains { !$0.is("self", PresenceNamespace.rpid) && !$0.is("note", $0.namespace) }
    }
}
