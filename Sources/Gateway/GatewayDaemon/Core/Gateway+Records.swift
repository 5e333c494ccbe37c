import BridgeCore
import CPIM
import Interworking
import Ledger
import MIME
import MappingTables
import OperatorFiles

/// What the log of crossings says; one record an event.
extension Gateway {
    /// An item was stored.
    ///
    /// - Parameters:
    ///   - item: the item.
    ///   - key: makes the digest of its text; nil where none is recorded.
    /// - Returns: the record.
    func acceptance(of item: Item, under key: BodyKey?) -> AuditRecord {
        var record = record(.accepted, crossing: item.id)
        record.direction = direction(item.offer)
        record.generation = item.offer.generation
        if let holding {
            describe(holding.account, in: &record)
            record.rules = item.offer.holding?.rules ?? []
            record.losses = item.offer.holding?.losses ?? []
            return record
        }
        guard let crossing else {
            record.sender = AuditAddress(before: item.offer.sender)
            record.recipient = AuditAddress(before: item.offer.recipient)
            record.reason = Self.reason(of: item.offer.kind)
            if let stepping {
                record.reason = stepping.step.name
                record.sender?.after = stepping.departure.addresses.sender
                record.recipient?.after = stepping.departure.addresses.recipient
                for (name, value) in stepping.departure.identifiers {
                    record.identifiers.append(AuditField(name, value))
                }
                return record
            }
            guard let reporting else { return record }
            record.sender?.after = reporting.departure.addresses.sender
            record.recipient?.after = reporting.departure.addresses.recipient
            record.identifiers = [AuditField("crossing", reporting.item.description)]
            for (name, value) in reporting.departure.identifiers { record.identifiers.append(AuditField(name, value)) }
            let tables = generations[item.offer.generation]
            record.rules = reporting.departure.trace.rows.map { tables.name(of: $0) }
            return record
        }
        describe(crossing.arrival.account, in: &record)
        record.sender?.after = crossing.departure.addresses.sender
        record.recipient?.after = crossing.departure.addresses.recipient
        for (name, value) in crossing.departure.identifiers { record.identifiers.append(AuditField(name, value)) }
        let traces = (crossing.arrival.trace, crossing.departure.trace)
        record.ruleNames = names(traces.0.rows, traces.1.rows, to: item.offer.target)
        for loss in traces.0.losses { record.losses.append(generation.name(of: loss.lossClass)) }
        for loss in traces.1.losses { record.losses.append(generation.name(of: loss.lossClass)) }
        record.append(notes: crossing.departure.notes)
        if item.offer.kind == .receipt { record.reason = Self.reason(of: .receipt) }
        let body = crossing.arrival.pivot.message.content.content
        record.size = Int64(body.count)
        record.digest = key.map { .of(body, by: $0) }
        return record
    }

    /// The names of the rows that fired, which one message after the other shares.
    private func names(_ arrival: [RowID], _ departure: [RowID], to shore: Shore) -> AuditNames {
        if let known = rulesNamed[shore], known.generation === generation, known.arrival == arrival,
            known.departure == departure
        {
            return known.names
        }
        let names = AuditNames((arrival + departure).map { generation.name(of: $0) })
        rulesNamed[shore] = RulesNamed(
            generation: generation,
            arrival: arrival,
            departure: departure,
            names: names
        )
        return names
    }

    private static func reason(of kind: ItemKind) -> String {
        switch kind {
        case .message: "message"
        case .error: "error-report"
        case .notice: "notice"
        case .step: "subscription"
        case .receipt: "receipt"
        }
    }

    /// An item ended.
    func end(_ item: Item, _ event: AuditEvent, _ report: OutcomeReport) -> AuditRecord {
        var record = record(event, crossing: item.id)
        record.direction = direction(item.offer)
        record.peer = item.offer.hop
        record.sender = AuditAddress(before: item.offer.sender)
        record.recipient = AuditAddress(before: item.offer.recipient)
        record.outcome = [
            AuditField("code", report.protocolCode), AuditField("attempts", String(item.attempts)),
        ]
        if !report.text.isEmpty { record.reason = report.text }
        return record
    }

    /// The bridge did not take an offer.
    func refusalRecord(_ offer: Offer, reason: String) -> AuditRecord {
        var record = record(.refused, crossing: nil)
        record.direction = direction(offer)
        if let account = crossing?.arrival.account ?? holding?.account {
            describe(account, in: &record)
        } else {
            record.sender = AuditAddress(before: offer.sender)
            record.recipient = AuditAddress(before: offer.recipient)
        }
        record.reason = reason
        return record
    }

    /// A leg did not take an item.
    func refusalRecord(_ account: Arrival.Account, reason: String, rules: [String]) -> AuditRecord {
        var record = record(.refused, crossing: nil)
        describe(account, in: &record)
        record.generation = generation.identifier
        record.rules = rules
        record.reason = reason
        return record
    }

    /// An item came again.
    func duplicateRecord(_ offer: Offer, of earlier: CrossingID) -> AuditRecord {
        var record = record(.duplicate, crossing: earlier)
        record.direction = direction(offer)
        if let account = crossing?.arrival.account ?? holding?.account { describe(account, in: &record) }
        return record
    }

    func record(_ event: AuditEvent, crossing: CrossingID?) -> AuditRecord {
        AuditRecord(event, time: now.wall, node: configuration.name, crossing: crossing?.description)
    }

    private func describe(_ account: Arrival.Account, in record: inout AuditRecord) {
        record.leg = account.leg
        record.peer = account.peer
        record.proof = account.proof
        record.sender = AuditAddress(before: account.sender)
        record.recipient = AuditAddress(before: account.recipient)
        record.identifiers.reserveCapacity(8)
        for (name, value) in account.identifiers { record.identifiers.append(AuditField(name, value)) }
    }

    func direction(_ offer: Offer) -> String { "to-" + offer.target.name }
}

extension AuditRecord {
    /// The most notes of one record.
    private static let largestNotes = 8

    /// Says what was tolerated or replaced, each under a name of its own, so that a search finds it.
    mutating func append(notes: [String]) {
        guard !notes.isEmpty else { return }
        // A long document has the same note for each part of it.
        var told: [String] = []
        for note in notes where !told.contains(note) && told.count < Self.largestNotes { told.append(note) }
        for (place, note) in told.enumerated() {
            outcome.append(AuditField(place == 0 ? "note" : "note.\(place + 1)", note))
        }
    }
}

/// The rows of a message with their names.
struct RulesNamed {
    let generation: Generation
    let arrival: [RowID]
    let departure: [RowID]
    let names: AuditNames
}
