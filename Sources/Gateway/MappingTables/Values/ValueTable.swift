/// A table of closed value sets: what a record of one side is on the other.
///
/// A record gives the values of columns by name; a column that it does not name is absent.
public struct ValueTable: Sendable {
    /// What a record becomes.
    public struct Answer: Sendable, Equatable {
        /// The values by column; a column that is not there is absent.
        public var values: [String: [String]]
        /// The row that says so.
        public var row: RowID?
        /// What is lost; nil for nothing.
        public var loss: LossClass?

        /// Makes an answer.
        ///
        /// - Parameters:
        ///   - values: the values by column.
        ///   - row: the row that says so.
        ///   - loss: what is lost.
        public init(values: [String: [String]], row: RowID? = nil, loss: LossClass? = nil) {
            self.values = values
            self.row = row
            self.loss = loss
        }

        /// The one value of a column; nil when it is absent.
        ///
        /// - Parameter column: its name.
        public subscript(column: String) -> String? { values[column]?.first }
    }

    /// A column with one value.
    struct Cell: Sendable, Hashable {
        let column: String
        let value: String
    }

    /// A row ready to be asked one way.
    struct Rule: Sendable {
        let row: RowID
        let cells: [(column: String, pattern: ValuePattern)]
        let answer: Answer
        /// Columns that take the text of a column of the record.
        let copies: [(column: String, from: String)]

        /// What a record has to say for the row, where that is one value of one column; nil for more, for less, and for
        /// what a pattern leaves open.
        var onlyCell: Cell? {
            var only: Cell?
            for (column, pattern) in cells where pattern != .absent {
                guard only == nil, case .text(let value) = pattern else { return nil }
                only = Cell(column: column, value: value)
            }
            return only
        }

        func matches(_ record: [String: [String]], count: Int) -> Bool {
            var named = 0
            for (column, pattern) in cells {
                let values = record[column] ?? []
                guard pattern.matches(values) else { return false }
                if !values.isEmpty { named += 1 }
            }
            // A column that the row does not name is absent.
            return named == count
        }

        func answer(for record: [String: [String]]) -> Answer {
            guard !copies.isEmpty else { return answer }
            var result = answer
            for (column, source) in copies { result.values[column] = record[source] }
            return result
        }
    }

    /// The rows that lead one way.
    final class Direction: Sendable {
        let source: Vocabulary
        let columns: [ValueColumn]
        let rules: [Rule]
        /// Leads to the rules that can match a record.
        let index: PatternIndex
        /// What holds for records that no rule matches, by the value of the first column, empty for none.
        let fallbacks: [String: Rule]
        /// What holds for all of them; nil when that depends, or is not said.
        let fallback: Rule?
        let fallbackLoss: LossClass?
        /// Which rules take the records that most items have, found beforehand.
        private let known: [Cell?: Int]

        init(
            source: Vocabulary,
            columns: [ValueColumn],
            rules: [Rule],
            fallbacks: [String: Rule],
            fallback: Rule?,
            fallbackLoss: LossClass?
        ) {
            self.source = source
            self.columns = columns
            self.rules = rules
            self.fallbacks = fallbacks
            self.fallback = fallback
            self.fallbackLoss = fallbackLoss
            var index = PatternIndex()
            for (place, rule) in rules.enumerated() { index.insert(place, rule.cells) }
            self.index = index
            var known: [Cell?: Int] = [:]
            for cell in [nil] + rules.map(\.onlyCell) where known[cell] == nil {
                known[cell] = Self.first(of: rules, for: Self.record(cell), index)
            }
            self.known = known
        }

        /// What becomes of a record that names no column, or one with one value.
        func answer(only cell: Cell?) -> Answer? {
            if let place = known[cell], rules[place].copies.isEmpty { return rules[place].answer }
            return answer(Self.record(cell))
        }

        static func record(_ cell: Cell?) -> [String: [String]] { cell.map { [$0.column: [$0.value]] } ?? [:] }

        private static func first(of rules: [Rule], for record: [String: [String]], _ index: PatternIndex) -> Int? {
            let count = record.values.reduce(0) { $0 + ($1.isEmpty ? 0 : 1) }
            return index.first(record) { rules[$0].matches(record, count: count) }
        }

        func answer(_ record: [String: [String]]) -> Answer? {
            if let place = Self.first(of: rules, for: record, index) { return rules[place].answer(for: record) }
            guard var answer = fallback(for: record)?.answer(for: record) else { return nil }
            answer.loss = fallbackLoss
            return answer
        }

        private func fallback(for record: [String: [String]]) -> Rule? {
            guard let column = columns.first else { return nil }
            return fallback ?? fallbacks[record[column.name]?.first ?? ""]
        }
    }

    /// The name of the table.
    public let name: String

    let directions: [Vocabulary: Direction]
    /// Explains what the rows answer; nil in live traffic.
    var observer: ValueObserver?

    /// The two sides that the table joins.
    public var sides: [Vocabulary] { Vocabulary.allCases.filter { targets[$0] != nil } }

    /// What a record of the table's other side is on one side.
    ///
    /// - Parameters:
    ///   - record: values by column; an absent column is left out or has no values.
    ///   - vocabulary: the side that is asked for.
    /// - Returns: the answer of the first row that matches, else of what the table says of the unmapped; nil when the
    ///   record has a value outside the closed sets and the table does not say what becomes of those.
    public func answer(_ record: [String: [String]], to vocabulary: Vocabulary) -> Answer? {
        let answer = directions[vocabulary]?.answer(record)
        if let observer { observer.explain(record, to: vocabulary, answer) }
        return answer
    }

    /// What a record of the table's other side is on one side, where it names one column or none.
    ///
    /// - Parameters:
    ///   - column: the name of the column.
    ///   - value: its one value; nil for a record that names no column.
    ///   - vocabulary: the side that is asked for.
    /// - Returns: as for any record.
    public func answer(_ column: String, _ value: String?, to vocabulary: Vocabulary) -> Answer? {
        let cell = value.map { Cell(column: column, value: $0) }
        let answer = directions[vocabulary]?.answer(only: cell)
        if let observer { observer.explain(Direction.record(cell), to: vocabulary, answer) }
        return answer
    }

    /// What a text is on one side, a record being written as the values of its columns with `/` between them.
    ///
    /// - Parameters:
    ///   - text: such as `eating/having_breakfast`; the last column takes the rest of it.
    ///   - vocabulary: the side that is asked for.
    /// - Returns: the text, nil when every column is absent, with the row and the loss; nil as above.
    public func answer(
        text: String,
        to vocabulary: Vocabulary
    ) -> (text: String?, row: RowID?, loss: LossClass?)? {
        guard let direction = directions[vocabulary] else { return nil }
        let columns = direction.columns
        let parts = text.split(separator: "/", maxSplits: max(0, columns.count - 1), omittingEmptySubsequences: false)
        var record: [String: [String]] = [:]
        for (column, part) in zip(columns, parts) where !part.isEmpty { record[column.name] = [String(part)] }
        guard let answer = answer(record, to: vocabulary) else { return nil }
        let other = targets[vocabulary] ?? []
        let texts = other.map { answer[$0.name] ?? "" }
        let kept = texts.prefix((texts.lastIndex { !$0.isEmpty } ?? -1) + 1)
        return (kept.isEmpty ? nil : kept.joined(separator: "/"), answer.row, answer.loss)
    }

    /// The columns of each side.
    let targets: [Vocabulary: [ValueColumn]]
}
