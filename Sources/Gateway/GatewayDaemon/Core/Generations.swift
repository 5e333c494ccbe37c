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

    /// Begins with the tables in force, and those that crossings of an earlier process may name.
    init(_ current: Generation, earlier: [Generation] = []) {
        self.current = current
        for generation in earlier where generation.identifier != current.identifier {
            self.earlier[generation.identifier] = generation
        }
    }

    /// The tables of an item; those in force when its own are not kept.
    subscript(identifier: String) -> Generation {
        identifier == current.identifier ? current : earlier[identifier] ?? current
    }

    /// The tables that are out of force, with the number of their open crossings.
    var open: [(identifier: String, items: Int)] {
        others.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Counts an item in.
    mutating func opened(_ identifier: String) {
        if identifier == current.identifier { items += 1 } else { others[identifier, default: 0] += 1 }
    }

    /// Counts an item out.
    ///
    /// - Returns: whether that was the last one of tables that are out of force.
    mutating func closed(_ identifier: String) -> Bool {
        if identifier == current.identifier {
            items = max(0, items - 1)
        } else if let count = others[identifier], count > 1 {
            others[identifier] = count - 1
        } else {
            earlier[identifier] = nil
            return others.removeValue(forKey: identifier) != nil
        }
        return false
    }

    /// Puts other tables in force.
    ///
    /// - Returns: the identifier of those that were, when nothing needs them any more.
    mutating func activate(_ next: Generation) -> String? {
        guard next.identifier != current.identifier else { return nil }
        let before = current
        let isNeeded = items > 0
        if isNeeded {
            earlier[before.identifier] = before
            others[before.identifier] = items
        }
        current = next
        items = others.removeValue(forKey: next.identifier) ?? 0
        earlier[next.identifier] = nil
        return isNeeded ? nil : before.identifier
    }
}
