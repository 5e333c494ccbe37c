public import MappingTables

/// What came of an item.
public enum Outcome<Value: Sendable>: Sendable {
    /// It was translated.
    case value(Value)
    /// It has no counterpart on the other side, and that is no fault.
    case nothing(reason: String)
    /// It is not translated, and its sender is told.
    case refused(Refusal)
}

/// What came of an item, and how.
public struct Translated<Value: Sendable>: Sendable {
    /// What came of it.
    public var outcome: Outcome<Value>
    /// The rules that fired, in order, and what was lost.
    public var trace: RuleTrace
    /// What was tolerated or looked odd, in the stable words of records.
    public var notes: [String]

    /// Makes a result.
    ///
    /// - Parameters:
    ///   - outcome: what came of the item.
    ///   - trace: the rules that fired.
    ///   - notes: what was tolerated.
    public init(outcome: Outcome<Value>, trace: RuleTrace, notes: [String] = []) {
        self.outcome = outcome
        self.trace = trace
        self.notes = notes
    }

    /// The value; nil when there is none.
    public var value: Value? {
        if case .value(let value) = outcome { value } else { nil }
    }

    /// The refusal; nil when there is none.
    public var refusal: Refusal? {
        if case .refused(let refusal) = outcome { refusal } else { nil }
    }
}
