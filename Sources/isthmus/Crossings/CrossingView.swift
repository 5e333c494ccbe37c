import Ledger

/// One crossing as the outbox and the log tell it.
struct CrossingView: Encodable, Sendable {
    /// The number of the crossing; nil for an item that was refused.
    let id: String?
    /// `waiting`, `sent` or `held` while it is open; then how it ended.
    let state: String
    let direction: String?
    let accepted: String?
    let ended: String?
    let peer: String?
    let proof: String?
    let sender: RecordView.Address?
    let recipient: RecordView.Address?
    let identifiers: [String: String]
    let generation: String?
    let rules: [String]
    let losses: [String]
    let outcome: [String: String]
    let reason: String?
    let size: Int64?
    /// How often it was sent, while it is open.
    let attempts: Int64?
    /// When it is given up, while it is open.
    let deadline: String?
    /// The next hop, while it is open.
    let hop: String?
    /// The sequence numbers of its records.
    let records: [Int64]

    /// The events that end a crossing, with the state that they leave.
    private static let ends = [
        "delivered": "delivered", "failed": "failed", "failed-untold": "failed-untold", "expired": "expired",
        "refused": "refused", "reopened": "failed",
    ]

    /// Tells a crossing from its records, in order, and its row in the outbox.
    ///
    /// The outbox is read before the log: what is neither open nor ended was accepted in between, and waits.
    init(id: String?, records: [RecordView], row: OutboxRow?) {
        let first = records.first { $0.event == "accepted" } ?? records.first
        let last = records.last { Self.ends[$0.event] != nil }
        // What tables said last of an item that was held.
        let again = records.last { $0.event == "reprocessed" }
        let isHeld = last == nil && row?.state == .held
        let holding = isHeld ? again ?? records.last { $0.event == "held" } : nil
        self.id = id
        state = last.flatMap { Self.ends[$0.event] } ?? row.map { Self.name($0.state) } ?? "waiting"
        direction = first?.direction ?? row.map { $0.target == .xmpp ? "to-xmpp" : "to-cpim" }
        accepted = id == nil ? nil : first?.time ?? row.map { Timestamp.text(milliseconds: $0.accepted) }
        ended = last?.time
        peer = first?.peer
        proof = first?.proof
        sender = first?.sender?.translated(again?.sender) ?? row.map { RecordView.Address(before: $0.sender) }
        recipient =
            first?.recipient?.translated(again?.recipient) ?? row.map { RecordView.Address(before: $0.recipient) }
        identifiers = (first?.identifiers ?? [:]).merging(again?.identifiers ?? [:]) { $1 }
        generation = again?.generation ?? first?.generation ?? row?.generation
        rules = (again ?? first)?.rules ?? []
        losses = (again ?? first)?.losses ?? []
        outcome = (last ?? holding)?.outcome ?? [:]
        reason = last?.reason ?? holding?.reason ?? first?.reason
        size = first?.size
        let open = last == nil ? row : nil
        attempts = open?.attempts
        deadline = open.map { Timestamp.text(milliseconds: $0.deadline) }
        hop = open?.hop
        self.records = records.map(\.seq)
    }

    private static func name(_ state: OutboxState) -> String {
        switch state {
        case .waiting: "waiting"
        case .sent: "sent"
        case .held: "held"
        }
    }

    /// Every text by which a person may look for the crossing.
    func contains(_ text: String) -> Bool {
        let addresses = [sender?.before, sender?.after, recipient?.before, recipient?.after].compactMap { $0 }
        return (addresses + identifiers.values + [id ?? ""]).contains { $0.contains(text) }
    }

    /// Whether an address is one of its ends on either shore, with or without what may follow a bare one.
    func names(_ address: String) -> Bool {
        [sender?.before, sender?.after, recipient?.before, recipient?.after].contains { text in
            guard let text, text.hasPrefix(address) else { return false }
            return text.count == address.count || "/;?".contains(text.dropFirst(address.count).first ?? "/")
        }
    }
}
