/// Finds the rows of a value table that can take a record, without looking at the others.
///
/// Rows are grouped by their shape: which columns they name with values, which with `any`, which with patterns. In a group a
/// row is found by its values, and by a word of its first pattern; a table has few shapes, however many rows it has.
struct PatternIndex: Sendable {
    /// Which columns a row names, and how.
    private struct Shape: Sendable, Hashable {
        var fixed: [String] = []
        var free: [String] = []
        var patterns: [String] = []
    }

    /// What leads to rows of a shape.
    private struct Key: Sendable, Hashable {
        /// The values of the fixed columns, each sorted and without repetition.
        let values: [[String]]
        /// A word that the first pattern takes; nil where there is none.
        let word: String?
        /// The switches under which the row holds; empty where that is settled.
        let condition: SwitchCondition
    }

    private struct Group: Sendable {
        let shape: Shape
        /// The first row of the shape.
        let first: Int
        var places: [Key: [Int]] = [:]
    }

    private var groups: [Group] = []
    private var groupsByShape: [Shape: Int] = [:]

    /// Adds a row behind those that are in it.
    mutating func insert(
        _ place: Int,
        _ cells: [(column: String, pattern: ValuePattern)],
        _ condition: SwitchCondition = SwitchCondition()
    ) {
        var shape = Shape()
        var values: [[String]] = []
        var words: [String?] = [nil]
        for (column, pattern) in cells {
            if let fixed = pattern.fixed {
                shape.fixed.append(column)
                values.append(fixed)
            } else if pattern == .any {
                shape.free.append(column)
            } else {
                if shape.patterns.isEmpty { words = pattern.keys }
                shape.patterns.append(column)
            }
        }
        let group = groupsByShape[shape] ?? groups.count
        if group == groups.count {
            groups.append(Group(shape: shape, first: place))
            groupsByShape[shape] = group
        }
        for word in words {
            groups[group].places[Key(values: values, word: word, condition: condition), default: []].append(place)
        }
    }

    /// The first row that takes a record.
    ///
    /// - Parameters:
    ///   - record: values by column.
    ///   - matches: whether a row takes the record; asked of few.
    /// - Returns: its place.
    func first(_ record: [String: [String]], where matches: (Int) -> Bool) -> Int? {
        var best: Int?
        // Groups stand in the order of their first rows.
        for group in groups where best == nil || group.first < best ?? 0 {
            let values = group.shape.fixed.map { Self.sorted(record[$0] ?? []) }
            var words: [String?] = [nil]
            if let column = group.shape.patterns.first { words = record[column] ?? [] }
            for word in words {
                let key = Key(values: values, word: word, condition: SwitchCondition())
                for place in group.places[key] ?? [] {
                    if let best, best <= place { break }
                    if matches(place) {
                        best = place
                        break
                    }
                }
            }
        }
        return best
    }

    /// Whether a row takes everything that another takes.
    ///
    /// - Parameters:
    ///   - cells: what the other takes, by column.
    ///   - condition: the switches under which it holds.
    ///   - covers: whether a row covers the other; asked of few.
    /// - Returns: whether some row does.
    func covers(
        _ cells: [String: ValuePattern],
        _ condition: SwitchCondition,
        by covers: (Int) -> Bool
    ) -> Bool {
        let conditions = condition.terms.isEmpty ? [condition] : [SwitchCondition(), condition]
        for group in groups {
            let values = group.shape.fixed.compactMap { (cells[$0] ?? .absent).fixed }
            guard values.count == group.shape.fixed.count else { continue }
            var words: [String?] = [nil]
            if let column = group.shape.patterns.first {
                let cell = cells[column] ?? .absent
                // A pattern takes another where it takes its first word; of fixed values it needs one.
                if let fixed = cell.fixed { words = fixed } else { words = Array(cell.keys.prefix(1)) }
            }
            for word in words {
                for condition in conditions {
                    let key = Key(values: values, word: word, condition: condition)
                    if group.places[key]?.contains(where: covers) == true { return true }
                }
            }
        }
        return false
    }

    fileprivate static func sorted(_ values: [String]) -> [String] {
        values.count < 2 ? values : Set(values).sorted()
    }
}

extension ValuePattern {
    /// The values that it takes and no others, sorted; nil for a pattern.
    fileprivate var fixed: [String]? {
        switch self {
        case .absent: []
        case .text(let text): [text]
        case .exactly(let texts): PatternIndex.sorted(texts)
        case .any, .contains, .containsAny: nil
        }
    }

    /// The words by which it is found.
    fileprivate var keys: [String?] {
        switch self {
        case .absent, .any: []
        case .text(let text), .contains(let text): [text]
        case .exactly(let texts), .containsAny(let texts): texts
        }
    }
}
