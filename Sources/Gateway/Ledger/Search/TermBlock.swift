/// A piece of the sorted terms of a chunk: hashes, each with the places of the records that have the term.
///
/// Shape: for each term the distance of its hash to the one before (packed), then a list of ``PositionSet``; at the end a
/// ``PackedCheck`` with the first hash.
enum TermBlock {
    /// A block ends behind the term with which it reaches so many bytes: four to a page.
    private static let size = 1_900

    /// The place, which records that come in order stand in, and four parts of the hash.
    private static let digits = [PositionSet.capacityBits] + [Int](repeating: RecordTerm.hashBits / 4, count: 4)

    /// Sorts what a chunk holds into blocks.
    ///
    /// - Parameters:
    ///   - pairs: each a hash above a place; in any order, repetitions count once. Sorted afterwards.
    ///   - body: gets the first hash and the bytes of each block, in order.
    /// - Throws: what the body throws.
    static func pack(
        _ pairs: inout [UInt64],
        _ body: (UInt64, [UInt8]) throws(LedgerError) -> Void
    ) throws(LedgerError) {
        pairs.sort(byDigits: digits)
        var block: [UInt8] = []
        var positions: [Int] = []
        var first: UInt64 = 0
        var last: UInt64 = 0
        var index = 0
        while index < pairs.count {
            let hash = pairs[index] >> UInt64(PositionSet.capacityBits)
            positions.removeAll(keepingCapacity: true)
            while index < pairs.count, pairs[index] >> UInt64(PositionSet.capacityBits) == hash {
                let position = Int(truncatingIfNeeded: pairs[index]) & (PositionSet.capacity - 1)
                if positions.last != position { positions.append(position) }
                index += 1
            }
            if block.isEmpty {
                first = hash
                last = hash
            }
            PackedNumber.append(hash - last, to: &block)
            PositionSet.append(positions, to: &block)
            last = hash
            if block.count >= size || index == pairs.count {
                PackedCheck.append(to: &block, beside: [Int64(first)])
                try body(first, block)
                block.removeAll(keepingCapacity: true)
            }
        }
    }

    /// Adds the places of a term to a set.
    ///
    /// - Parameters:
    ///   - hash: of the term.
    ///   - first: the first hash of the block.
    ///   - block: the block whose range of hashes holds the term's.
    ///   - set: takes the places; none for a term that no record has.
    /// - Returns: false for a block that is damaged.
    static func find(_ hash: UInt64, from first: UInt64, in block: Span<UInt8>, into set: inout PositionSet) -> Bool {
        guard let length = PackedCheck.length(block, beside: [Int64(first)]) else { return false }
        var place = 0
        var current = first
        while place < length {
            guard let distance = PackedNumber.read(block, &place), let head = PackedNumber.read(block, &place),
                head >> 1 <= UInt64(length - place)
            else { return false }
            current &+= distance
            if current > hash { return true }
            let end = place + Int(head >> 1)
            if current == hash { return set.insert(block.extracting(place..<end), isBits: head & 1 == 1) }
            place = end
        }
        return true
    }
}
