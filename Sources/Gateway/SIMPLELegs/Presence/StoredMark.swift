import Interworking

/// What tells whether the store has a state as it is now, without keeping the state twice.
///
/// There may be very many subscriptions, and the bytes of one are some hundreds.
struct StoredMark: Equatable {
    private let hash: Int?

    /// Nothing is stored.
    static let nothing = StoredMark(hash: nil)

    /// This state is stored.
    init(_ state: [UInt8]) { self.init(hash: ByteHash.of(state)) }

    private init(hash: Int?) { self.hash = hash }
}
