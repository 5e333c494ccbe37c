import BridgeCore
import DequeModule
import Interworking

/// Which crossing a stanza belonged to, for errors that come back to it.
///
/// Stanzas are known by a 64-bit hash of their identity under a key of this process, which nobody can aim at.
struct SentStanzas {
    /// How many are remembered.
    static let capacity = 50_000

    private var crossings: [Int: CrossingID] = [:]
    private var order: Deque<Int> = []

    /// What identifies a stanza; addresses are bare.
    static func identity(_ id: String, to: String, from: String) -> [UInt8] {
        OriginText.encode([("id", id), ("to", to), ("from", from)])
    }

    /// Remembers a stanza by its identity.
    mutating func insert(_ identity: [UInt8], _ crossing: CrossingID) {
        let key = ByteHash.of(identity)
        if crossings.updateValue(crossing, forKey: key) == nil { order.append(key) }
        if order.count > Self.capacity, let oldest = order.popFirst() { crossings[oldest] = nil }
    }

    /// The crossing that an error answers, if it was ours.
    func find(_ id: String, to: String, from: String) -> CrossingID? {
        crossings[ByteHash.of(Self.identity(id, to: to, from: from))]
    }
}
