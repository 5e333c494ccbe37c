/// What tells whether the store has a state as it is now, without keeping the state twice.
///
/// There may be very many subscriptions, and the bytes of one are some hundreds.
struct StoredMark: Equatable {
    private let hash: Int?

    /// Nothing is stored.
    static let nothing = StoredMark(hash: nil)

    /// This state is stored.
    init(_ state: [UInt8]) {
        // An array hashes its bytes one by one; eight at a time are an eighth of the work.
        var hasher = Hasher()
        hasher.combine(state.count)
        var word: UInt64 = 0
        for (place, byte) in state.enumerated() {
            word = word << 8 | UInt64(byte)
            if place & 7 == 7 { hasher.combine(word) }
        }
        hasher.combine(word)
        self.init(hash: hasher.finalize())
    }

    private init(hash: Int?) { self.hash = hash }
}
