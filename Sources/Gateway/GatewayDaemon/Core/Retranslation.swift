import BridgeCore
import CPIM
import Interworking
import Ledger
import MappingTables

/// What the tables in force make of a held item.
struct Retranslation {
    /// The rules that fired.
    var trace: RuleTrace
    /// The tables.
    let generation: Generation
    /// The item in the middle; nil when it did not come so far.
    var arrival: Arrival?
    /// What is sent; nil when it stays held.
    var rendition: (rendition: Rendition, departure: Departure)?
    /// Why it stays held; nil when it does not.
    private(set) var holding: Holding?
    private var facts: [UInt8] = []

    init(trace: RuleTrace, generation: Generation) {
        self.trace = trace
        self.generation = generation
    }

    var rules: [String] { trace.rows.map { generation.name(of: $0) } }
    var losses: [String] { trace.losses.map(\.lossClass.rawValue) }

    /// The stored pairs that the translation knew.
    var pairs: String {
        (arrival?.facts.pairs ?? []).map { "\($0.jid) = \($0.uri)" }.joined(separator: ", ")
    }

    /// The value of a step; without one the item stays held.
    mutating func take<Value>(_ translated: Translated<Value>, of item: Item) -> Value? {
        switch translated.outcome {
        case .value(let value): return value
        case .refused(let refusal): hold(refusal, of: item)
        case .nothing(let reason): hold(Holding(code: reason, rules: rules, losses: losses), of: item)
        }
        return nil
    }

    mutating func hold(_ refusal: Interworking.Refusal, of item: Item) {
        hold(Holding(refusal, trace, generation), of: item)
    }

    private mutating func hold(_ holding: Holding, of item: Item) {
        self.holding = holding
        facts = holding.facts(beside: item.offer.cargo.facts)
    }

    /// What changes in the store.
    var change: OutboxUpdate {
        guard let rendition = rendition?.rendition else { return OutboxUpdate(facts: facts) }
        return OutboxUpdate(
            state: .waiting,
            deadline: rendition.deadline,
            recipient: rendition.recipient,
            hop: rendition.hop,
            wire: rendition.cargo.wire,
            identity: rendition.cargo.identity,
            facts: rendition.cargo.facts,
            generation: rendition.generation
        )
    }

    /// What the bridge is told once that is stored.
    func event(_ id: CrossingID) -> BridgeEvent {
        if let rendition = rendition?.rendition { return .released(id, as: rendition) }
        return .stillHeld(id, holding ?? Holding(code: Refusal.Code.mapping.rawValue), facts: facts)
    }

    /// What the operator is told, with the bytes of all stages where they are asked for.
    func row(_ item: Item, _ generation: Generation, withBytes: Bool) -> [String: String] {
        var row = [
            "id": item.id.description, "result": holding == nil ? "waiting" : "held",
            "direction": "to-" + item.offer.target.name, "sender": item.offer.sender, "recipient": item.offer.recipient,
            "before": item.offer.generation, "generation": generation.identifier,
            "rules": rules.joined(separator: ", "), "losses": losses.joined(separator: ", "), "addresses": pairs,
        ]
        if let holding {
            row["code"] = holding.code
            row["text"] = holding.text
        }
        if let addresses = rendition?.departure.addresses {
            row["sender-after"] = addresses.sender
            row["recipient-after"] = addresses.recipient
        }
        guard withBytes else { return row }
        row["source"] = Self.shown(item.offer.cargo.source)
        if let pivot = arrival?.pivot, let object = try? CPIMWriter.write(pivot.message) {
            row["middle"] = Self.shown(object)
        }
        if let wire = rendition?.rendition.cargo.wire { row["target"] = Self.shown(wire) }
        return row
    }

    /// How much of the bytes of one stage is shown: one reply has those of many messages.
    static let largestShown = 64 << 10

    /// Bytes as text; of long ones the beginning, and how much is left out.
    static func shown(_ bytes: [UInt8]) -> String {
        let left = bytes.count - largestShown
        let text = String(decoding: bytes.prefix(largestShown), as: UTF8.self)
        return left > 0 ? text + "\n… and \(left) bytes more" : text
    }
}
