import Testing

@testable import MappingTables

/// A generator that gives the same numbers for the same seed.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 }

    mutating func next() -> UInt64 {
        state = state &+ 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}

@Suite("Look-ups: the first row in order wins, whatever the number of the others")
struct LookupTests {
    private static let labels = ["a", "b", "c"]

    private static func domain(_ random: inout Seeded, _ labels: ClosedRange<Int>) -> String {
        (0..<Int.random(in: labels, using: &random)).map { _ in
            Self.labels.randomElement(using: &random) ?? "a"
        }.joined(separator: ".")
    }

    @Test("routes", arguments: 0..<50)
    func routes(seed: Int) throws {
        var random = Seeded(seed)
        var index = DomainIndex()
        var patterns: [DomainPattern] = []
        for place in 0..<Int.random(in: 0...12, using: &random) {
            let domain = Self.domain(&random, 1...3)
            let pattern = try #require(DomainPattern(Bool.random(using: &random) ? domain : "*." + domain))
            #expect(index.covers(pattern) == patterns.contains { $0.covers(pattern) })
            index.insert(pattern, at: place)
            patterns.append(pattern)
        }
        for _ in 0..<40 {
            let domain = Self.domain(&random, 1...4)
            #expect(index.first(domain) == patterns.firstIndex { $0.matches(domain) }, "\(domain) in \(patterns)")
        }
    }

    @Test("addresses", arguments: 0..<50)
    func addresses(seed: Int) {
        var random = Seeded(seed)
        func domain(_ random: inout Seeded) -> String? {
            if Bool.random(using: &random) { return Self.domain(&random, 1...2) }
            return Int.random(in: 0...5, using: &random) > 0 ? "z" : nil
        }
        let forms: [AddressRule.Form] = [.domain, .encapsulated, .phone]
        let rules = (0..<Int.random(in: 0...10, using: &random)).map { place in
            AddressRule(
                form: forms[Int.random(in: 0...2, using: &random)],
                xmppDomain: domain(&random),
                cpimDomain: domain(&random),
                row: RowID(place)
            )
        }
        let table = AddressTable(rules: rules)
        for _ in 0..<20 {
            let domain = Self.domain(&random, 1...2)
            #expect(table.rule(forJIDDomain: domain) == rules.first { $0.xmppDomain ?? domain == domain })
            #expect(
                table.rule(forURIDomain: domain)
                    == rules.first { $0.form != .phone && $0.cpimDomain ?? domain == domain }
            )
            #expect(
                table.rule(forPhoneAt: domain) == rules.first { $0.form == .phone && $0.cpimDomain ?? domain == domain }
            )
        }
        #expect(table.rule(forPhoneAt: "") == rules.first { $0.form == .phone })
    }

    // MARK: Values

    private static func pattern(_ words: [String], _ random: inout Seeded) -> ValuePattern {
        let word = words.randomElement(using: &random) ?? "x"
        let several = words.filter { _ in Bool.random(using: &random) }
        switch Int.random(in: 0...6, using: &random) {
        case 0: return .absent
        case 1, 2: return .text(word)
        case 3: return .exactly(several.sorted())
        case 4: return .any
        case 5: return .contains(word)
        default: return .containsAny(several)
        }
    }

    private static func cells(_ random: inout Seeded) -> [String: ValuePattern] {
        var cells: [String: ValuePattern] = [:]
        for column in ["one", "two", "three"] where Int.random(in: 0...3, using: &random) > 0 {
            cells[column] = pattern(["u", "v", "w"], &random)
        }
        return cells
    }

    private static func row(_ cells: [String: ValuePattern], _ random: inout Seeded) -> ValueRow {
        let terms = [
            [], [SwitchCondition.Term(name: .thread, values: ["ignore"], isNegated: false)],
            [SwitchCondition.Term(name: .carrier, values: ["sip"], isNegated: false)],
        ]
        return ValueRow(
            row: RowID(0),
            id: "x",
            sides: [.xmpp, .pidf],
            way: .toPIDF,
            isEqual: false,
            patterns: [.xmpp: cells],
            results: [.pidf: [:]],
            loss: nil,
            condition: SwitchCondition(terms: terms[Int.random(in: 0...2, using: &random)])
        )
    }

    @Test("rows of values", arguments: 0..<200)
    func values(seed: Int) {
        var random = Seeded(seed)
        var index = PatternIndex()
        var byCondition = PatternIndex()
        var rules: [ValueTable.Rule] = []
        var rows: [ValueRow] = []
        for place in 0..<Int.random(in: 1...12, using: &random) {
            let row = Self.row(Self.cells(&random), &random)
            let cells = row.patterns[.xmpp] ?? [:]
            let isCovered = rows.contains { $0.covers(row, from: .xmpp) }
            #expect(
                byCondition.covers(cells, row.condition, by: { rows[$0].covers(row, from: .xmpp) }) == isCovered,
                "\(cells) behind \(rows.map(\.patterns))"
            )
            index.insert(place, row.cells(from: .xmpp))
            byCondition.insert(place, row.cells(from: .xmpp), row.condition)
            rows.append(row)
            rules.append(
                ValueTable.Rule(
                    row: RowID(place),
                    cells: row.cells(from: .xmpp),
                    answer: ValueTable.Answer(values: [:]),
                    copies: []
                )
            )
        }
        for _ in 0..<60 {
            var record: [String: [String]] = [:]
            for column in ["one", "two", "three", "four"] where Int.random(in: 0...4, using: &random) > 1 {
                if column == "four", seed % 4 > 0 { continue }
                record[column] = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                    ["u", "v", "w", "x"].randomElement(using: &random) ?? "u"
                }
            }
            let count = record.values.count { !$0.isEmpty }
            let first = rules.firstIndex { $0.matches(record, count: count) }
            #expect(
                index.first(record) { rules[$0].matches(record, count: count) } == first,
                "\(record) in \(rules.map(\.cells))"
            )
        }
    }

    @Test("of ten thousand rows of values one or two are asked", arguments: ["t0", "t4711", "t9999", "none"])
    func steps(text: String) {
        var index = PatternIndex()
        for place in 0..<10_000 { index.insert(place, [("basic", .text("open")), ("other", .text("t\(place)"))]) }
        index.insert(10_000, [("activities", .contains("away")), ("basic", .any), ("other", .any)])
        var asked = 0
        let record = ["basic": ["open"], "other": [text], "activities": ["away"]]
        _ = index.first(record) { _ in
            asked += 1
            return false
        }
        #expect(asked <= 2)
    }

    // MARK: Errors

    @Test("rows of errors", arguments: 0..<50)
    func errors(seed: Int) {
        var random = Seeded(seed)
        let matches: [ErrorTable.FailureRow.Match] = [.status(404), .status(486), .statusClass(4), .timeout]
        func condition(_ random: inout Seeded) -> SwitchCondition {
            let value = ["ignore", "call-id"][Int.random(in: 0...1, using: &random)]
            let term = SwitchCondition.Term(name: .thread, values: [value], isNegated: Bool.random(using: &random))
            return SwitchCondition(terms: Bool.random(using: &random) ? [] : [term])
        }
        func flag(_ random: inout Seeded) -> Bool? { [nil, true, false][Int.random(in: 0...2, using: &random)] }
        let rows = (0..<Int.random(in: 0...12, using: &random)).map { place in
            ErrorTable.FailureRow(
                match: matches[Int.random(in: 0...3, using: &random)],
                hasRetryAfter: flag(&random),
                words: StanzaErrorWords(condition: "gone", type: "cancel", retry: .never, row: RowID(place)),
                condition: condition(&random)
            )
        }
        let failures = rows.filter { $0.match != .statusClass(4) } + rows.filter { $0.match == .statusClass(4) }
        let conditions = (0..<Int.random(in: 0...12, using: &random)).map { place in
            ErrorTable.ConditionRow(
                condition: ["gone", "conflict"][Int.random(in: 0...1, using: &random)],
                isFull: flag(&random),
                hasAddress: flag(&random),
                isPending: flag(&random),
                words: ResponseWords(status: 400, reason: nil, row: RowID(place)),
                when: condition(&random)
            )
        }
        let whole = ErrorTable(failures: failures, conditions: conditions, refusals: [:])
        for value in ["ignore", "call-id"] {
            var switches = SwitchSet()
            try? switches.set(.thread, to: value)
            for table in [whole, whole.holding(switches)] {
                for failure in [SIPFailure.status(404), .status(486), .status(499), .status(500), .timeout, .transport]
                {
                    for hasRetryAfter in [false, true] {
                        let first = failures.first { row in
                            let matches =
                                switch (row.match, failure) {
                                case (.status(let one), .status(let other)): one == other
                                case (.statusClass(let one), .status(let other)): one == other / 100
                                case (.timeout, .timeout), (.transport, .transport): true
                                default: false
                                }
                            return matches && row.hasRetryAfter ?? hasRetryAfter == hasRetryAfter
                                && row.condition.holds(switches)
                        }
                        #expect(table.words(for: failure, hasRetryAfter: hasRetryAfter, switches) == first?.words)
                    }
                }
                for mask in 0..<8 {
                    let (isFull, hasAddress, isPending) = (mask & 1 != 0, mask & 2 != 0, mask & 4 != 0)
                    let first = conditions.first { row in
                        row.condition == "gone" && row.isFull ?? isFull == isFull
                            && row.hasAddress ?? hasAddress == hasAddress && row.isPending ?? isPending == isPending
                            && row.when.holds(switches)
                    }
                    let words = table.words(
                        for: "gone",
                        isFull: isFull,
                        hasAddress: hasAddress,
                        isPending: isPending,
                        switches
                    )
                    #expect(words == first?.words)
                }
            }
        }
    }

    // MARK: Fields

    /// An item with elements, which says what it has or does not.
    private struct Item: FieldSource {
        let elements: [String]
        let isTelling: Bool

        var anchors: [FieldAnchor]? { isTelling ? elements.map { FieldAnchor(namespace: "n", name: $0) } : nil }

        func values(of selector: FieldSelector) -> FieldValues {
            switch selector {
            case .element(_, let name, _): elements.contains(name) ? [FieldValue(text: name)] : []
            case .core: [FieldValue(text: "core")]
            default: []
            }
        }
    }

    private static func rules(_ count: Int) -> FieldRules {
        let rules = (0..<count).map { place in
            let source = FieldSelector.element(namespace: "n", name: "e\(place % 100)", attribute: nil)
            return FieldRule(
                row: RowID(place),
                source: place % 31 == 7 ? .core(.body) : source,
                target: .header(namespace: "n", name: "H\(place)"),
                converter: .copy,
                remedy: .drop,
                loss: .value
            )
        }
        return FieldRules(outward: [], inward: rules)
    }

    @Test("rows of fields that take nothing of an item are not asked", arguments: [10, 64, 65, 10_000])
    func fields(count: Int) {
        let rules = Self.rules(count)
        for elements in [[], ["e3"], ["e3", "e99", "e3", "e0"], ["other"]] as [[String]] {
            let item = Item(elements: elements, isTelling: true)
            let tried = rules.rules(.toCPIM, having: item.anchors)
            // Those that have a value are the same, in the same order.
            let all = rules.inward.filter { !item.values(of: $0.source).isEmpty }.map(\.row)
            #expect(tried.filter { !item.values(of: $0.source).isEmpty }.map(\.row) == all)
            #expect(tried.count == (count > FieldRules.mostWalked ? all.count : count))
            #expect(rules.rules(.toCPIM, having: Item(elements: elements, isTelling: false).anchors).count == count)
        }
        #expect(rules.takes(.element(namespace: "n", name: "e3", attribute: nil), .toCPIM))
        #expect(!rules.takes(.element(namespace: "n", name: "e3", attribute: nil), .toXMPP))
        #expect(!rules.takes(.element(namespace: "n", name: "e3", attribute: "a"), .toCPIM))
        #expect(rules.takes(FieldAnchor(namespace: "n", name: "e3"), .toCPIM))
        #expect(rules.rules(filling: .header(namespace: "n", name: "H5"), .toCPIM).map(\.row) == [RowID(5)])
    }

    @Test("what rows take of documents and of namespaces is known without a walk over them")
    func taken() {
        let selectors: [FieldSelector] = [
            .part(.tuple, namespace: "n", name: "a", path: .none, attribute: nil),
            .part(.status, namespace: "n", name: "b", path: .none, attribute: "x"),
            .part(.civic, namespace: "", name: "A1", path: .none, attribute: nil),
            .element(namespace: "m", name: "a", attribute: nil), .core(.body),
        ]
        let outward = selectors.enumerated().map { place, source in
            FieldRule(
                row: RowID(place),
                source: source,
                target: .core(.note),
                converter: .copy,
                remedy: .drop,
                loss: .value
            )
        }
        let rules = FieldRules(outward: outward, inward: [])
        for part in DocumentPart.allCases {
            for (namespace, name) in [("n", "a"), ("n", "b"), ("", "A1"), ("m", "a"), ("n", "A1")] {
                let found = selectors.contains {
                    if case .part(part, namespace, name, _, _) = $0 { true } else { false }
                }
                #expect(rules.takes(part, namespace, name, .toXMPP) == found)
                #expect(!rules.takes(part, namespace, name, .toPIDF))
            }
        }
        #expect(rules.civicNames(.toXMPP) == ["A1"] && rules.civicNames(.toPIDF).isEmpty)
        #expect(["m", "n", ""].map { rules.takes(elementsOf: $0, .toXMPP) } == [true, false, false])
    }

    @Test("rows that the switches turn off are in no table of a route")
    func switchedOff() throws {
        var tables = SampleTables()
        let rows = (0..<100).map {
            "  - {id: e\($0), xmpp: {element: e\($0), namespace: n}, cpim: {header: H\($0), namespace: 'urn:n'}, when: {msg.thread: ignore}}\n"
        }
        tables.fields += "\n" + rows.joined()
        let generation = try #require(tables.compile().generation)
        #expect(generation.route(peer: "x.example").messageFields.inward.count == 1)
        let other = try generation.route(profile: "default", settings: [("msg.thread", "ignore")])
        #expect(other.messageFields.inward.count == 101)
    }
}
