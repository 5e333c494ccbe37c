import Interworking

/// Where the next hops of dialogs lead, by their URIs as peers wrote them.
///
/// Many dialogs share few next hops, and what a leg trusts stays the same, so that a URI needs to be read once.
struct NextHops {
    /// How many are remembered.
    static let capacity = 1_000
    /// The most bytes of a URI that is remembered; a longer one is read each time.
    static let longest = 256

    private var known = Recent<[UInt8], Hop>(capacity: capacity)

    private struct Hop {
        let destination: RequestRecord.Destination?
    }

    /// The socket that a next hop names.
    ///
    /// - Parameters:
    ///   - uri: the next hop of a dialog.
    ///   - read: reads it, when it is not remembered.
    /// - Returns: the socket; nil when it is none of a trusted neighbor.
    mutating func destination(
        of uri: ArraySlice<UInt8>,
        read: () -> RequestRecord.Destination?
    ) -> RequestRecord.Destination? {
        guard uri.count <= Self.longest else { return read() }
        // A copy, for a slice would keep the whole dialog.
        let key = Array(uri)
        if let hop = known[key] { return hop.destination }
        let hop = Hop(destination: read())
        known[key] = hop
        return hop.destination
    }
}
