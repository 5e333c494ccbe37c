public import Ledger
import Logging
import MappingTables

/// What the store gets of an activation, or of one that was refused.
public struct ActivationAct: Sendable {
    /// Which gateway writes the records.
    let node: String
    /// The order.
    let order: ActivationOrder
    /// The identifier of the tables in force; nil for none.
    let before: String?

    /// Names who acts on which gateway.
    ///
    /// - Parameters:
    ///   - node: which gateway writes the records.
    ///   - order: the order.
    ///   - before: the identifier of the tables in force; nil for none.
    public init(node: String, order: ActivationOrder, before: String?) {
        self.node = node
        self.order = order
        self.before = before
    }

    /// The operations that bring a candidate into force, all or none of them.
    ///
    /// - Parameters:
    ///   - candidate: the tables.
    ///   - now: Unix milliseconds.
    /// - Returns: operations of one commit.
    public func operations(_ candidate: Candidate, now: Int64) -> [LedgerOperation] {
        var record = record(.activated, now)
        record.generation = candidate.generation.identifier
        record.reason = order.reason
        record.outcome += Self.choices(candidate.generation)
        return [
            .activate(candidate.row(order, before: before, now: now), files: candidate.files),
            .audit(record.entry()), .count(.activations),
        ]
    }

    /// The operations that tell of a refusal.
    ///
    /// - Parameters:
    ///   - report: what came of the order.
    ///   - now: Unix milliseconds.
    /// - Returns: operations of one commit.
    public func refusal(_ report: ActivationReport, now: Int64) -> [LedgerOperation] {
        var record = record(.activationRefused, now)
        record.generation = report.generation
        let failure = report.failure
        if let failure { record.outcome.append(AuditField("stage", failure.name)) }
        if let reason = order.reason { record.identifiers = [AuditField("asked", reason)] }
        let first = report.faults.first { $0.severity == "error" }.map { "; \($0.file):\($0.line): \($0.message)" }
        record.reason = (failure?.text ?? "refused") + (first ?? "")
        return [.audit(record.entry()), .count(.refusedActivations)]
    }

    /// The most bytes that a record gets of what the routes hold; their files are kept whole in any case.
    static let mostListed = 32 << 10

    /// The profile of each route and the switches that are set beside what is shipped, as far as there is room.
    private static func choices(_ generation: Generation) -> [AuditField] {
        var fields: [AuditField] = []
        var bytes = 0
        let choices = generation.routeChoices(isShipped: TestVerdict.isShipped)
        for choice in choices {
            let field = AuditField("route.\(choice.neighbors)", choice.text)
            bytes += field.name.utf8.count + field.value.utf8.count
            guard bytes <= mostListed else { break }
            fields.append(field)
        }
        if fields.count < choices.count {
            fields.append(AuditField("routes-unlisted", String(choices.count - fields.count)))
        }
        return fields
    }

    private func record(_ event: AuditEvent, _ now: Int64) -> AuditRecord {
        var record = AuditRecord(event, time: now, node: node)
        record.actor = order.actor
        if let before { record.outcome.append(AuditField("before", before)) }
        record.outcome.append(AuditField("cause", order.cause.rawValue))
        return record
    }

    /// The most findings that a log gets of one activation.
    private static let mostLogged = 20

    /// Says in the log why tables were not put in force.
    static func log(_ report: ActivationReport, _ logger: Logger) {
        for fault in report.faults.filter({ $0.severity == "error" }).prefix(mostLogged) {
            logger.error(
                "a mapping file has a fault",
                metadata: [
                    "file": "\(fault.file):\(fault.line):\(fault.column)", "error.code": "\(fault.code)",
                    "reason": "\(fault.message)",
                ]
            )
        }
        logger.error(
            "the mapping tables stay as they were",
            metadata: [
                "stage": "\(report.failure?.name ?? "")", "reason": "\(report.failure?.text ?? "")",
                "faults": "\(report.faults.count)",
            ]
        )
    }
}
