import BridgeCore
import Interworking
import Ledger
import SIMPLELegs
import XMPPLegs

extension Gateway {
    /// Does one thing that the bridge asks for.
    func perform(_ effect: BridgeEffect) {
        switch effect {
        case .store(let id): store(id)
        case .acknowledge(let token, _): simple?.acknowledge(token.value)
        case .answer(let token, _, let failure): simple?.answer(token.value, failure: failure)
        case .refuse(let offer, let refusal): refuse(offer, refusal)
        case .repeatAnswer(let offer, let earlier): repeatAnswer(offer, earlier)
        case .send where !isServing, .update where !isServing: break
        case .send(let id, let attempt):
            if updating.contains(id) { afterCommit.append((id, attempt)) } else { send(id, attempt) }
        case .update(let id): update(id)
        case .settle(let item, let ending): settle(item, ending)
        case .forget(let item): closed(item.offer.generation)
        }
    }

    private func store(_ id: CrossingID) {
        guard let item = bridge.item(id) else { return }
        let offer = item.offer
        let name = id.description
        let expires = item.accepted + bridge.limits.duplicateWindow
        let row = OutboxRow(
            id: id.number,
            crossing: name,
            target: offer.target == .xmpp ? .xmpp : .cpim,
            state: offer.holding == nil ? .waiting : .held,
            sender: offer.sender,
            recipient: offer.recipient,
            hop: offer.hop,
            source: offer.cargo.source,
            wire: offer.cargo.wire,
            identity: offer.cargo.identity,
            facts: offer.cargo.facts,
            generation: offer.generation,
            accepted: item.accepted,
            deadline: item.deadline
        )
        let seen = offer.duplicateKeys.map {
            SeenKey(key: Fingerprint.bytes($0), expires: expires, status: 0, crossing: name)
        }
        let kept = crossing.flatMap { self.kept($0.arrival, $0.departure, of: item, under: generation) }
        operations.append(.accept(row, seen: seen, audit: acceptance(of: item, under: kept?.key).entry()))
        if let operation = kept?.operation { operations.append(operation) }
        accepting.append(id)
        if offer.kind == .receipt {
            keepTold()
        } else if let crossing {
            keepAsked(crossing.arrival, crossing.departure, to: offer.target)
        }
        if let holding = offer.holding {
            operations.append(.audit(holdingRecord(item, holding).entry()))
        } else {
            generations.opened(offer.generation)
        }
    }

    func send(_ id: CrossingID, _ attempt: Attempt) {
        guard let item = bridge.item(id), item.state == .sent else { return }
        switch item.offer.target {
        case .xmpp: xmpp?.send(item, attempt)
        case .cpim:
            guard let renewed = simple?.renewed(item, for: attempt) else {
                simple?.send(item)
                return
            }
            // The identity of the new transaction is stored before it is used.
            bridge.replaceCargo(of: id, with: renewed)
            update(id)
            afterCommit.append((id, .first))
            scheduleFlush()
        }
    }

    private func update(_ id: CrossingID) {
        guard let item = bridge.item(id) else { return }
        updating.insert(id)
        operations.append(
            .update(
                id: id.number,
                OutboxUpdate(
                    state: item.state == .sent ? .sent : .waiting,
                    attempts: Int64(item.attempts),
                    firstSent: item.firstSent,
                    wire: item.offer.cargo.wire,
                    identity: item.offer.cargo.identity
                )
            )
        )
    }

    private func refuse(_ offer: Offer, _ refusal: BridgeCore.Refusal) {
        if let token = offer.answer {
            simple?.refuse(token.value, refusal)
        } else if offer.target == .cpim, offer.kind == .message {
            xmpp?.refuse(origin: offer.cargo.facts, refusal)
        }
        operations.append(.audit(refusalRecord(offer, reason: refusal.code).entry()))
        operations.append(.count(.refused))
        if offer.kind != .message, case .storage = refusal {
            // Who sent a receipt has had an answer.
            offer.answer = nil
            reportsAgain.append(offer)
        }
        if offer.kind == .step, case .busy = refusal { keepStep() }
    }

    private func repeatAnswer(_ offer: Offer, _ earlier: CrossingID) {
        if let token = offer.answer { simple?.acknowledge(token.value) }
        operations.append(.audit(duplicateRecord(offer, of: earlier).entry()))
        operations.append(.count(.duplicate))
    }
}

extension BridgeCore.Refusal {
    /// The code in the error table and in records.
    var code: String {
        switch self {
        case .busy: "queue-full"
        case .storage: "store"
        case .loop: "repeated-loop"
        case .stopping: "stopping"
        case .unheld: "unheld"
        }
    }
}
