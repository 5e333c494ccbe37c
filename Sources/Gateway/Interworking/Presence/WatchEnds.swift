import Addressing
import MappingTables

/// Both users of a watch, with their addresses on both shores.
public struct WatchEnds: Sendable {
    let ends: Ends
    let names: UserNames

    /// The user of the XMPP shore.
    public var user: Correspondent { ends.sender }
    /// The user of the CPIM shore.
    public var contact: Correspondent { ends.recipient }
}

extension PresenceTranslator {
    /// Finds both users of a watch.
    ///
    /// - Parameters:
    ///   - user: the bare JID of the user of the XMPP shore.
    ///   - contact: the bare JID by which that shore knows the user of the CPIM shore.
    ///   - facts: what is known.
    /// - Returns: both; refused for addresses that have no form on the CPIM shore.
    ///
    /// Source: RFC 7247 §6.
    public func ends(user: String, contact: String, facts: Facts) -> Translated<WatchEnds> {
        let other = try? JID(contact)
        let route = messages.route(other.map { AddressTranslator.peerDomain(of: $0.bare, generation.addresses) } ?? "")
        return Crossing.run(messages.setting(facts, route)) { crossing throws(Refusal) in
            let found = try messages.ends(user, contact, &crossing, reading: .watch) { crossing throws(Refusal) in
                guard let own = try? JID(user), let other else { throw .malformedAddress }
                let ends = try messages.ends(from: own, to: other, &crossing)
                return Ends(ends, named: try UserNames(ends.sender, crossing.setting))
            }
            guard let names = found.names else { throw .mapping() }
            return Outcome.value(WatchEnds(ends: found, names: names))
        }
    }
}
