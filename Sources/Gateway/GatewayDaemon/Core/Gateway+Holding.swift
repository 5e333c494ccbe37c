import BridgeCore
import Interworking
import Ledger
import MappingTables

/// Items that the tables say are held.
extension Gateway {
    /// Offers an item to the bridge to be held.
    ///
    /// - Returns: false when there is no room, so that its leg refuses it.
    func hold(_ arrival: HeldArrival, from shore: Shore) -> Bool {
        let reason = Holding(arrival.refusal, arrival.trace, generation)
        let offer = Offer(
            kind: .message,
            target: shore.opposite,
            sender: arrival.sender,
            recipient: arrival.recipient,
            hop: "",
            lane: "",
            cargo: Cargo(source: arrival.source, wire: [], facts: reason.facts(beside: arrival.origin)),
            generation: generation.identifier,
            duplicateKeys: duplicateKeys(arrival.duplicateMarks),
            answer: arrival.answer.map(AnswerToken.init),
            deadline: arrival.deadline,
            isBarred: bars(peer(of: arrival, to: shore.opposite))
        )
        offer.holding = reason
        var caused: [BridgeEffect] = []
        bridge.handle(.offered(offer), now: now, effects: &caused)
        holding = arrival
        defer { holding = nil }
        for effect in caused {
            if case .refuse(_, .unheld) = effect { return false }
            perform(effect)
        }
        scheduleFlush()
        return true
    }

    /// An item waits for a person.
    func holdingRecord(_ item: Item, _ holding: Holding) -> AuditRecord {
        var record = record(.held, crossing: item.id)
        record.direction = direction(item.offer)
        record.sender = AuditAddress(before: item.offer.sender)
        record.recipient = AuditAddress(before: item.offer.recipient)
        record.generation = item.offer.generation
        record.rules = holding.rules
        record.losses = holding.losses
        record.outcome = [
            AuditField("code", holding.code), AuditField("until", Timestamp.text(milliseconds: item.deadline)),
        ]
        if !holding.text.isEmpty { record.reason = holding.text }
        return record
    }
}

extension Holding {
    /// What tables said of an item that they do not let cross.
    init(_ refusal: Interworking.Refusal, _ trace: RuleTrace, _ tables: Generation) {
        self.init(
            code: refusal.auditCode,
            text: refusal.detail ?? refusal.warning ?? Self.names(trace),
            rules: trace.rows.map { tables.name(of: $0) },
            losses: trace.losses.map(\.lossClass.rawValue)
        )
    }

    /// The names of what was lost; values are nobody's business.
    private static func names(_ trace: RuleTrace) -> String {
        trace.losses.compactMap(\.detail).filter { $0.hasPrefix("{") }.prefix(8).joined(separator: ", ")
    }
}
