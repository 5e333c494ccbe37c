import Addressing

/// What one watcher of the XMPP shore was told of one user of the CPIM shore.
///
/// Source: RFC 3922 §6.3.1, RFC 3856 §6.8.
public struct ToldPresence: Sendable, Equatable {
    private var told: [String?: ContactPresence] = [:]

    /// Makes the state of a watcher who was told nothing.
    public init() {}

    /// Makes the state that the facts tell.
    ///
    /// - Parameters:
    ///   - contact: the user of the CPIM shore.
    ///   - facts: what is known.
    public init(of contact: Correspondent, facts: Facts) {
        for (jid, state) in facts.presence.lastStates where jid.bare == contact.jid.bare {
            told[jid.resource] = ContactPresence(resource: jid.resource, isAvailable: state == .open)
        }
    }

    /// Takes a new state as a whole.
    ///
    /// - Parameter presences: the presence of each resource that there is.
    /// - Returns: what the watcher is to be told, in order: what changed, after that the resources that there are no
    ///   more.
    public mutating func update(_ presences: [ContactPresence]) -> [ContactPresence] {
        var news: [ContactPresence] = []
        for presence in presences where told[presence.resource] != presence {
            told[presence.resource] = presence
            news.append(presence)
        }
        let names = Set(presences.map(\.resource))
        let gone = told.values.filter { $0.isAvailable && !names.contains($0.resource) }.map {
            ContactPresence.gone($0.resource)
        }
        for presence in gone.sorted(by: { ($0.resource ?? "") < ($1.resource ?? "") }) {
            told[presence.resource] = presence
            news.append(presence)
        }
        return news
    }

    /// Ends what was told: every resource is unavailable.
    ///
    /// - Returns: what the watcher is to be told.
    ///
    /// Source: RFC 8048 §5.3.3, RFC 6665 §4.1.3.
    public mutating func end() -> [ContactPresence] { update([]) }
}
