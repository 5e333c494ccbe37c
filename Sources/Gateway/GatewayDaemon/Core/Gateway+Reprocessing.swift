import BridgeCore
import CPIM
import Interworking
import Ledger
import MIME
import MappingTables
import NIOCore
import SIMPLELegs
import XMPPLegs

/// Held items go through the tables in force again.
extension Gateway {
    func reprocess(_ ids: [CrossingID], _ act: MessageAct, isTrial: Bool) -> EventLoopFuture<ControlReply> {
        var rows: [[String: String]] = []
        var changes: [LedgerOperation] = []
        var events: [BridgeEvent] = []
        var looked: [CrossingID] = []
        for id in ids {
            guard let item = bridge.item(id), item.state == .held, reprocessing.insert(id).inserted else {
                rows.append(["id": id.description, "result": "not-held"])
                continue
            }
            looked.append(id)
            let again = retranslated(item, isTrial: isTrial)
            rows.append(again.row(item, generation, withBytes: isTrial))
            guard !isTrial else { continue }
            changes.append(.update(id: id.number, again.change))
            let kept = self.kept(again, of: item)
            changes.append(.audit(record(of: again, item, act, under: kept?.key).entry()))
            if let operation = kept?.operation { changes.append(operation) }
            events.append(again.event(id))
        }
        guard !changes.isEmpty else {
            reprocessing.subtract(looked)
            return eventLoop.makeSucceededFuture(ControlReply(rows: rows))
        }
        // What the translation itself has to store comes first.
        submit()
        let bound = NIOLoopBound((self, events), eventLoop: eventLoop)
        let ended = looked
        let answer = change(changes) { [rows] gateway in
            for event in bound.value.1 { gateway.handle(event) }
            return ControlReply(rows: rows)
        }
        answer.whenComplete { _ in bound.value.0.reprocessing.subtract(ended) }
        return answer
    }

    func drop(_ ids: [CrossingID], _ act: MessageAct) -> EventLoopFuture<ControlReply> {
        var rows: [[String: String]] = []
        var records: [LedgerOperation] = []
        var dropped: [CrossingID] = []
        for id in ids {
            guard let item = bridge.item(id), item.state == .held, !reprocessing.contains(id) else {
                rows.append(["id": id.description, "result": "not-held"])
                continue
            }
            rows.append(["id": id.description, "result": "dropped", "code": item.offer.holding?.code ?? ""])
            var record = record(.dropped, crossing: id)
            record.actor = act.actor
            record.reason = act.reason
            records.append(.audit(record.entry()))
            dropped.append(id)
        }
        guard !dropped.isEmpty else { return eventLoop.makeSucceededFuture(ControlReply(rows: rows)) }
        return change(records) { [rows, dropped] gateway in
            for id in dropped { gateway.handle(.dropped(id, because: act.reason)) }
            // Without a clock nothing else would.
            gateway.submit()
            return ControlReply(rows: rows)
        }
    }

    /// Both steps of a translation, by the tables, the addresses and the links of this moment.
    private func retranslated(_ item: Item, isTrial: Bool) -> Retranslation {
        let cargo = item.offer.cargo
        let read: Reread?
        switch item.offer.target {
        case .cpim: read = xmpp?.reread(cargo.source, receivedAt: item.accepted)
        case .xmpp: read = simple?.reread(cargo.source, origin: cargo.facts, receivedAt: item.accepted)
        }
        var again = Retranslation(trace: read?.translated.trace ?? .none, generation: generation)
        guard let read, again.take(read.translated, of: item) != nil, let arrival = read.arrival else { return again }
        again.arrival = arrival
        let rendered: Translated<Departure>?
        switch item.offer.target {
        case .cpim: rendered = simple?.departure(of: arrival, isTrial: isTrial)
        case .xmpp: rendered = xmpp?.departure(of: arrival)
        }
        again.trace.append(rendered?.trace ?? .none)
        guard let rendered, let departure = again.take(rendered, of: item) else { return again }
        let users = (arrival.pivot.sender.key, arrival.pivot.recipient.key)
        let rendition = Rendition(
            recipient: departure.recipient,
            hop: departure.hop,
            lane: departure.lane,
            cargo: Cargo(
                source: cargo.source,
                wire: departure.wire,
                identity: departure.identity,
                facts: OriginText.encode([("lane", departure.lane)], after: arrival.origin)
            ),
            generation: generation.identifier,
            deadline: min(arrival.deadline ?? .max, now.wall + bridge.limits.deadline),
            ownKey: StoreSecrets.mark(item.offer.target, users, arrival.pivot.message.content.content)
        )
        guard bridge.hasRoom(for: item.id, as: rendition) else {
            again.hold(Interworking.Refusal(.queueFull), of: item)
            return again
        }
        again.rendition = (rendition, departure)
        if !isTrial { keepAsked(arrival, departure, to: item.offer.target) }
        guard !isTrial, item.offer.target == .xmpp else { return again }
        correspondents.saw(arrival.pivot.sender, from: .cpim)
        keepAddress(of: arrival.pivot.sender)
        return again
    }

    /// Who had a held item translated again, under which tables, and what came of it.
    private func record(
        of again: Retranslation,
        _ item: Item,
        _ act: MessageAct,
        under key: BodyKey?
    ) -> AuditRecord {
        var record = record(.reprocessed, crossing: item.id)
        record.actor = act.actor
        record.direction = direction(item.offer)
        record.sender = AuditAddress(before: item.offer.sender, after: again.rendition?.departure.addresses.sender)
        record.recipient = AuditAddress(
            before: item.offer.recipient,
            after: again.rendition?.departure.addresses.recipient
        )
        record.generation = generation.identifier
        record.rules = again.rules
        record.losses = again.losses
        record.outcome = [
            AuditField("state", again.holding == nil ? "waiting" : "held"),
            AuditField("before", item.offer.generation),
        ]
        record.append(notes: again.rendition?.departure.notes ?? [])
        if let holding = again.holding { record.outcome.append(AuditField("code", holding.code)) }
        if !again.pairs.isEmpty { record.outcome.append(AuditField("addresses", again.pairs)) }
        for (name, value) in again.rendition?.departure.identifiers ?? [] {
            record.identifiers.append(AuditField(name, value))
        }
        record.reason = act.reason.isEmpty ? again.holding?.text : act.reason
        if let key, let content = again.arrival?.pivot.message.content.content {
            record.digest = .of(content, by: key)
        }
        return record
    }
}

/// Who acts on messages, and why.
public struct MessageAct: Sendable {
    /// Who it is, as the records name it.
    public let actor: String
    /// Why, in the words of the operator; may be empty.
    public let reason: String

    /// Names an act.
    public init(actor: String, reason: String) {
        self.actor = actor
        self.reason = reason
    }
}
