extension TableObserver {
    /// Explains which row reads a failure of the CPIM shore.
    func explain(
        _ failure: SIPFailure,
        hasRetryAfter: Bool,
        _ switches: SwitchSet,
        _ table: ErrorTable,
        _ answer: StanzaErrorWords?
    ) {
        let asked = failure.words + (hasRetryAfter ? ", retry-after: yes" : "")
        var step = TableStep(.errors, self.table(answer?.row, else: "errors"), way: .toXMPP, asked: asked)
        step.answer = answer.map { "condition: \($0.condition), type: \($0.type), retry: \($0.retry.rawValue)" }
        step.given = answer?.row
        for row in table.failures {
            let id = row.words.row
            guard row.takes(failure) else {
                step.rows.append(self.row(id, .column, "status: \(row.match.words) ≠ \(failure.words)"))
                continue
            }
            if let wanted = row.hasRetryAfter, wanted != hasRetryAfter {
                append(id, .column, "retry-after: \(wanted.word) ≠ \(hasRetryAfter.word)", to: &step)
            } else if let obstacle = row.condition.obstacle(switches) {
                append(id, .condition, obstacle, to: &step)
            } else {
                take(id, asked, to: &step)
            }
        }
        finish(step, table)
    }

    /// Explains which row reads a stanza error.
    func explain(
        _ question: ErrorTable.Question,
        _ switches: SwitchSet,
        _ table: ErrorTable,
        _ answer: ResponseWords?
    ) {
        let marks = [
            question.isFull ? "to: full" : "to: bare", question.hasAddress ? "address: yes" : nil,
            question.isPending ? "pending: yes" : nil,
        ]
        let asked = (["condition: \(question.condition)"] + marks.compactMap { $0 }).joined(separator: ", ")
        var step = TableStep(.errors, self.table(answer?.row, else: "errors"), way: .toSIP, asked: asked)
        step.answer = answer.map { "status: \($0.status)" + ($0.reason.map { ", reason: \($0)" } ?? "") }
        step.given = answer?.row
        for row in table.conditions {
            let id = row.words.row
            guard row.condition == question.condition else {
                step.rows.append(self.row(id, .column, "condition: \(row.condition) ≠ \(question.condition)"))
                continue
            }
            if row.takes(question) {
                if let obstacle = row.when.obstacle(switches) {
                    append(id, .condition, obstacle, to: &step)
                } else {
                    take(id, asked, to: &step)
                }
                continue
            }
            var misses: [String] = []
            if let wanted = row.isFull, wanted != question.isFull {
                misses.append("to: \(wanted ? "full" : "bare") ≠ \(question.isFull ? "full" : "bare")")
            }
            if let wanted = row.hasAddress, wanted != question.hasAddress {
                misses.append("address: \(wanted.word) ≠ \(question.hasAddress.word)")
            }
            if let wanted = row.isPending, wanted != question.isPending {
                misses.append("pending: \(wanted.word) ≠ \(question.isPending.word)")
            }
            append(id, .column, misses.joined(separator: "; "), to: &step)
        }
        finish(step, table)
    }

    /// Explains the row of a refusal of the gateway's own.
    func explain(refusal: String, _ table: ErrorTable, _ answer: RefusalWords?) {
        var step = TableStep(.errors, self.table(answer?.row, else: "errors"), asked: "gateway: \(refusal)")
        step.answer = answer.map { "condition: \($0.condition), type: \($0.type), status: \($0.status)" }
        step.given = answer?.row
        for (code, words) in table.refusals.sorted(by: { $0.value.row < $1.value.row }) {
            if code == refusal {
                take(words.row, step.asked, to: &step)
            } else {
                step.rows.append(row(words.row, .column, "gateway: \(code) ≠ \(refusal)"))
            }
        }
        finish(step, table)
    }

    // MARK: Rows

    private func append(_ id: RowID, _ reason: TableStep.Reason, _ why: String, to step: inout TableStep) {
        var row = row(id, reason, why)
        row.isNear = true
        step.rows.append(row)
    }

    /// The first row that takes the question gives the answer.
    private func take(_ id: RowID, _ asked: String, to step: inout TableStep) {
        guard step.fired.isEmpty else {
            step.rows.append(row(id, .earlierRow, "\(name(step.fired.first)) comes before it"))
            return
        }
        var row = row(id, .matched, "\(asked) → \(step.answer ?? "nothing")")
        row.before = [asked]
        row.after = step.answer.map { [$0] } ?? []
        step.rows.append(row)
        step.fired = [id]
    }

    /// Adds the rows that answer other questions, and those that are not in force.
    private func finish(_ step: TableStep, _ table: ErrorTable) {
        var step = step
        let seen = Set(step.rows.compactMap(\.row))
        var declared = Set(table.failures.map(\.words.row) + table.conditions.map(\.words.row))
        declared.formUnion(table.refusals.values.map(\.row))
        step.rows += declared.subtracting(seen).sorted().map {
            row($0, .otherWay, "answers other questions than this one")
        }
        step.rows += idle(.errors, table: nil, besides: declared)
        witness.record(step)
    }
}

extension Bool {
    fileprivate var word: String { self ? "yes" : "no" }
}

extension SIPFailure {
    fileprivate var words: String {
        switch self {
        case .status(let status): "status: \(status)"
        case .timeout: "failure: timeout"
        case .transport: "failure: transport"
        }
    }
}

extension ErrorTable.FailureRow.Match {
    fileprivate var words: String {
        switch self {
        case .status(let status): "\(status)"
        case .statusClass(let first): "\(first)xx"
        case .timeout: "timeout"
        case .transport: "transport"
        }
    }
}
