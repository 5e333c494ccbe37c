import MappingTables

extension TestBench {
    /// Takes a record of one side to the other and compares it and what is lost.
    mutating func values(_ route: Route) throws(TestFault) -> String? {
        guard let table = route.values(test.table) else { throw TestFault("there is no table \(test.table)") }
        if let difference = try answer(test.given, in: table).difference(from: Self.present(test.expect), isExact: true)
        {
            return difference
        }
        guard let back = test.andBack else { return nil }
        let found = try answer(test.expect, in: table, isLossNamed: back["loss"] != nil)
        return found.difference(from: Self.present(back), isExact: true).map { "on the way back " + $0 }
    }

    /// What is left without the columns that are `none`.
    private static func present(_ node: MappingNode) -> MappingNode {
        guard let pairs = node.pairs else { return node }
        let left = pairs.filter { $0.value.text != "none" }.map { (key: $0.key, value: present($0.value)) }
        return MappingNode(.mapping(left), at: node.position)
    }

    /// `{xmpp: {…}}` as `{pidf: {…}, loss: […]}`; losses are told where the test names them.
    mutating func answer(
        _ node: MappingNode,
        in table: ValueTable,
        isLossNamed: Bool? = nil
    ) throws(TestFault) -> TestValue {
        let given = node.pairs?.first { Vocabulary(rawValue: $0.key.text ?? "") != nil }
        guard let source = given.flatMap({ Vocabulary(rawValue: $0.key.text ?? "") }), let cells = given?.value else {
            throw TestFault("given names no side")
        }
        var record: [String: [String]] = [:]
        for (key, value) in Self.present(cells).pairs ?? [] {
            record[key.text ?? ""] = value.elements?.compactMap(\.text) ?? value.text.map { [$0] } ?? []
        }
        guard let target = table.sides.first(where: { $0 != source }),
            let answer = table.answer(record, to: target)
        else { return .keys([("refused", .text("values"))]) }
        fire(answer.row)
        let columns = answer.values.sorted { $0.key < $1.key }.map { column, values in
            (key: column, value: values.count == 1 ? TestValue.text(values[0]) : .list(values))
        }
        var found: [(key: String, value: TestValue)] = [(target.rawValue, .keys(columns))]
        if isLossNamed ?? (test.expect["loss"] != nil) {
            found.append(("loss", .list(answer.loss.map { [$0.rawValue] } ?? [])))
        }
        if let row = answer.row, test.expect["row"] != nil, isLossNamed == nil { found.append(("row", id(of: row))) }
        return .keys(found)
    }
}
