import BridgeCore
import CPIM
import Interworking
import Ledger
import MIME
import MappingTables
import SIMPLELegs
import XMPPLegs

/// How the legs hand over what they received.
extension Gateway: XMPPLegHost, SIMPLELegHost {
    /// Renders an arrival for the other shore and offers it to the bridge.
    func accept(_ arrival: Arrival, from shore: Shore) -> Translated<Void> {
        let rendered: Translated<Departure>
        switch shore {
        case .xmpp: rendered = simple?.departure(of: arrival) ?? .unavailable
        case .cpim: rendered = xmpp?.departure(of: arrival) ?? .unavailable
        }
        switch rendered.outcome {
        case .value(let departure): offer(arrival, departure, from: shore)
        case .nothing(let reason): return Translated(outcome: .nothing(reason: reason), trace: rendered.trace)
        case .refused(let refusal): return Translated(outcome: .refused(refusal), trace: rendered.trace)
        }
        return Translated(outcome: .value(()), trace: rendered.trace)
    }

    private func offer(_ arrival: Arrival, _ departure: Departure, from shore: Shore) {
        let generation = generation
        let pivot = arrival.pivot
        // Seen from either shore the same text between the same two users has the same key.
        let users = (pivot.sender.key, pivot.recipient.key)
        let content = pivot.message.content.content
        let offer = Offer(
            kind: .message,
            target: shore.opposite,
            sender: arrival.sender,
            recipient: departure.recipient,
            hop: departure.hop,
            lane: departure.lane,
            cargo: Cargo(
                source: arrival.source,
                wire: departure.wire,
                identity: departure.identity,
                facts: OriginText.encode([("lane", departure.lane)], after: arrival.origin)
            ),
            generation: generation.identifier,
            duplicateKeys: duplicateKeys(arrival.duplicateMarks),
            loopKey: StoreSecrets.mark(shore, users, content),
            ownKey: StoreSecrets.mark(shore.opposite, users, content),
            answer: arrival.answer.map(AnswerToken.init),
            answerHold: arrival.answerHold,
            deadline: arrival.deadline,
            isRefusable: arrival.isRefusable,
            isBarred: bars(shore == .cpim ? pivot.sender.domain : pivot.recipient.domain)
        )
        correspondents.saw(pivot.sender, from: shore)
        if shore == .xmpp, let name = pivot.message.from.formalName {
            correspondents.saw(name: name, of: users.0)
        }
        if shore == .xmpp, generation.route(peer: pivot.recipient.domain).switches.isSet(.pagerType, "reply") {
            correspondents.saw(chat: arrival.isChat, users.0, users.1)
        }
        if shore == .cpim { keepAddress(of: pivot.sender) } else { used(users.1) }
        // The record is made while the bridge looks at the offer, so that nothing is copied for it.
        crossing = (arrival, departure)
        let isTaken = take(offer)
        crossing = nil
        if isTaken { wrote(pivot) }
    }

    /// The keys under which the store remembers an item.
    func duplicateKeys(_ marks: [DuplicateMark]) -> [UInt64] {
        marks.map { secrets.fingerprint("seen", $0.texts, $0.content) }
    }

    /// Offers an item to the bridge and carries out at once what that asks for.
    ///
    /// - Returns: whether it was not refused.
    @discardableResult
    func take(_ offer: Offer) -> Bool {
        var caused: [BridgeEffect] = []
        var isTaken = true
        bridge.handle(.offered(offer), now: now, effects: &caused)
        for effect in caused {
            if case .refuse = effect { isTaken = false }
            perform(effect)
        }
        scheduleFlush()
        return isTaken
    }

    /// Writes down what a leg refused by itself.
    func refused(_ account: Arrival.Account, code: String, trace: [String]) {
        bridge.countRefusal()
        operations.append(.audit(refusalRecord(account, reason: code, rules: trace).entry()))
        operations.append(.count(.refused))
        scheduleFlush()
    }

    /// The target took an item.
    func delivered(_ id: CrossingID, _ report: OutcomeReport) { handle(.delivered(id, report: report)) }

    /// The target, or the way there, refused an item.
    func failed(_ id: CrossingID, _ failure: Failure) { handle(.failed(id, failure)) }

    /// A neighbor can be reached.
    func hopUp(_ name: String) {
        handle(.hopUp(name))
        if let domain = XMPPLeg.domain(ofLink: name) {
            handle(.linkUp(domain: domain))
            simple?.linkUp(domain)
        }
    }

    /// A neighbor cannot be reached.
    func hopDown(_ name: String, unconfirmed: [CrossingID]) {
        handle(.hopDown(name, unconfirmed: unconfirmed))
        if let domain = XMPPLeg.domain(ofLink: name) {
            handle(.linkDown(domain: domain))
            simple?.linkDown(domain)
        }
    }

    func voucher(of domain: String, to contacts: String) -> (peer: String, proof: String) {
        xmpp?.voucher(of: domain, to: contacts) ?? (contacts, "")
    }

    /// The users of another domain can be reached.
    func peerUp(_ peer: String?, of domain: String) {
        handle(.linkUp(domain: domain, peer: peer))
        simple?.linkUp(domain, peer: peer)
    }

    /// The users of another domain cannot be reached.
    func peerDown(_ peer: String, of domain: String) {
        handle(.linkDown(domain: domain, peer: peer))
        simple?.linkDown(domain, peer: peer)
    }

    /// Another rendering of a stored item, made from its source.
    func rendering(of id: CrossingID, plainText: Bool) -> Cargo? {
        let tables = tables(of: id)
        guard let item = bridge.item(id), let arrival = xmpp?.arrival(again: item.offer.cargo.source, under: tables),
            case .value(let departure)? = simple?.departure(
                of: arrival,
                plainText: plainText,
                replacing: item.offer.cargo.identity,
                under: tables
            ).outcome
        else { return nil }
        // The stored source is that of this rendering too.
        var cargo = item.offer.cargo
        cargo.wire = departure.wire
        cargo.identity = departure.identity
        keep(departure, of: item, from: arrival, under: tables)
        return cargo
    }
}

extension Translated {
    /// The other leg is not there; the gateway is stopping.
    static var unavailable: Translated {
        Translated(outcome: .refused(.stopping), trace: .none)
    }
}
