import MappingTables

/// The tables in force, and earlier ones that open crossings were accepted under.
///
/// A crossing keeps the generation that it was accepted under; a generation is dropped after its last open crossing.
struct Generations {
    private(set) var current: Generation
    private var earlier: [String: (generation: Generation, items: Int)] = [:]
    private var items = 0

    init(_ current: Generation) { self.current = current }

    /// The tables of an item; those in force when its own are gone, as after a restart.
    subscript(identifier: String) -> Generation {
        identifier == current.identifier ? current : earlier[identifier]?.generation ?? current
    }

    /// Counts an item in.
    mutating func opened(_ identifier: String) {
        if identifier == current.identifier { items += 1 } else { earlier[identifier]?.items += 1 }
    }

    /// Counts an item out.
    mutating func closed(_ identifier: String) {
        if identifier == current.identifier {
            items = max(0, items - 1)
        } else if let left = earlier[identifier]?.items {
            earlier[identifier]?.items = left - 1
            if left <= 1 { earlier[identifier] = nil }
        }
    }

    /// Puts other tables in force.
    mutating func activate(_ next: Generation) {
        guard next.identifier != current.identifier else { return }
        let kept = earlier.removeValue(forKey: next.identifier)?.items ?? 0
        if items > 0 { earlier[current.identifier] = (current, items) }
        current = next
        items = kept
    }
}
