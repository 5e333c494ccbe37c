import BridgeCore
import DequeModule

/// Which crossing a stanza belonged to, for errors that come back to it.
struct SentStanzas {
    /// How many are remembered.
    static let capacity = 50_000

    private struct Key: Hashable {
        let id: String
        let to: String
        let from: String
    }

    private var crossings: [Key: CrossingID] = [:]
    private var order: Deque<Key> = []

    /// Remembers a stanza; addresses are bare.
    mutating func insert(_ id: String, _ crossing: CrossingID, to: String, from: String) {
        let key = Key(id: id, to: to, from: from)
        if crossings.updateValue(crossing, forKey: key) == nil { order.append(key) }
        if order.count > Self.capacity, let oldest = order.popFirst() { crossings[oldest] = nil }
    }

    /// The crossing that an error answers, if it was ours.
    func find(_ id: String, to: String, from: String) -> CrossingID? {
        crossings[Key(id: id, to: to, from: from)]
    }
}
