import Ledger

/// Records of acts on what is kept of texts.
extension OperatorActs {
    /// The record of an erasure that was ordered or is done.
    func erasure(
        _ event: String,
        _ scope: HoldScope,
        _ days: ClosedRange<Int64>,
        keys: Int,
        bodies: Int,
        _ reason: String
    ) -> AuditEntry {
        record(
            event,
            [
                AuditField(scope.kind, scope.text), AuditField("first", Timestamp.day(days.lowerBound)),
                AuditField("last", Timestamp.day(days.upperBound)), AuditField("keys", String(keys)),
                AuditField("bodies", String(bodies)),
            ],
            reason: reason
        )
    }

    /// The record of a hold that was placed.
    func placed(_ hold: Hold) -> AuditEntry {
        var fields = [AuditField("hold", String(hold.id)), AuditField(hold.scope.kind, hold.scope.text)]
        if let first = hold.firstDay { fields.append(AuditField("first", Timestamp.day(first))) }
        if let last = hold.lastDay { fields.append(AuditField("last", Timestamp.day(last))) }
        return record("hold-placed", fields, reason: hold.reason)
    }

    /// The record of a hold that was lifted, or of the first of two who ask for it.
    func lifted(_ id: Int64, isDone: Bool, reason: String) -> AuditEntry {
        record(isDone ? "hold-lifted" : "hold-lift-asked", [AuditField("hold", String(id))], reason: reason)
    }
}
