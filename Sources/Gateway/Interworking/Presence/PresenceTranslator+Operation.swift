import Addressing
import MappingTables
public import SIPMessages
import XMLStreams
public import XMPPStanzas

extension PresenceTranslator {
    /// What a presence stanza asks of a user of the CPIM shore, or tells it.
    ///
    /// - Parameters:
    ///   - stanza: a presence whose sender the leg has proved.
    ///   - parties: the addresses of the stanza, where the leg has read them; nil to have them read.
    ///   - facts: what is known.
    /// - Returns: the operation; nothing for a type that is not defined, and for an error between addresses that do not
    ///   cross, which nobody may answer.
    ///
    /// Source: RFC 6121 §4.7.1, RFC 8048 §5, §6, §7.
    public func operation(
        from stanza: PresenceStanza,
        between parties: StanzaParties? = nil,
        facts: Facts
    ) -> Translated<PresenceOperation> {
        guard let kind = stanza.kind else {
            return Translated(outcome: .nothing(reason: "undefined-type"), trace: .none)
        }
        guard let parties = parties ?? StanzaParties(stanza) else {
            return Self.quiet(kind, Crossing.refused(.malformedAddress, messages.route("")))
        }
        let route = messages.route(AddressTranslator.peerDomain(of: parties.recipient.bare, generation.addresses))
        let found = Crossing.run(messages.setting(facts, route)) { crossing throws(Refusal) in
            Outcome.value(try operation(kind, stanza, from: parties.sender, to: parties.recipient, &crossing))
        }
        return Self.quiet(kind, found)
    }

    /// An error is never answered.
    ///
    /// Source: RFC 6120 §8.3.1.
    private static func quiet(
        _ kind: PresenceStanza.Kind,
        _ result: Translated<PresenceOperation>
    ) -> Translated<PresenceOperation> {
        guard kind == .error, let refusal = result.refusal else { return result }
        return Translated(outcome: .nothing(reason: refusal.auditCode), trace: result.trace, notes: result.notes)
    }

    private func operation(
        _ kind: PresenceStanza.Kind,
        _ stanza: PresenceStanza,
        from sender: JID,
        to recipient: JID,
        _ crossing: inout Crossing
    ) throws(Refusal) -> PresenceOperation {
        guard sender.local != nil, recipient.local != nil else { throw .domainRecipient }
        // Only users of the domains that the gateway serves may use it (RFC 8048 §8.1).
        guard crossing.facts.servesOnXMPP(sender.domain) else { throw .foreignSender }
        // What is said about a subscription holds for all resources (RFC 6121 §3.1.3).
        let reading: EndsMemory.Reading =
            switch kind {
            case .available, .unavailable, .error: .whole
            case .probe: .toBare
            case .subscribe, .subscribed, .unsubscribe, .unsubscribed: .bare
            }
        let ends = try messages.ends(stanza.from ?? "", stanza.to ?? "", &crossing, reading: reading) {
            crossing throws(Refusal) in
            try messages.ends(
                from: reading == .bare ? sender.bare.jid : sender,
                to: reading == .whole ? recipient : recipient.bare.jid,
                &crossing
            )
        }
        return PresenceOperation(
            kind: Self.kind(kind, stanza),
            user: ends.sender,
            contact: ends.recipient,
            id: stanza.id,
            nick: kind == .subscribe ? Self.nick(stanza.payload("nick", PresenceNames.nick)?.text, crossing) : nil
        )
    }

    private static func kind(_ kind: PresenceStanza.Kind, _ stanza: PresenceStanza) -> PresenceOperation.Kind {
        switch kind {
        case .subscribe: .subscribe(note: note(of: stanza))
        case .subscribed: .subscribed
        case .unsubscribe: .unsubscribe
        case .unsubscribed: .unsubscribed
        case .probe: .probe
        case .available: .available
        case .unavailable: .unavailable
        case .error: .error(StanzaError(in: stanza.element))
        }
    }

    /// The status of a request, on one line; of several that in the language of the stanza, else the first.
    ///
    /// Source: RFC 6121 §4.7.2.2.
    private static func note(of stanza: PresenceStanza) -> String? {
        let statuses = stanza.statuses
        let status = statuses.first { !$0.isOwnLanguage } ?? statuses.first
        let line = SingleLine.text(status?.text ?? "")
        return line.isEmpty ? nil : line
    }

    /// The name of whoever asks, when the route lets names cross.
    ///
    /// Source: XEP-0172 §4.1.
    private static func nick(_ name: String?, _ crossing: Crossing) -> String? {
        let name = SingleLine.text(name ?? "")
        return name.isEmpty || crossing.isSet(.nick, "off") ? nil : name
    }

    // MARK: From the CPIM shore

    /// What a SUBSCRIBE outside a dialog asks of a user of the XMPP shore.
    ///
    /// - Parameters:
    ///   - request: a valid request, whose sender's domain the leg has proved or states in the facts.
    ///   - facts: what is known.
    ///   - pseudonym: the name of a watcher who hides, on routes that let it ask; nil when there is none.
    /// - Returns: `subscribe`, or `probe` for a request that is over at once.
    ///
    /// Source: RFC 8048 §5.3.1, §7.2, RFC 6665 §4.4.3.
    public func operation(
        from request: SIPRequest,
        facts: Facts,
        pseudonym: String? = nil
    ) -> Translated<PresenceOperation> {
        var isHidden = false
        let sender: AddressURI
        do throws(Refusal) { sender = try messages.sender(of: request, facts) } catch {
            guard error.code == .anonymousSender, let name = hiddenSender(of: request, pseudonym, facts) else {
                return Crossing.refused(error, messages.route(""))
            }
            sender = name
            isHidden = true
        }
        let route = messages.route(messages.domain(of: sender))
        return Crossing.run(messages.setting(facts, route)) { crossing throws(Refusal) in
            let recipient = try MessageTranslator.recipient(of: request, crossing.route.switches)
            try MessageTranslator.checkSupport(of: request)
            let ends = try messages.ends(from: sender, to: recipient, &crossing)
            let isFetch = request.headers.expires == 0
            let subject = SingleLine.text(request.headers.text(.subject) ?? "")
            // Whoever hides could call itself anything.
            let name = isHidden || isFetch ? nil : try? request.headers.from().displayName
            return .value(
                PresenceOperation(
                    kind: isFetch ? .probe : .subscribe(note: subject.isEmpty ? nil : subject),
                    user: Correspondent(jid: ends.recipient.jid.bare.jid, uri: ends.recipient.uri),
                    contact: ends.sender,
                    nick: Self.nick(name, crossing)
                )
            )
        }
    }

    /// The address of a watcher who hides: its pseudonym in a domain of the neighbor, where a route allows that.
    ///
    /// A fetch has none, for there is nobody whom the presentity could have approved.
    ///
    /// Source: RFC 2779 §5.1, RFC 3323 §4.1.1.3.
    private func hiddenSender(of request: SIPRequest, _ pseudonym: String?, _ facts: Facts) -> AddressURI? {
        guard let pseudonym, request.headers.expires != 0,
            let domain = facts.peer.authenticatedDomains?.sorted().first(where: {
                messages.route($0).switches.isSet(.hiddenWatchers, "on")
            }), let host = try? DomainName.toASCII(domain)
        else { return nil }
        return try? AddressURI("sip:\(pseudonym)@\(host)")
    }
}
