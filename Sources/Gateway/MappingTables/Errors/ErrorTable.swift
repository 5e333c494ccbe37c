/// The error rows in force for a neighbor.
public struct ErrorTable: Sendable {
    /// A row that reads a failure of the CPIM shore.
    struct FailureRow: Sendable {
        enum Match: Sendable, Hashable {
            case status(Int)
            /// All codes of a class that no other row names.
            case statusClass(Int)
            case timeout
            case transport
        }

        let match: Match
        /// Whether the response has to have a Retry-After, or must not; nil for either.
        let hasRetryAfter: Bool?
        let words: StanzaErrorWords
        let condition: SwitchCondition

        /// Whether the row is about a failure, whatever else it asks for.
        func takes(_ failure: SIPFailure) -> Bool {
            switch (match, failure) {
            case (.status(let one), .status(let other)): one == other
            case (.statusClass(let one), .status(let other)): one == other / 100
            case (.timeout, .timeout), (.transport, .transport): true
            default: false
            }
        }
    }

    /// A stanza error, and what it stands in.
    struct Question: Sendable {
        let condition: String
        let isFull: Bool
        let hasAddress: Bool
        let isPending: Bool
    }

    /// A row that reads a stanza error.
    struct ConditionRow: Sendable {
        let condition: String
        /// Whether the error has to relate to a full JID, or to a bare one; nil for either.
        let isFull: Bool?
        /// Whether a new address has to be there, or must not; nil for either.
        let hasAddress: Bool?
        /// Whether a request between the two has to be pending, or must not; nil for either.
        let isPending: Bool?
        let words: ResponseWords
        let when: SwitchCondition

        /// Whether the row takes a stanza error, whatever the switches are.
        func takes(_ question: Question) -> Bool {
            condition == question.condition && isFull ?? question.isFull == question.isFull
                && hasAddress ?? question.hasAddress == question.hasAddress
                && isPending ?? question.isPending == question.isPending
        }
    }

    /// The rows that read failures, those for one status before those for a class.
    let failures: [FailureRow]
    let conditions: [ConditionRow]
    let refusals: [String: RefusalWords]
    /// Explains which rows answer; nil in live traffic.
    var observer: TableObserver?
    /// The rows by what they are asked for, so that those of other failures and conditions cost nothing.
    private let failuresByMatch: [FailureRow.Match: [FailureRow]]
    private let conditionsByName: [String: [ConditionRow]]

    init(failures: [FailureRow], conditions: [ConditionRow], refusals: [String: RefusalWords]) {
        self.failures = failures
        self.conditions = conditions
        self.refusals = refusals
        failuresByMatch = Dictionary(grouping: failures, by: \.match)
        conditionsByName = Dictionary(grouping: conditions, by: \.condition)
    }

    /// The switches on which rows depend.
    var switches: Set<Switch> {
        Set((failures.map(\.condition) + conditions.map(\.when)).flatMap { $0.terms.map(\.name) })
    }

    /// The table without the rows that some switches keep from holding.
    func holding(_ switches: SwitchSet) -> ErrorTable {
        let held = failures.filter { $0.condition.holds(switches) }
        let named = conditions.filter { $0.when.holds(switches) }
        guard held.count < failures.count || named.count < conditions.count else { return self }
        return ErrorTable(failures: held, conditions: named, refusals: refusals)
    }

    /// What a failure on the CPIM shore is towards XMPP.
    ///
    /// - Parameters:
    ///   - failure: how the request failed; a provisional or successful status is none.
    ///   - hasRetryAfter: whether the response says when to try again.
    ///   - switches: the switches of the neighbor.
    /// - Returns: the words of the first row that matches; nil for a status below 300, since the table is total.
    ///
    /// Source: RFC 7247 §7.2.
    public func words(for failure: SIPFailure, hasRetryAfter: Bool, _ switches: SwitchSet) -> StanzaErrorWords? {
        func first(_ match: FailureRow.Match) -> StanzaErrorWords? {
            failuresByMatch[match]?.first { row in
                row.hasRetryAfter ?? hasRetryAfter == hasRetryAfter && row.condition.holds(switches)
            }?.words
        }
        let words =
            switch failure {
            case .status(let status): first(.status(status)) ?? first(.statusClass(status / 100))
            case .timeout: first(.timeout)
            case .transport: first(.transport)
            }
        if let observer { observer.explain(failure, hasRetryAfter: hasRetryAfter, switches, self, words) }
        return words
    }

    /// What a stanza error is towards SIP.
    ///
    /// - Parameters:
    ///   - condition: the condition, of RFC 6120 §8.3.3.
    ///   - isFull: whether the error relates to a full JID (RFC 7247 §7.1).
    ///   - hasAddress: whether a new address stands in it.
    ///   - isPending: whether a request between the two is pending.
    ///   - switches: the switches of the neighbor.
    /// - Returns: the words of the first row that matches; nil for an unknown condition, since the table is total.
    public func words(
        for condition: String,
        isFull: Bool,
        hasAddress: Bool,
        isPending: Bool,
        _ switches: SwitchSet
    ) -> ResponseWords? {
        let question = Question(condition: condition, isFull: isFull, hasAddress: hasAddress, isPending: isPending)
        let words = conditionsByName[condition]?.first { $0.takes(question) && $0.when.holds(switches) }?.words
        if let observer { observer.explain(question, switches, self, words) }
        return words
    }

    /// What a refusal of the gateway's own is in both protocols.
    ///
    /// - Parameter refusal: a code of ``ErrorVocabulary/refusals``.
    /// - Returns: the words; nil for an unknown code, since the table is total.
    public func words(for refusal: String) -> RefusalWords? {
        if let observer { observer.explain(refusal: refusal, self, refusals[refusal]) }
        return refusals[refusal]
    }
}

/// When a row holds: every switch that it names has one of its values.
struct SwitchCondition: Sendable, Hashable {
    struct Term: Sendable, Hashable {
        let name: Switch
        let values: [String]
        /// Whether the switch must have none of the values.
        let isNegated: Bool
    }

    var terms: [Term] = []

    func holds(_ switches: SwitchSet) -> Bool {
        terms.allSatisfy { $0.values.contains(switches.text($0.name)) != $0.isNegated }
    }
}
