import BridgeCore
import Interworking
import Ledger

/// What an earlier process left in the store.
struct Recovery: Sendable {
    /// What is accepted and not settled, in order of acceptance.
    var rows: [OutboxRow] = []
    var seen: [(key: UInt64, crossing: CrossingID)] = []
    var addresses: [Ledger.AddressPair] = []
    var capabilities: [Capability] = []
    var threads: [ConversationThread] = []
    /// The store, from which watches and what they rest on are read piece by piece: there may be very many.
    let reader: LedgerReader
    /// How far sequence numbers may have run ahead of the clock.
    var lead: UInt32 = 0

    /// The key under which the store has that.
    static let sequenceLead = "sip.sequence-lead"

    /// Reads the store; blocks.
    init(_ reader: LedgerReader, now: Int64) throws(LedgerError) {
        self.reader = reader
        for filter in [AddressFilter(), AddressFilter(kind: .derived)] {
            var last: String?
            while true {
                let page = try reader.addresses(filter, after: last, limit: 10_000)
                guard let end = page.last else { break }
                addresses += page
                last = end.jid
            }
        }
        capabilities = try reader.capabilities(at: now)
        threads = try reader.threads(at: now)
        lead = try reader.meta(Self.sequenceLead).flatMap { UInt32($0) } ?? 0
        var last: Int64 = 0
        while true {
            let rows = try reader.outbox(after: last)
            guard let end = rows.last else { break }
            self.rows += rows
            last = end.id
        }
        last = 0
        while true {
            let page = try reader.seen(at: now, after: last)
            for key in page.keys {
                guard let value = Fingerprint.value(key.key), let number = Int64(key.crossing) else { continue }
                seen.append((value, CrossingID(number)))
            }
            if page.keys.isEmpty { break }
            last = page.last
        }
    }

    /// The item of a row, on the loop of its gateway.
    ///
    /// What its sender asked not to be stored does not wait for another attempt: its time is over (XEP-0334 §4).
    static func item(_ row: OutboxRow, now: Int64) -> Item {
        let pairs = OriginText.decode(row.facts)
        let kind: ItemKind =
            switch pairs["kind"] {
            case "error": .error
            case "notice": .notice
            case "step": .step
            case "receipt": .receipt
            default: .message
            }
        let offer = Offer(
            kind: kind,
            target: row.target == .xmpp ? .xmpp : .cpim,
            sender: row.sender,
            recipient: row.recipient,
            hop: row.hop,
            lane: pairs["lane"] ?? "",
            cargo: Cargo(source: row.source, wire: row.wire, identity: row.identity, facts: row.facts),
            generation: row.generation
        )
        if row.state == .held { offer.holding = Holding(facts: row.facts) }
        return Item(
            id: CrossingID(row.id),
            offer: offer,
            state: .waiting,
            accepted: row.accepted,
            // What may have left before the end of the earlier process counts as sent.
            firstSent: row.state == .held ? nil : row.firstSent ?? row.accepted,
            deadline: pairs["storing"] == "no" ? min(row.deadline, now) : row.deadline,
            attempts: Int(row.attempts),
            answered: true
        )
    }
}
