import Addressing
import MappingTables
import Synchronization

/// The ends of what came lately, so that the next item between two users needs no search.
///
/// What it answers is what the tables would: an entry counts only under the route and the facts that it was found with.
public final class EndsMemory: Sendable {
    /// How many pairs of spellings are remembered.
    static let capacity = 8_000

    /// Two addresses as an item spells them.
    struct Spelling: Hashable {
        let sender: String
        let recipient: String
        var reading = Reading.whole
    }

    /// What of two addresses counts: the same spelling means other ends where it is less.
    enum Reading {
        /// Both with their resources.
        case whole
        /// The recipient is who it is, whatever its resource.
        case toBare
        /// So is the sender.
        case bare
    }

    private struct Entry {
        let ends: Ends
        let route: Route
        let pairs: [AddressPair]
        let gruus: [BareJID: String]
        let resources: [BareJID: String]

        init(_ ends: Ends, _ setting: Setting) {
            self.ends = ends
            route = setting.route
            pairs = setting.facts.pairs
            gruus = setting.facts.gruus
            resources = setting.facts.resources
        }

        func holds(under setting: Setting) -> Bool {
            route === setting.route && pairs == setting.facts.pairs && gruus == setting.facts.gruus
                && resources == setting.facts.resources
        }
    }

    /// Two halves that rotate: bounded, and without an order to keep.
    private struct Halves: Sendable {
        var current: [Spelling: Entry] = [:]
        var previous: [Spelling: Entry] = [:]
    }

    private let halves = Mutex(Halves())

    /// Makes an empty memory, for one gateway: the domains that its facts name stay the same.
    public init() {}

    func find(_ spelling: Spelling, _ setting: Setting) -> Ends? {
        halves.withLock { halves in
            guard let entry = halves.current[spelling] ?? halves.previous[spelling], entry.holds(under: setting) else {
                return nil
            }
            return entry.ends
        }
    }

    func insert(_ ends: Ends, _ spelling: Spelling, _ setting: Setting) {
        halves.withLock { halves in
            if halves.current.count >= Self.capacity / 2, halves.current[spelling] == nil {
                halves.previous = halves.current
                halves.current = [:]
            }
            halves.current[spelling] = Entry(ends, setting)
        }
    }
}
