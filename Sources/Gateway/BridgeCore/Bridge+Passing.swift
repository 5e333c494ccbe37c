/// What goes to a Request-URI beside the items: it is not stored, and nobody asks about it.
extension Bridge {
    /// Stands for whatever is open that is no item.
    private static let passing = CrossingID(0)

    /// Takes the place of an open request to a Request-URI, if nothing is open or waits there and its neighbor is up.
    ///
    /// - Parameters:
    ///   - lane: the Request-URI.
    ///   - name: the neighbor.
    /// - Returns: whether the place was free; it is given back with ``vacate(lane:hop:now:effects:)``.
    ///
    /// Source: RFC 3428 §8.
    public mutating func occupy(lane: String, hop name: String) -> Bool {
        guard !isStopping, hop(name).state == .up else { return false }
        let place = self.lane(lane)
        guard place.open == nil, !place.hasWaiting, !place.listed else { return false }
        place.open = Self.passing
        return true
    }

    /// Gives the place back; what waited for it goes.
    ///
    /// - Parameters:
    ///   - lane: the Request-URI.
    ///   - name: the neighbor.
    ///   - now: the moment.
    ///   - effects: what has to be done is appended.
    public mutating func vacate(lane: String, hop name: String, now: Moment, effects: inout [BridgeEffect]) {
        guard let place = lanes[lane], place.open == Self.passing else { return }
        place.open = nil
        guard place.hasWaiting else {
            lanes[lane] = nil
            return
        }
        let hop = hop(name)
        list(place, of: hop)
        drain(hop, now: now, effects: &effects)
    }
}
