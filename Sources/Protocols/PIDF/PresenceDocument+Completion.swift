extension PresenceDocument {
    /// The document as it is written: each tuple, person and device has an id of its own, and each tuple a status.
    ///
    /// A tuple without an id gets `t` and its place, counted from 0, a person `p` and a device `d` and theirs. An id
    /// that stands before in the document, as that of a tuple, person or device, gets `-2`, `-3`… at its end.
    ///
    /// - Returns: the completed document.
    ///
    /// Source: RFC 3863 §4.1.2; RFC 4479 §3.5.
    public func completed() -> PresenceDocument {
        if isComplete { return self }
        var document = self
        for place in document.tuples.indices where !document.tuples[place].hasStatus {
            document.tuples[place].hasStatus = true
        }
        var ids = UniqueIDs(of: self)
        if ids.areComplete { return document }
        for place in document.tuples.indices {
            document.tuples[place].id = ids.unique(document.tuples[place].id, or: "t\(place)")
        }
        for place in document.persons.indices {
            document.persons[place].id = ids.unique(document.persons[place].id, or: "p\(place)")
        }
        for place in document.devices.indices {
            document.devices[place].id = ids.unique(document.devices[place].id, or: "d\(place)")
        }
        return document
    }

    /// Whether nothing is missing that ``completed()`` adds; also no where that is not seen at a glance.
    var isComplete: Bool { tuples.allSatisfy(\.hasStatus) && UniqueIDs.areFewAndDistinct(in: self) }
}

/// Gives out ids that differ from each other and from those that are there.
private struct UniqueIDs {
    /// Whether everything has an id of its own already.
    private(set) var areComplete = false
    /// The ids that stand in the document, and those that were made.
    private var taken: Set<String> = []
    private var given: Set<String> = []

    init(of document: PresenceDocument) {
        let count = document.tuples.count + document.persons.count + document.devices.count
        func note(_ id: String?) { if let id, !id.isEmpty { taken.insert(id) } }
        for tuple in document.tuples { note(tuple.id) }
        for person in document.persons { note(person.id) }
        for device in document.devices { note(device.id) }
        areComplete = taken.count == count
    }

    /// So many ids are compared one by one sooner than a set of them is made.
    private static let few = 6

    /// Whether all of few ids are there, and no two are alike.
    static func areFewAndDistinct(in document: PresenceDocument) -> Bool {
        func isNamed(_ id: String?) -> Bool { !(id ?? "").isEmpty }
        let (tuples, persons, devices) = (document.tuples, document.persons, document.devices)
        guard tuples.count + persons.count + devices.count <= few else { return false }
        for place in tuples.indices {
            let id = tuples[place].id
            guard isNamed(id), !tuples[..<place].contains(where: { $0.id == id }) else { return false }
        }
        for place in persons.indices {
            let id = persons[place].id
            guard isNamed(id), !persons[..<place].contains(where: { $0.id == id }),
                !tuples.contains(where: { $0.id == id })
            else { return false }
        }
        for place in devices.indices {
            let id = devices[place].id
            guard isNamed(id), !devices[..<place].contains(where: { $0.id == id }),
                !persons.contains(where: { $0.id == id }), !tuples.contains(where: { $0.id == id })
            else { return false }
        }
        return true
    }

    mutating func unique(_ id: String?, or standIn: String) -> String {
        let isNamed = !(id ?? "").isEmpty
        let wanted = id.flatMap { $0.isEmpty ? nil : $0 } ?? standIn
        if isNamed ? given.insert(wanted).inserted : taken.insert(wanted).inserted { return wanted }
        var number = 2
        while !taken.insert("\(wanted)-\(number)").inserted { number += 1 }
        return "\(wanted)-\(number)"
    }
}
