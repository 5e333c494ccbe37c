/// Lists of rules as they stand in records, and the hashes of their terms.
///
/// Most crossings of a shore fire the same rows in the same order, so that most records hold one of a few lists.
struct KnownRules {
    private static let capacity = 4

    private var lists: [(bytes: [UInt8], terms: [UInt64])] = []
    /// Which list the next new one takes the place of.
    private var oldest = 0

    /// The length of the list that begins at a place, and its terms; nil for a list that is not known.
    func find(at place: Int, in record: Span<UInt8>) -> (length: Int, terms: [UInt64])? {
        for list in lists where record.holds(list.bytes.span, at: place) { return (list.bytes.count, list.terms) }
        return nil
    }

    /// Remembers a list in place of the oldest.
    mutating func note(_ bytes: Span<UInt8>, _ terms: ArraySlice<UInt64>) {
        let list = (bytes.indices.map { bytes[$0] }, Array(terms))
        guard lists.count == KnownRules.capacity else { return lists.append(list) }
        lists[oldest] = list
        oldest = (oldest + 1) % KnownRules.capacity
    }
}
