import DequeModule

/// One neighbor: whether it can be reached, and what waits for it.
///
/// An object, which its items name directly.
final class Hop {
    enum State: Equatable {
        /// Reachable.
        case up
        /// Its link is down; leads to `up` when the leg says so.
        case down
        /// It failed; after the given wall time one item is sent to try it.
        case held(until: Int64)
        /// That one item is on the wire; leads to `up` or `held`.
        case probing(CrossingID)
    }

    var state: State
    /// Whether a leg says when it is up; such a neighbor is never forgotten, since nobody would say so again.
    var isLink = false
    /// Faults in a row; the pause doubles with each.
    var faults = 0
    /// Items that are stored and not settled.
    var items = 0
    /// Bytes of them.
    var bytes = 0
    /// Items on the wire without a verdict.
    var open = 0
    /// Lanes with something to send, in turn.
    var ready: Deque<Lane> = []
    /// Items without a lane, in order.
    var line: Deque<Item> = []

    init(state: State) { self.state = state }
}
