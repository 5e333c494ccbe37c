/// How many there are of each name; one of which there are none is not listed.
struct Tally {
    private var counts: [String: Int] = [:]

    /// How many there are of a name.
    subscript(name: String) -> Int { counts[name, default: 0] }

    /// How many names there are.
    var count: Int { counts.count }

    mutating func add(_ name: String) { counts[name, default: 0] += 1 }

    mutating func remove(_ name: String) {
        guard let count = counts[name] else { return }
        counts[name] = count > 1 ? count - 1 : nil
    }
}
