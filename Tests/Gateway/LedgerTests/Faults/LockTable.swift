/// The file locks of the connections of one process, as the database library defines them.
struct LockTable {
    /// The level that each connection holds on a file: 0 none, 1 shared, 2 reserved, 3 pending, 4 exclusive.
    private var levels: [String: [Int: Int32]] = [:]
    /// The holders of each slot of shared memory.
    private var shared: [String: [Set<Int>]] = [:]
    private var exclusive: [String: [Int?]] = [:]

    mutating func lock(_ name: String, _ holder: Int, to level: Int32) -> Bool {
        let others = levels[name, default: [:]].filter { $0.key != holder }.values
        let free =
            switch level {
            case 1: others.allSatisfy { $0 < 3 }
            case 2: others.allSatisfy { $0 < 2 }
            default: others.allSatisfy { $0 == 0 }
            }
        if free { levels[name, default: [:]][holder] = max(level, levels[name]?[holder] ?? 0) }
        return free
    }

    mutating func unlock(_ name: String, _ holder: Int, to level: Int32) {
        levels[name, default: [:]][holder] = level
    }

    func isReserved(_ name: String) -> Bool {
        levels[name, default: [:]].values.contains { $0 >= 2 }
    }

    mutating func lockSlots(_ name: String, _ holder: Int, _ slots: Range<Int>, isExclusive: Bool) -> Bool {
        var sharers = shared[name] ?? Array(repeating: [], count: 8)
        var owners = exclusive[name] ?? Array(repeating: nil, count: 8)
        for slot in slots {
            if let owner = owners[slot], owner != holder { return false }
            if isExclusive, sharers[slot].contains(where: { $0 != holder }) { return false }
        }
        for slot in slots {
            if isExclusive { owners[slot] = holder } else { sharers[slot].insert(holder) }
        }
        shared[name] = sharers
        exclusive[name] = owners
        return true
    }

    mutating func unlockSlots(_ name: String, _ holder: Int, _ slots: Range<Int>) {
        guard var sharers = shared[name], var owners = exclusive[name] else { return }
        for slot in slots {
            sharers[slot].remove(holder)
            if owners[slot] == holder { owners[slot] = nil }
        }
        shared[name] = sharers
        exclusive[name] = owners
    }
}
