/// The deadlines of many transactions, the earliest first; each has at most one.
///
/// A binary heap that knows where each member stands, so that a deadline is moved or removed in O(log n) and nothing
/// stale is kept.
struct DeadlineHeap: Sendable {
    private struct Item {
        var deadline: UInt64
        var id: Int
    }

    private var items: [Item] = []
    /// By id: the place in `items`, or -1.
    private var places: [Int32] = []

    var count: Int { items.count }

    /// The earliest deadline and whose it is.
    var first: (deadline: UInt64, id: Int)? {
        items.first.map { ($0.deadline, $0.id) }
    }

    /// Sets or moves the deadline of a member; nil removes it.
    mutating func set(_ id: Int, to deadline: UInt64?) {
        while places.count <= id { places.append(-1) }
        let place = Int(places[id])
        guard let deadline else {
            if place >= 0 { remove(at: place) }
            return
        }
        if place < 0 {
            items.append(Item(deadline: deadline, id: id))
            places[id] = Int32(items.count - 1)
            rise(items.count - 1)
        } else {
            let before = items[place].deadline
            items[place].deadline = deadline
            if deadline < before { rise(place) } else { sink(place) }
        }
    }

    private mutating func remove(at place: Int) {
        places[items[place].id] = -1
        let last = items.removeLast()
        guard place < items.count else { return }
        items[place] = last
        places[last.id] = Int32(place)
        rise(place)
        sink(Int(places[last.id]))
    }

    private mutating func rise(_ start: Int) {
        var place = start
        let item = items[place]
        while place > 0 {
            let parent = (place - 1) / 2
            guard item.deadline < items[parent].deadline else { break }
            items[place] = items[parent]
            places[items[place].id] = Int32(place)
            place = parent
        }
        items[place] = item
        places[item.id] = Int32(place)
    }

    private mutating func sink(_ start: Int) {
        var place = start
        let item = items[place]
        while true {
            var child = 2 * place + 1
            guard child < items.count else { break }
            if child + 1 < items.count, items[child + 1].deadline < items[child].deadline { child += 1 }
            guard items[child].deadline < item.deadline else { break }
            items[place] = items[child]
            places[items[place].id] = Int32(place)
            place = child
        }
        items[place] = item
        places[item.id] = Int32(place)
    }
}

/// Members by number; a number that was given up is given out again.
///
/// They lie in blocks, so that many need no larger place to move to.
struct Slots<Member: Sendable>: Sendable {
    private static var blockSize: Int { 1_024 }

    private var blocks: [[Member?]] = []
    private var free: [Int] = []

    /// How many members there are.
    private(set) var count = 0

    /// One above the highest number that was given out.
    private(set) var limit = 0

    /// A copy of a member.
    subscript(_ slot: Int) -> Member? {
        slot >= 0 && slot < limit ? blocks[slot / Self.blockSize][slot % Self.blockSize] : nil
    }

    /// Looks at a member, or changes it, without a copy; nil when there is none.
    @inline(__always)
    mutating func with<Result>(_ slot: Int, _ work: (inout Member) -> Result) -> Result? {
        guard slot >= 0, slot < limit else { return nil }
        return blocks[slot / Self.blockSize][slot % Self.blockSize].with(work)
    }

    mutating func insert(_ member: Member) -> Int {
        count += 1
        if let slot = free.popLast() {
            blocks[slot / Self.blockSize][slot % Self.blockSize] = member
            return slot
        }
        if limit % Self.blockSize == 0 {
            var block: [Member?] = []
            block.reserveCapacity(Self.blockSize)
            blocks.append(block)
        }
        blocks[limit / Self.blockSize].append(member)
        limit += 1
        return limit - 1
    }

    /// Gives a number up; nil when it was not given out.
    @discardableResult
    mutating func remove(_ slot: Int) -> Member? {
        guard slot >= 0, slot < limit, let member = blocks[slot / Self.blockSize][slot % Self.blockSize].take() else {
            return nil
        }
        free.append(slot)
        count -= 1
        return member
    }
}

extension Optional {
    /// Does something with the value where it lies: it moves out and in again, for a loan of it would be allocated.
    @inline(__always)
    fileprivate mutating func with<Result>(_ work: (inout Wrapped) -> Result) -> Result? {
        guard var value = take() else { return nil }
        defer { self = value }
        return work(&value)
    }
}
