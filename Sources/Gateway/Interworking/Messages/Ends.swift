import Addressing
import CPIM
import MappingTables

/// Both ends of a message, mapped.
struct Ends {
    let sender: Correspondent
    let recipient: Correspondent
    let senderInstant: InstantURI
    let recipientInstant: InstantURI
}

extension MessageTranslator {
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
        try Self.checkServed(DomainName.toUnicode(to.uri.host.canonical), by: facts.cpimDomains, not: facts.xmppDomains)
        // A resource is an endpoint of the recipient only when it was seen as one (RFC 7247 §6.5).
        let isKnown = recipient.resource != nil && facts.gruus[recipient.bare] == recipient.resource
        return Ends(
            sender: Correspondent(jid: sender, uri: from.uri, instance: from.instance),
            recipient: Correspondent(jid: recipient, uri: to.uri, instance: isKnown ? to.instance : nil),
            senderInstant: from.instant,
            recipientInstant: to.instant
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
        try Self.checkServed(to.jid.domain, by: facts.xmppDomains, not: facts.cpimDomains)
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
            sender: Correspondent(
                jid: from.jid,
                uri: back.uri,
                instance: back.instance,
                pair: from.isDerivable ? nil : from.pair
            ),
            recipient: Correspondent(jid: to.jid, uri: there.uri, instance: there.instance),
            senderInstant: back.instant,
            recipientInstant: there.instant
        )
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

    /// A recipient lives on the shore that the item goes to.
    ///
    /// Source: RFC 3860 §3.4.2.
    private static func checkServed(
        _ domain: String,
        by served: Set<String>,
        not others: Set<String>
    ) throws(Refusal) {
        if served.contains(domain) { return }
        if others.contains(domain) { throw .loop }
        if !served.isEmpty { throw .unknownDomain }
    }
}
