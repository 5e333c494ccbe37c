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
        /// Both without, and what documents about the sender say of it is known.
        case watch
    }

    private struct Entry: Sendable {
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

    private let entries = Mutex(Recent<Spelling, Entry>(capacity: capacity))

    /// Makes an empty memory, for one gateway: the domains that its facts name stay the same.
    public init() {}

    func find(_ spelling: Spelling, _ setting: Setting) -> Ends? {
        entries.withLock { entries in
            guard let entry = entries[spelling], entry.holds(under: setting) else { return nil }
            return entry.ends
        }
    }

    func insert(_ ends: Ends, _ spelling: Spelling, _ setting: Setting) {
        entries.withLock { $0[spelling] = Entry(ends, setting) }
    }
}
