/// Orders error rows and looks for those that nothing reaches.
struct ErrorTableBuilder {
    let findings: Findings

    func table(_ merged: [(source: SourceRow, rows: [TypedRow])]) -> ErrorTable {
        var exact: [ErrorTable.FailureRow] = []
        var classes: [ErrorTable.FailureRow] = []
        var conditions: [ErrorTable.ConditionRow] = []
        var refusals: [String: RefusalWords] = [:]
        var takenFailures: [FailureKey: SourceRow] = [:]
        var takenConditions: [ConditionKey: SourceRow] = [:]
        var takenRefusals: [String: SourceRow] = [:]
        for (source, rows) in merged {
            for row in rows {
                switch row {
                case .failure(let row):
                    let earlier = FailureKey.covering(row).compactMap { takenFailures[$0] }.min { $0.row < $1.row }
                    if let earlier { findings.unreachable(source, behind: earlier) }
                    if takenFailures[FailureKey(row)] == nil { takenFailures[FailureKey(row)] = source }
                    // A class stands for the codes that no row names, wherever it is written.
                    if case .statusClass = row.match { classes.append(row) } else { exact.append(row) }
                case .condition(let row):
                    let earlier = ConditionKey.covering(row).compactMap { takenConditions[$0] }.min { $0.row < $1.row }
                    if let earlier { findings.unreachable(source, behind: earlier) }
                    if takenConditions[ConditionKey(row)] == nil { takenConditions[ConditionKey(row)] = source }
                    conditions.append(row)
                case .refusal(let code, let words):
                    if let earlier = takenRefusals[code] {
                        findings.unreachable(source, behind: earlier)
                    } else {
                        refusals[code] = words
                        takenRefusals[code] = source
                    }
                case .field, .value, .address, .loss, .route, .profile: break
                }
            }
        }
        return ErrorTable(failures: exact + classes, conditions: conditions, refusals: refusals)
    }
}

extension Findings {
    /// A row that nothing reaches; one of a later folder that an earlier one hides was meant to replace it.
    ///
    /// Where a row of the operator's stands in the place of a shipped one and takes what another takes, it is the one to
    /// look at.
    func unreachable(_ source: SourceRow, behind earlier: SourceRow? = nil) {
        let isShipped = source.layer == .standard
        if isShipped, let earlier, earlier.layer != .standard {
            return add(
                earlier.node,
                "unreachable-row",
                "this row takes all that \"\(source.id)\" at \(source.node.position) matches, which is never reached",
                help: "match what the row that it replaces matches, or replace \"\(source.id)\"",
                severity: .warning
            )
        }
        add(
            source.node,
            isShipped ? "unreachable-row" : "shadowed-row",
            "\"\(source.id)\" is never reached: an earlier row takes all that it matches",
            help: "write overrides: ID to replace the earlier row, or remove this one",
            severity: isShipped ? .warning : .error
        )
    }
}

/// What a row that reads failures takes, and under which switches.
private struct FailureKey: Hashable {
    var match: ErrorTable.FailureRow.Match
    var hasRetryAfter: Bool?
    var condition: SwitchCondition

    init(_ row: ErrorTable.FailureRow) {
        match = row.match
        hasRetryAfter = row.hasRetryAfter
        condition = row.condition
    }

    /// What the rows take that take everything that a row takes.
    static func covering(_ row: ErrorTable.FailureRow) -> [FailureKey] {
        var keys: [FailureKey] = []
        for hasRetryAfter in Set([nil, row.hasRetryAfter]) {
            for condition in Set([SwitchCondition(), row.condition]) {
                var key = FailureKey(row)
                key.hasRetryAfter = hasRetryAfter
                key.condition = condition
                keys.append(key)
            }
        }
        return keys
    }
}

/// What a row that reads stanza errors takes, and under which switches.
private struct ConditionKey: Hashable {
    var condition: String
    var isFull: Bool?
    var hasAddress: Bool?
    var isPending: Bool?
    var when: SwitchCondition

    init(_ row: ErrorTable.ConditionRow) {
        condition = row.condition
        isFull = row.isFull
        hasAddress = row.hasAddress
        isPending = row.isPending
        when = row.when
    }

    /// What the rows take that take everything that a row takes.
    static func covering(_ row: ErrorTable.ConditionRow) -> [ConditionKey] {
        var keys: [ConditionKey] = []
        for isFull in Set([nil, row.isFull]) {
            for hasAddress in Set([nil, row.hasAddress]) {
                for isPending in Set([nil, row.isPending]) {
                    for when in Set([SwitchCondition(), row.when]) {
                        var key = ConditionKey(row)
                        key.isFull = isFull
                        key.hasAddress = hasAddress
                        key.isPending = isPending
                        key.when = when
                        keys.append(key)
                    }
                }
            }
        }
        return keys
    }
}
