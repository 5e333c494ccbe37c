public import MappingTables

/// Asks a table about one value, as the tests beside its rows do.
public struct TableProbe: Sendable {
    /// What a table says.
    public struct Answer: Sendable, Equatable {
        /// The answer as tests write it, on one line.
        public let text: String
        /// The rows that fired, each once.
        public let rows: [RowID]
        /// Why the value does not cross; nil when it does.
        public let refusal: String?
    }

    /// A question that the table cannot be asked.
    public struct Fault: Error, Sendable, Equatable {
        /// A sentence.
        public let reason: String
        /// What could stand there; empty where that is no list.
        public let known: [String]
    }

    private let generation: Generation
    private let route: Route
    private let facts: Facts

    /// Makes a probe.
    ///
    /// - Parameters:
    ///   - generation: the tables.
    ///   - route: the tables and switches that hold.
    ///   - facts: what is known.
    public init(_ generation: Generation, _ route: Route, facts: Facts) {
        self.generation = generation
        self.route = route
        self.facts = facts
    }

    /// Asks a table.
    ///
    /// - Parameters:
    ///   - table: its name.
    ///   - kind: its kind.
    ///   - given: the input as the tests of the table write it, such as `{xmpp: {show: xa}}`.
    ///   - target: the side that is asked for, where the input does not tell.
    /// - Returns: what the table says.
    /// - Throws: ``Fault`` when the input is none that the table could have.
    public func ask(
        _ table: String,
        _ kind: TableKind,
        given: MappingNode,
        to target: Vocabulary? = nil
    ) throws(Fault) -> Answer {
        try check(table, kind, given)
        let side = target.map {
            [(key: scalar($0.rawValue, given), value: MappingNode(.mapping([]), at: given.position))]
        }
        let expect = MappingNode(.mapping(side ?? []), at: given.position)
        var bench = TestBench(
            generation: generation,
            test: TableTest(asking: table, kind, given: given, expect: expect)
        )
        do throws(TestFault) {
            let found =
                switch kind {
                case .fields: try bench.crossed(route, facts)
                case .values:
                    if let values = route.values(table) {
                        try bench.answer(given, in: values, isLossNamed: true)
                    } else {
                        throw TestFault("there is no table \(table)")
                    }
                case .addresses: try bench.mapped(given, route, facts)
                case .errors: try bench.errors(route)
                case .loss: try bench.loss(route)
                case .routes: try bench.routing()
                case .profiles: try bench.profile(route)
                }
            return Answer(text: found.description, rows: bench.fired, refusal: found.refusal)
        } catch {
            throw Fault(reason: error.reason, known: [])
        }
    }

    private func scalar(_ text: String, _ node: MappingNode) -> MappingNode {
        MappingNode(.scalar(text, .plain), at: node.position)
    }

    // MARK: What can be asked

    private func check(_ table: String, _ kind: TableKind, _ given: MappingNode) throws(Fault) {
        guard let pairs = given.pairs, let first = pairs.first else {
            throw Fault(reason: "the value has no keys; write it as the tests of the table do", known: Self.keys(kind))
        }
        for (key, _) in pairs where !Self.keys(kind).contains(key.text ?? "") {
            throw Fault(reason: "\"\(key.text ?? "")\" is nothing that \(table) is asked for", known: Self.keys(kind))
        }
        guard kind == .values || kind == .fields, let side = Vocabulary(rawValue: first.key.text ?? "") else { return }
        guard let columns = first.value.pairs else {
            throw Fault(reason: "\(side.rawValue) has no columns; write \(side.rawValue): {COLUMN: VALUE}", known: [])
        }
        if kind == .values, let values = route.values(table) {
            for (column, value) in columns {
                let texts = value.elements?.compactMap(\.text) ?? value.text.map { [$0] } ?? []
                do throws(SettingFault) {
                    try values.check(column.text ?? "", texts, of: side)
                } catch {
                    throw Fault(reason: error.reason, known: error.known)
                }
            }
        }
        if kind == .fields {
            let known =
                (table == "presence.fields" && side == .xmpp
                ? CoreField.presenceFields(writing: false) : CoreField.fields(of: side, writing: false)).map(\.rawValue)
            for (field, _) in columns {
                let name = field.text ?? ""
                // Fields with a namespace, a part or a mark are open sets, and so are the headers of requests.
                guard !known.contains(name), side != .sip, !name.contains(where: { "{+ ".contains($0) }) else {
                    continue
                }
                throw Fault(reason: "\"\(name)\" is no field of \(side.rawValue) here", known: known)
            }
        }
    }

    /// What an input of a table names.
    private static func keys(_ kind: TableKind) -> [String] {
        switch kind {
        case .fields, .values: ["xmpp", "cpim", "sip", "pidf"]
        case .addresses: ["xmpp", "cpim"]
        case .errors: ["sip", "xmpp", "gateway"]
        case .loss: ["loss"]
        case .routes: ["domain"]
        case .profiles: ["profile"]
        }
    }
}

extension TestValue {
    /// The code of a refusal; nil when this is none.
    fileprivate var refusal: String? {
        guard case .keys(let pairs) = self else { return nil }
        for (key, value) in pairs {
            if key == "refused", case .text(let code) = value { return code }
            if case .keys = value, let inner = value.refusal { return inner }
        }
        return nil
    }
}
