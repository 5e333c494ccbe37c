import BridgeCore
import Interworking
import Ledger
import MappingTables
import SIMPLELegs
import XMPPLegs

extension Gateway {
    /// Writes the end of an item, and tells its sender of a failure in the same commit.
    func settle(_ item: Item, _ ending: Ending) {
        let id = item.id.number
        switch ending {
        case .delivered(let report):
            operations.append(.settle(id: id, as: .delivered, audit: end(item, .delivered, report).entry()))
            _ = reportByNotification(item, nil)
            // Its late error is judged by its own tables.
            if item.isReopenable { return }
        case .failed(let failure):
            conclude(item, failure, .failed, as: .failed)
        case .answeredWithFailure(let failure) where item.state == .delivered:
            forgetAsked(item)
            reopen(item, failure)
        case .answeredWithFailure(let failure):
            forgetAsked(item)
            operations.append(.settle(id: id, as: .failed, audit: end(item, .failed, failure.report).entry()))
        case .reopened(let failure):
            let isTold = report(item, failure)
            reopen(item, failure)
            if !isTold { operations.append(.count(.failedUntold)) }
        case .expired:
            conclude(
                item,
                Failure(report: OutcomeReport(protocolCode: "expired"), retry: .never),
                .expired,
                as: .expired
            )
        case .withdrawn:
            let report = OutcomeReport(protocolCode: "503", text: "the commit came after the answer")
            operations.append(.settle(id: id, as: .failed, audit: end(item, .refused, report).entry()))
            operations.append(.count(.accepted, by: -1))
            // It counted as refused when its source was answered.
            operations.append(.count(.failed, by: -1))
        }
        if item.offer.holding == nil { closed(item.offer.generation) }
    }

    /// Writes that a delivery was none; the row went when it was delivered.
    private func reopen(_ item: Item, _ failure: Failure) {
        operations.append(.audit(end(item, .reopened, failure.report).entry()))
        operations.append(.count(.delivered, by: -1))
        operations.append(.count(.failed))
    }

    private func conclude(_ item: Item, _ failure: Failure, _ event: AuditEvent, as settlement: Settlement) {
        // Nobody waits for the end of a receipt.
        let isTold = item.offer.kind == .receipt || report(item, failure)
        let event = isTold || event != .failed ? event : .failedUntold
        operations.append(.settle(id: item.id.number, as: settlement, audit: end(item, event, failure.report).entry()))
        if !isTold { operations.append(.count(.failedUntold)) }
    }

    /// Offers a report of the failure to the sender's shore.
    ///
    /// - Returns: whether there is a way to tell, and room for it.
    private func report(_ item: Item, _ failure: Failure) -> Bool {
        // Errors are never answered with errors (RFC 6120 §8.3.1).
        guard item.offer.kind == .message else { return false }
        let tables = generations[item.offer.generation]
        let departure: Departure?
        let kind: ItemKind
        switch item.offer.target {
        case .cpim:
            kind = .error
            departure = xmpp?.errorReport(origin: item.offer.cargo.facts, failure: failure, generation: tables)
        case .xmpp:
            if reportByNotification(item, failure) { return true }
            kind = .notice
            guard tells(item, tables), told.mayTell(item.offer.sender, now: now.wall) else { return false }
            departure = simple?.notice(origin: item.offer.cargo.facts, failure: failure, generation: tables)
        }
        guard let departure else { return false }
        let offer = Offer(
            kind: kind,
            target: item.offer.target.opposite,
            sender: item.offer.recipient,
            recipient: departure.recipient,
            hop: departure.hop,
            lane: departure.lane,
            cargo: Cargo(
                source: failure.response,
                wire: departure.wire,
                identity: departure.identity,
                facts: OriginText.encode([("kind", kind == .error ? "error" : "notice"), ("lane", departure.lane)])
            ),
            generation: item.offer.generation
        )
        reporting = (item.id, departure)
        defer { reporting = nil }
        return take(offer)
    }

    /// Whether the loss table says that a sender is told of a message that failed after its acknowledgement.
    private func tells(_ item: Item, _ tables: Generation) -> Bool {
        let domain = item.offer.sender.split(separator: "@").last.map { String($0) } ?? ""
        return tables.route(peer: domain).losses.action(.undelivered) == .tell
    }
}
