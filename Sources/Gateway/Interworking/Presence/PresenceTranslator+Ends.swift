public import Addressing
import MappingTables

extension PresenceTranslator {
    /// Both users of a watch, with their addresses on both shores.
    ///
    /// - Parameters:
    ///   - user: the user of the XMPP shore.
    ///   - contact: the user of the CPIM shore, by its address on the XMPP shore.
    ///   - facts: what is known.
    /// - Returns: both; refused for addresses that have no form on the CPIM shore.
    ///
    /// Source: RFC 7247 §6.
    public func correspondents(
        user: JID,
        contact: JID,
        facts: Facts
    ) -> Translated<(user: Correspondent, contact: Correspondent)> {
        let route = messages.route(AddressTranslator.peerDomain(of: contact.bare, generation.addresses))
        return Crossing.run(messages.setting(facts, route)) { crossing throws(Refusal) in
            let ends = try messages.ends(user.description, contact.description, &crossing) {
                crossing throws(Refusal) in try messages.ends(from: user, to: contact, &crossing)
            }
            return Outcome.value((user: ends.sender, contact: ends.recipient))
        }
    }
}
