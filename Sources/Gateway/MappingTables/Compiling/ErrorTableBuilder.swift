/// Orders error rows and looks for those that nothing reaches.
struct ErrorTableBuilder {
    let findings: Findings

    func table(_ merged: [(source: SourceRow, rows: [TypedRow])]) -> ErrorTable {
        var exact: [ErrorTable.FailureRow] = []
        var classes: [ErrorTable.FailureRow] = []
        var conditions: [ErrorTable.ConditionRow] = []
        var refusals: [String: RefusalWords] = [:]
        for (source, rows) in merged {
            for row in rows {
                switch row {
                case .failure(let row):
                    // A class stands for the codes that no row names, wherever it is written.
                    if case .statusClass = row.match {
                        if classes.contains(where: { Self.covers($0, row) }) { unreachable(source) }
                        classes.append(row)
                    } else {
                        if exact.contains(where: { Self.covers($0, row) }) { unreachable(source) }
                        exact.append(row)
                    }
                case .condition(let row):
                    if conditions.contains(where: { Self.covers($0, row) }) { unreachable(source) }
                    conditions.append(row)
                case .refusal(let code, let words):
                    if refusals[code] == nil { refusals[code] = words } else { unreachable(source) }
                case .field, .value, .address, .loss, .route, .profile: break
                }
            }
        }
        return ErrorTable(failures: exact + classes, conditions: conditions, refusals: refusals)
    }

    private static func covers(_ one: ErrorTable.FailureRow, _ other: ErrorTable.FailureRow) -> Bool {
        one.match == other.match && (one.hasRetryAfter == nil || one.hasRetryAfter == other.hasRetryAfter)
            && (one.condition.terms.isEmpty || one.condition == other.condition)
    }

    private static func covers(_ one: ErrorTable.ConditionRow, _ other: ErrorTable.ConditionRow) -> Bool {
        one.condition == other.condition && (one.isFull == nil || one.isFull == other.isFull)
            && (one.hasAddress == nil || one.hasAddress == other.hasAddress)
            && (one.isPending == nil || one.isPending == other.isPending)
            && (one.when.terms.isEmpty || one.when == other.when)
    }

    /// A row of a later folder that an earlier one hides was meant to replace it.
    private func unreachable(_ source: SourceRow) {
        let isShipped = source.layer == .standard
        findings.add(
            source.node,
            isShipped ? "unreachable-row" : "shadowed-row",
            "\"\(source.id)\" is never reached: an earlier row takes all that it matches",
            help: "write overrides: ID to replace the earlier row, or remove this one",
            severity: isShipped ? .warning : .error
        )
    }
}
