import Addressing
public import BridgeCore
public import Interworking
import Logging
import MappingTables
import XMLStreams
import XMPPStanzas

/// Presence that comes from this shore.
extension XMPPLeg {
    func received(_ presence: PresenceStanza, on link: any XMPPLink) {
        switch ends(of: presence, on: link) {
        case .malformed:
            // What is announced needs no answer, and an answer to each would be a flood.
            if presence.kind == .subscribe { answerMalformed(presence, on: link) }
            record(presence, .malformedAddress, on: link)
        case .spoofed:
            // An error about what was said to one of the gateway's own comes back as well.
            if presence.kind != .error { record(presence, .identityMismatch, on: link) }
        case .misrouted: record(presence, .unknownDomain, on: link)
        case .bridged(let from, let to):
            if to.local == nil {
                receivedAtDomain(presence, from: from, on: link)
            } else {
                cross(presence, from: from, to: to, on: link)
            }
        }
    }

    /// The gateway itself is a contact that is always there.
    ///
    /// Source: XEP-0100 §4.4.
    private func receivedAtDomain(_ presence: PresenceStanza, from: JID, on link: any XMPPLink) {
        switch presence.kind {
        case .subscribe:
            write(.subscribed, to: from.bare.jid, on: link)
            write(.available, to: from.bare.jid, on: link)
        case .unsubscribe: write(.unsubscribed, to: from.bare.jid, on: link)
        case .probe: write(.available, to: from, on: link)
        case .available, .unavailable, .subscribed, .unsubscribed, .error: break
        case nil: answer(StanzaError(.badRequest), to: presence.element, on: link)
        }
    }

    private func write(_ kind: PresenceStanza.Kind, to: JID, on link: any XMPPLink) {
        var writer = XML.Writer(inherited: XMPPNamespace.component)
        let type = kind == .available ? nil : kind.rawValue
        writer.startStanza(.presence, to: to.description, from: link.domain, id: nil, type: type)
        if kind == .available { responder.domain.capabilities?.element.write(to: &writer) }
        writer.end()
        link.write(writer.bytes, to: to.domain)
    }

    private func cross(_ presence: PresenceStanza, from: JID, to: JID, on link: any XMPPLink) {
        let facts = host.facts(from: from.bare, to: to.bare)
        let translated = PresenceTranslator(generation: host.generation, memory: known)
            .operation(from: presence, between: StanzaParties(sender: from, recipient: to), facts: facts)
        var account: Arrival.Account { self.account(of: presence, from: from.domain, on: link) }
        switch translated.outcome {
        case .nothing(let reason):
            logger.debug("a presence has no counterpart", metadata: link.metadata(["reason": "\(reason)"]))
            if presence.kind == nil { answer(StanzaError(.badRequest), to: presence.element, on: link) }
            host.refused(account, code: reason, trace: names(of: translated.trace))
        case .refused(let refusal):
            refuse(presence, refusal, from: from, to: to, facts: facts, on: link)
            host.refused(account, code: refusal.auditCode, trace: names(of: translated.trace))
        case .value(let operation):
            guard
                !begins(presence, from: from, to: to)
                    || recipients.mayPass(from: from.bare, to: to.bare, now: now.monotonic)
            else {
                let refusal = Interworking.Refusal.tooManyRecipients
                refuse(presence, refusal, from: from, to: to, facts: facts, on: link)
                return host.refused(account, code: refusal.auditCode, trace: [])
            }
            host.accept(operation, of: presence, account: account, trace: names(of: translated.trace))
            guard operation.kind == .available else { return }
            let features = announced(of: to.bare)
            if features.tellsEvents { learnInterests(of: from, presence, contact: to.bare) }
            if features.takesCards { askForCard(of: from.bare, contact: to.bare, on: link) }
        }
    }

    /// Whether somebody asks for presence that it is not shown yet.
    private func begins(_ presence: PresenceStanza, from: JID, to: JID) -> Bool {
        switch presence.kind {
        case .subscribe: return true
        case .probe:
            let (watcher, presentity) = (from.bare.description, to.bare.description)
            return !host.isPresenceApproved(WatchKey(watcher: watcher, presentity: presentity, target: .cpim))
        default: return false
        }
    }

    private func names(of trace: RuleTrace) -> [String] {
        let generation = host.generation
        return trace.rows.map { generation.name(of: $0) }
    }

    /// Only what asks for something is answered.
    private func refuse(
        _ presence: PresenceStanza,
        _ refusal: Interworking.Refusal,
        from: JID,
        to: JID,
        facts: Facts,
        on link: any XMPPLink
    ) {
        guard presence.kind == .subscribe || presence.kind == .unsubscribe else { return }
        let origin = StanzaOrigin(from: from, to: to, id: presence.id, kind: .presence)
        link.write(stanza(for: refusal, origin: origin, facts: facts).bytes, to: from.domain)
    }

    private func record(_ presence: PresenceStanza, _ code: Interworking.Refusal.Code, on link: any XMPPLink) {
        let sender = try? presence.fromAddress
        host.refused(account(of: presence, from: sender?.domain ?? "", on: link), code: code.rawValue, trace: [])
    }

    private func account(of presence: PresenceStanza, from domain: String, on link: any XMPPLink) -> Arrival.Account {
        let voucher = link.voucher(for: domain)
        return Arrival.Account(
            leg: "xmpp",
            peer: voucher.peer,
            proof: voucher.proof,
            sender: presence.from ?? "",
            recipient: presence.to ?? "",
            identifiers: presence.id.map { [("stanza.id", $0)] } ?? []
        )
    }
}

/// Presence that goes to this shore.
extension XMPPLeg {
    /// The beginning of the ids of requests to approve a watcher.
    public static let askPrefix = "ask-"
    /// The beginning of the ids of questions for the present state.
    public static let probePrefix = "probe-"
    /// The beginning of the ids of questions whether a user exists.
    public static let verifyPrefix = "verify-"

    /// Shows devices of a contact to a watcher.
    ///
    /// - Parameters:
    ///   - parts: the devices, each with a presence in the form of `ContactPresence.stored`.
    ///   - key: the watcher of this shore and the contact.
    ///   - device: the full address that asked; nil shows it to the user.
    ///
    /// Source: RFC 8048 §6.3, XEP-0115 §6.1.
    public func show(_ parts: [PresencePart], of key: WatchKey, to device: String?) {
        guard let (contact, link) = contact(key.presentity), let watcher = try? JID(device ?? key.watcher) else {
            return
        }
        let translator = PresenceTranslator(generation: host.generation)
        let announced = announced(of: contact.bare).bytes
        for part in parts {
            var presence = ContactPresence(stored: part.content) ?? .gone(nil)
            presence.resource = part.name.isEmpty ? nil : part.name
            presence.isAvailable = part.isOpen
            if part.isOpen { presence.payload += announced }
            link.write(
                translator.stanza(presence, from: contact.bare, to: watcher, contentNamespace: XMPPNamespace.component),
                to: watcher.domain
            )
        }
    }

    /// Asks a user of this shore for its present state, in the name of a watcher.
    ///
    /// Source: RFC 8048 §7.2, RFC 6121 §4.3.
    public func probe(_ key: WatchKey) { probe(key, Self.probePrefix) }

    /// Asks whether a watcher of this shore exists, in the name of the presentity that it watches.
    ///
    /// Source: RFC 8048 §8.1, RFC 6121 §4.3.2.
    public func verify(_ key: WatchKey) { probe(key.reversed, Self.verifyPrefix) }

    private func probe(_ key: WatchKey, _ prefix: String) {
        guard let (contact, link) = contact(key.watcher), let user = try? JID(key.presentity) else { return }
        link.write(
            PresenceTranslator(generation: host.generation).stanza(
                .probe,
                from: contact,
                to: user,
                contentNamespace: XMPPNamespace.component,
                id: prefix + host.freshToken()
            ),
            to: user.domain
        )
    }

    /// A step of a subscription as a stanza on its way; nil when no component serves the contact.
    ///
    /// - Parameters:
    ///   - step: the step.
    ///   - key: the watch that it belongs to.
    /// - Returns: the stanza with what its item needs.
    ///
    /// Source: RFC 8048 §5, RFC 6121 §3.
    public func departure(of step: PresenceStep, _ key: WatchKey) -> Departure? {
        let isWatcherHere = key.target == .cpim
        guard let (contact, link) = contact(isWatcherHere ? key.presentity : key.watcher),
            let user = try? JID(isWatcherHere ? key.watcher : key.presentity)
        else { return nil }
        let translator = PresenceTranslator(generation: host.generation)
        var id = host.freshToken()
        let wire: [UInt8]
        switch step {
        case .ask(let note, let nick):
            id = Self.askPrefix + id
            wire = translator.stanza(
                .subscribe,
                from: contact,
                to: user,
                status: note,
                nick: nick,
                contentNamespace: XMPPNamespace.component,
                id: id
            )
        case .approved: wire = written(.subscribed, from: contact, to: user, id)
        case .refused: wire = written(.unsubscribed, from: contact, to: user, id)
        case .departed: wire = written(.unavailable, from: contact, to: user, id)
        case .withdrawn: wire = written(.unsubscribe, from: contact, to: user, id)
        case .again(let request):
            let route = host.generation.route(
                peer: AddressTranslator.peerDomain(of: contact.bare, host.generation.addresses)
            )
            if route.switches.isSet(.subscriptionDuplicate, "conflict") {
                wire = error(StanzaError(.conflict), from: contact, to: user, request)
            } else {
                wire = written(.subscribed, from: contact, to: user, id)
            }
        case .unknown(let request): wire = error(StanzaError(.itemNotFound), from: contact, to: user, request)
        case .failed(let request, let failure): wire = failed(failure, from: contact, to: user, request)
        }
        return Departure(
            wire: wire,
            identity: OriginText.encode([
                ("id", id), ("to", user.bare.description), ("from", contact.bare.description),
            ]),
            hop: link.hop(to: user.domain),
            lane: "",
            recipient: user.bare.description,
            addresses: (contact.description, user.description),
            identifiers: [("stanza.id.out", id)],
            trace: .none
        )
    }

    private func written(_ kind: PresenceStanza.Kind, from: JID, to: JID, _ id: String) -> [UInt8] {
        PresenceTranslator(generation: host.generation).stanza(
            kind,
            from: from,
            to: to,
            contentNamespace: XMPPNamespace.component,
            id: id
        )
    }

    private func error(_ error: StanzaError, from: JID, to: JID, _ request: String?) -> [UInt8] {
        var writer = XML.Writer(inherited: XMPPNamespace.component)
        writer.startStanza(.presence, to: to.description, from: from.description, id: request, type: "error")
        error.write(to: &writer)
        writer.end()
        return writer.bytes
    }

    /// Source: RFC 7247 §7.2.
    private func failed(_ failure: Failure, from contact: JID, to user: JID, _ request: String?) -> [UInt8] {
        let (userText, contactText) = (user.description, contact.description)
        let facts = host.facts(sender: userText, recipient: contactText, from: .xmpp)
        if failure.response.isEmpty, failure.report.protocolCode == "503" {
            // No peer said so: the gateway has no room.
            let origin = StanzaOrigin(from: user, to: contact, id: request, kind: .presence)
            return stanza(for: .queueFull, origin: origin, facts: facts).bytes
        }
        let translator = PresenceTranslator(generation: host.generation)
        let ends = translator.ends(user: userText, contact: contactText, facts: facts).value
        let verdict = ends.flatMap {
            translator.verdict(for: Self.requestFailure(failure), isInitial: true, of: $0.contact)
        }
        return error(verdict?.error ?? StanzaError(.remoteServerTimeout), from: contact, to: user, request)
    }

    private func contact(_ text: String) -> (JID, any XMPPLink)? {
        guard let jid = try? JID(text), let link = links[jid.domain] else { return nil }
        return (jid, link)
    }
}
