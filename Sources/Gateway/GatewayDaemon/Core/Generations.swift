import MappingTables

/// The tables in force, and earlier ones that open crossings were accepted under.
///
/// A crossing keeps the generation that it was accepted under; a generation is dropped after its last open crossing.
struct Generations {
    private(set) var current: Generation
    private var earlier: [String: Generation] = [:]
    /// Open crossings of the tables in force, and of others by their identifier.
    private var items = 0
    private var others: [String: Int] = [:]

    init(_ current: Generation) { self.current = current }

    /// The tables of an item; those in force when its own are gone, as after a restart.
    subscript(identifier: String) -> Generation {
        identifier == current.identifier ? current : earlier[identifier] ?? current
    }

    /// Counts an item in.
    mutating func opened(_ identifier: String) {
        if identifier == current.identifier { items += 1 } else { others[identifier, default: 0] += 1 }
    }

    /// Counts an item out.
    mutating func closed(_ identifier: String) {
        if identifier == current.identifier {
            items = max(0, items - 1)
        } else if let count = others[identifier], count > 1 {
            others[identifier] = count - 1
        } else {
            others[identifier] = nil
            earlier[identifier] = nil
        }
    }

    /// Puts other tables in force.
    mutating func activate(_ next: Generation) {
        guard next.identifier != current.identifier else { return }
        if items > 0 {
            earlier[current.identifier] = current
            others[current.identifier] = items
        }
        current = next
        items = others.removeValue(forKey: next.identifier) ?? 0
        earlier[next.identifier] = nil
    }
}
