import Addressing
import CPIM
import MappingTables

/// Both ends of a message, mapped.
final class Ends: Sendable {
    let sender: Correspondent
    let recipient: Correspondent
    /// The im: URIs of both.
    let instants: (sender: String, recipient: String)
    /// The rows that fired, and what the record has to note.
    let rows: [RowID]
    let notes: [String]
    /// How documents about the sender name it, for the ends of a watch.
    let names: UserNames?

    init(
        _ sender: Correspondent,
        _ recipient: Correspondent,
        instants: (sender: InstantURI, recipient: InstantURI),
        rows: [RowID?],
        notes: [String] = []
    ) {
        self.sender = sender
        self.recipient = recipient
        self.instants = (instants.sender.description, instants.recipient.description)
        self.rows = rows.compactMap(\.self)
        self.notes = notes
        names = nil
    }

    /// The same ends as a watch has them.
    init(_ ends: Ends, named names: UserNames) {
        sender = ends.sender
        recipient = ends.recipient
        instants = ends.instants
        rows = ends.rows
        notes = ends.notes
        self.names = names
    }
}

extension MessageTranslator {
    /// The ends that are remembered under two spellings; else they are searched, and remembered.
    func ends(
        _ sender: String,
        _ recipient: String,
        _ crossing: inout Crossing,
        reading: EndsMemory.Reading = .whole,
        search: (inout Crossing) throws(Refusal) -> Ends
    ) throws(Refusal) -> Ends {
        guard let memory else { return try search(&crossing) }
        let spelling = EndsMemory.Spelling(sender: sender, recipient: recipient, reading: reading)
        if let known = memory.find(spelling, crossing.setting) {
            for row in known.rows { crossing.fire(row) }
            crossing.notes += known.notes
            return known
        }
        let found = try search(&crossing)
        memory.insert(found, spelling, crossing.setting)
        return found
    }

    /// Maps both ends of a stanza to the CPIM shore.
    ///
    /// - Throws: ``Refusal`` for addresses without a form there, and for recipients who are not served there.
    func ends(from sender: JID, to recipient: JID, _ crossing: inout Crossing) throws(Refusal) -> Ends {
        let addresses = crossing.addresses
        let facts = crossing.setting.facts
        let from = try addresses.uri(for: sender, facts: facts)
        let to = try addresses.uri(for: recipient, facts: facts)
        crossing.fire(from.row)
        crossing.fire(to.row)
        let domain = DomainName.toUnicode(to.uri.host.canonical)
        if !facts.cpimDomains.contains(domain) {
            if facts.xmppDomains.contains(domain) { throw .loop }
            if !facts.cpimDomains.isEmpty { throw .unknownDomain }
        }
        if let user = try? to.uri.decodedUser(), Self.leads(user, to: facts.xmppDomains) { throw .loop }
        // A resource is an endpoint of the recipient only when it was seen as one (RFC 7247 §6.5).
        let isKnown = recipient.resource != nil && facts.gruus[recipient.bare] == recipient.resource
        return Ends(
            Correspondent(jid: sender, uri: from.uri, instance: from.instance),
            Correspondent(jid: recipient, uri: to.uri, instance: isKnown ? to.instance : nil),
            instants: (from.instant, to.instant),
            rows: [from.row, to.row]
        )
    }

    /// Maps both ends of a request to the XMPP shore.
    ///
    /// - Throws: ``Refusal`` for addresses without a form there, and for recipients who are not served there.
    func ends(from sender: AddressURI, to recipient: AddressURI, _ crossing: inout Crossing) throws(Refusal) -> Ends {
        let addresses = crossing.addresses
        let facts = crossing.setting.facts
        let from = try addresses.jid(for: sender, role: .sender, facts: facts)
        var to = try addresses.jid(for: recipient, role: .recipient, facts: facts)
        crossing.fire(from.row)
        crossing.fire(to.row)
        crossing.notes += from.notes + to.notes
        guard to.jid.local != nil else { throw .domainRecipient }
        if !facts.servesOnXMPP(to.jid.domain) {
            throw facts.cpimDomains.contains(to.jid.domain) ? .loop : .unknownDomain
        }
        if let user = AddressKey(recipient)?.user, Self.leads(user, to: facts.cpimDomains) { throw .loop }
        switch crossing.route.switches.text(.toResource) {
        case "never": to.jid = to.jid.bare.jid
        case "known":
            if to.jid.resource == nil, let known = facts.resources[to.jid.bare],
                let full = try? to.jid.bare.with(resource: known)
            {
                to.jid = full
            }
        default: break
        }
        let back = try Self.uri(of: from, addresses, facts)
        let there = try Self.uri(of: to, addresses, facts)
        return Ends(
            Correspondent(
                jid: from.jid,
                uri: back.uri,
                instance: back.instance,
                pair: from.isDerivable ? nil : from.pair
            ),
            Correspondent(jid: to.jid, uri: there.uri, instance: there.instance),
            instants: (back.instant, there.instant),
            rows: [from.row, to.row],
            notes: from.notes + to.notes
        )
    }

    /// Whether a user is an address itself, `user@domain`, in one of some domains: at a gateway such a name stands for
    /// somebody on the other side of it, which is the side that the item came from.
    ///
    /// Source: RFC 3860 §3.4.2, RFC 7247 §8.
    private static func leads(_ user: String, to domains: Set<String>) -> Bool {
        guard let at = user.utf8.lastIndex(of: UInt8(ascii: "@")), at > user.startIndex,
            let domain = try? DomainName.normalized(String(user[user.utf8.index(after: at)...]))
        else { return false }
        return domains.contains(domain)
    }

    /// The way back of an address, by its pair where the rules alone do not lead there.
    private static func uri(
        of mapped: MappedJID,
        _ addresses: AddressTranslator,
        _ facts: Facts
    ) throws(Refusal) -> MappedURI {
        if mapped.isDerivable { return try addresses.uri(for: mapped.jid, facts: facts) }
        var facts = facts
        facts.pairs.append(mapped.pair)
        return try addresses.uri(for: mapped.jid, facts: facts)
    }
}
