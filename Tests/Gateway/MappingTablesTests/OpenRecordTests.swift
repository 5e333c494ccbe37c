import Testing

@testable import MappingTables

@Suite("OpenRecord: what no row takes is found without trying each record")
struct OpenRecordTests {
    private static let columns = ValueColumn.columns(of: .xmpp).filter {
        ["type", "show", "error-type", "text"].contains($0.name)
    }

    /// What each column can be, empty for absent.
    private static let values = columns.map { column -> [String] in
        if case .word(let words) = column.domain { words + [""] } else { ["", "\u{0}"] }
    }

    /// Numbers that are the same at every run.
    private struct Numbers {
        var state: UInt64
        mutating func below(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
    }

    private static func pattern(_ words: [String], _ numbers: inout Numbers) -> ValuePattern {
        let word = words[numbers.below(words.count)]
        switch numbers.below(8) {
        case 0: return .absent
        case 1: return word.isEmpty ? .absent : .text(word)
        case 2: return .containsAny(words.filter { !$0.isEmpty })
        default: return .any
        }
    }

    private static func direction(_ numbers: inout Numbers) -> ValueTable.Direction {
        let rules = (0...numbers.below(14)).map { place in
            // A column that is left out must be absent.
            let cells = zip(columns, values).filter { _ in numbers.below(12) > 0 }.map {
                (column: $0.name, pattern: pattern($1, &numbers))
            }.sorted { $0.column < $1.column }
            return ValueTable.Rule(row: RowID(place), cells: cells, answer: .init(values: [:]), copies: [])
        }
        let isPartial = numbers.below(3) == 0
        return ValueTable.Direction(
            source: .xmpp,
            columns: columns,
            rules: rules,
            fallbacks: isPartial ? ["unavailable": rules[0]] : [:],
            fallback: nil,
            fallbackLoss: nil
        )
    }

    /// The first record without an answer, each of them tried, the first column changing fastest.
    private static func tried(_ direction: ValueTable.Direction) -> [String: [String]]? {
        let count = values.reduce(1) { $0 * $1.count }
        for index in 0..<count {
            var rest = index
            var record: [String: [String]] = [:]
            for (column, words) in zip(columns, values) {
                let word = words[rest % words.count]
                rest /= words.count
                if !word.isEmpty { record[column.name] = [word] }
            }
            if direction.answer(record) == nil { return record }
        }
        return nil
    }

    @Test("it is the record that trying each of them finds first, and none where each has its answer")
    func same() {
        var numbers = Numbers(state: 7)
        var total = 0
        for _ in 0..<400 {
            let direction = Self.direction(&numbers)
            let found = OpenRecord.first(of: direction, Self.values)
            #expect(found == Self.tried(direction))
            total += found == nil ? 1 : 0
        }
        // Both kinds are among them.
        #expect(total > 20 && total < 380, "\(total)")
    }
}
