/// The order in which the servers of a service are tried.
///
/// Source: RFC 2782.
enum ServiceOrder {
    /// Sorts by priority, and draws by weight among those of one priority.
    ///
    /// Those without weight come first in the list that is drawn from, and the number 0 is drawn only for them: they
    /// have a small chance beside others, and the shares of the others are those of their weights. In every other way
    /// the list is shuffled, so that servers without weights share the load.
    ///
    /// - Parameters:
    ///   - elements: what is sorted; the work grows with the square of those of one priority.
    ///   - key: priority and weight of one.
    ///   - generator: what the draws are made with.
    /// - Returns: the same elements in the order in which they are tried.
    static func ordered<Element>(
        _ elements: [Element],
        by key: (Element) -> (priority: UInt16, weight: UInt16),
        using generator: inout some RandomNumberGenerator
    ) -> [Element] {
        var ordered: [Element] = []
        ordered.reserveCapacity(elements.count)
        let groups = Dictionary(grouping: elements) { key($0).priority }
        for (_, group) in groups.sorted(by: { $0.key < $1.key }) {
            let group = group.shuffled(using: &generator)
            var left = group.filter { key($0).weight == 0 } + group.filter { key($0).weight > 0 }
            var sum = left.reduce(0) { $0 + Int(key($1).weight) }
            while !left.isEmpty {
                let least = key(left[0]).weight == 0 ? 0 : 1
                let drawn = Int.random(in: least...sum, using: &generator)
                var running = 0
                let index = left.firstIndex { element in
                    running += Int(key(element).weight)
                    return running >= drawn
                }
                let chosen = left.remove(at: index ?? 0)
                sum -= Int(key(chosen).weight)
                ordered.append(chosen)
            }
        }
        return ordered
    }
}
