import Digests

/// Finds out for each line of a log whether it is the record that belongs there, and which one it is if not.
///
/// A record is genuine at a place when its hash is the one that is stored for that place. A line that is not waits for
/// the next one, which tells whether it stands in a record's place or between two.
struct RecordPlacing {
    /// What a line turned out to be.
    enum Outcome: Equatable {
        /// The tree has reached a size that was asked for: its root by the stored hashes, and by those of the records
        /// where they differ.
        case reached(size: Int64, stored: Digest, found: Digest?)
        /// Something is wrong from one record through another; the line lies so many lines back.
        case fault(TrailVerdict, ClosedRange<Int64>, linesBack: Int)
    }

    /// The most ranges of missing records that are kept apart (1000).
    static let mostGaps = 1000

    /// The tree of the stored hashes.
    private(set) var stored = TreeEdge()
    /// The tree of the hashes that the records have, once they differ; nil while they are the same.
    private var found: TreeEdge?
    /// Whether every record up to the position is known by its hash.
    private(set) var isWhole = true
    /// Records that are missing so far.
    private(set) var gaps: [Range<Int64>] = []
    /// The sequence number of the last record that has its place.
    private(set) var position: Int64 = 0
    /// The hash of a line that waits for the next one.
    private var doubtful: Digest?
    /// The sizes to tell of, the next one last.
    private var stops: [Int64] = []

    init() {}

    /// Asks to be told when the tree reaches sizes.
    mutating func watch(_ sizes: some Sequence<Int64>) {
        stops = Set(stops).union(sizes).filter { $0 > position }.sorted(by: >)
    }

    /// The records are right, and the stored hashes wrong.
    mutating func trustFound() {
        if let found { stored = found }
        found = nil
    }

    /// Steps to the beginning of a segment.
    mutating func skip(to first: Int64, leaf: (Int64) -> Digest?) -> [Outcome] {
        guard first > position + 1 else { return [] }
        let gap = position + 1..<first
        if isWhole, leaf(gap.lowerBound) != nil, leaf(gap.upperBound - 1) != nil {
            add(gap)
            return pass(to: first - 1, leaf: leaf)
        }
        isWhole = false
        position = first - 1
        return [RecordPlacing.removed(gap)]
    }

    /// Takes a line.
    mutating func take(_ record: ArraySlice<UInt8>, leaf: (Int64) -> Digest?) -> [Outcome] {
        let hash = TreeEdge.leaf(record)
        let claimed = SegmentFile.sequence(of: record)
        guard let waiting = doubtful else { return take(hash, claimed, leaf: leaf) }
        doubtful = nil
        let place = position + 1
        if claimed == place, hash == leaf(place) {
            // The record of this place comes behind it: the line before was put in between.
            return [.fault(.foreign, place...place, linesBack: 1)] + grow(hash, hash)
        }
        let fault = Outcome.fault(.altered, place...place, linesBack: 1)
        return [fault] + grow(leaf(place) ?? waiting, waiting) + take(hash, claimed, leaf: leaf)
    }

    /// Decides on a line that waits, since none follows in its segment but perhaps a next segment.
    mutating func settle(before next: Int64?, leaf: (Int64) -> Digest?) -> [Outcome] {
        guard let waiting = doubtful else { return [] }
        doubtful = nil
        let place = position + 1
        if next == place { return [.fault(.foreign, place...place, linesBack: 0)] }
        return [.fault(.altered, place...place, linesBack: 0)] + grow(leaf(place) ?? waiting, waiting)
    }

    private mutating func take(_ hash: Digest, _ claimed: Int64?, leaf: (Int64) -> Digest?) -> [Outcome] {
        let expected = position + 1
        guard isWhole else { return count(claimed) }
        guard let stored = leaf(expected) else {
            // No hash is stored for this place.
            if let claimed, claimed > 0, claimed <= position, leaf(claimed) == hash {
                return [.fault(.replayed, claimed...claimed, linesBack: 0)]
            }
            guard claimed == expected else { return misnumbered(hash, claimed) }
            return [.fault(.leavesAltered, expected...expected, linesBack: 0)] + grow(hash, hash)
        }
        if hash == stored {
            return claimed == expected ? grow(hash, hash) : misnumbered(hash, claimed)
        }
        guard let claimed, claimed != expected, claimed > 0, leaf(claimed) == hash else {
            doubtful = hash
            return []
        }
        if claimed > expected {
            add(expected..<claimed)
            return pass(to: claimed - 1, leaf: leaf) + grow(hash, hash)
        }
        guard let index = gaps.firstIndex(where: { $0.contains(claimed) }) else {
            return [.fault(.replayed, claimed...claimed, linesBack: 0)]
        }
        let gap = gaps.remove(at: index)
        let parts = [gap.lowerBound..<claimed, claimed + 1..<gap.upperBound].filter { !$0.isEmpty }
        gaps.insert(contentsOf: parts, at: index)
        return [.fault(.swapped, claimed...claimed, linesBack: 0)]
    }

    /// The record has another number than its place, and nothing says that it belongs elsewhere.
    private mutating func misnumbered(_ hash: Digest, _ claimed: Int64?) -> [Outcome] {
        let expected = position + 1
        guard let claimed, claimed < Int64.max else {
            return [.fault(.altered, expected...expected, linesBack: 0)] + grow(hash, hash)
        }
        guard claimed > expected else { return [.fault(.replayed, claimed...claimed, linesBack: 0)] }
        // The hashes were taken away with the records: the tree cannot be known any more.
        isWhole = false
        position = claimed
        return [RecordPlacing.removed(expected..<claimed)]
    }

    /// Without a tree only the numbers are left.
    private mutating func count(_ claimed: Int64?) -> [Outcome] {
        let expected = position + 1
        guard let claimed, claimed < Int64.max else {
            position = expected
            return [.fault(.altered, expected...expected, linesBack: 0)]
        }
        if claimed < expected { return [.fault(.replayed, claimed...claimed, linesBack: 0)] }
        position = claimed
        return claimed == expected ? [] : [RecordPlacing.removed(expected..<claimed)]
    }

    private mutating func grow(_ storedHash: Digest, _ hash: Digest) -> [Outcome] {
        position += 1
        guard isWhole else { return [] }
        if found == nil, storedHash != hash { found = stored }
        stored.append(storedHash)
        found?.append(hash)
        guard stops.last == position else { return [] }
        stops.removeLast()
        return [.reached(size: position, stored: stored.root, found: found?.root)]
    }

    /// Grows the tree by records that are missing, whose hashes are stored.
    private mutating func pass(to last: Int64, leaf: (Int64) -> Digest?) -> [Outcome] {
        var outcomes: [Outcome] = []
        found = nil
        while position < last {
            guard let hash = leaf(position + 1) else {
                isWhole = false
                position = last
                return outcomes
            }
            outcomes += grow(hash, hash)
        }
        return outcomes
    }

    private mutating func add(_ gap: Range<Int64>) {
        if gaps.count < RecordPlacing.mostGaps { return gaps.append(gap) }
        let last = gaps.removeLast()
        gaps.append(last.lowerBound..<gap.upperBound)
    }

    static func removed(_ gap: Range<Int64>) -> Outcome {
        .fault(gap.lowerBound == 1 ? .removedHead : .removedMiddle, gap.lowerBound...gap.upperBound - 1, linesBack: 0)
    }
}
